"""What is said of papers and folders, in the words of the actions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from access.models import User
from desk.actions.documents import Filing
from desk.models import Folder, RetentionClass
from desk.queries.documents import FolderLine
from desk.safety.kinds import ACCEPT
from office.fields import Day, Line, Ticks, VersionedForm, Worded
from office.models import Location

INDENT = "\u2003"


def _folders(field: Any, tree: Sequence[FolderLine]) -> None:
    """Each under its own, as the tree shows them."""
    field.choices = [
        (str(each.id), INDENT * each.depth + (f"{each.place}: " if each.place else "") + each.name)
        for each in tree
    ]


def read_subject(text: str) -> tuple[str, UUID] | None:
    """`patients.patient:0193…` as a picked line of a type-ahead says it; None: nothing that can be one."""
    kind, colon, key = text.partition(":")
    try:
        return (kind, UUID(key)) if colon and 0 < len(kind) <= 60 else None
    except ValueError:
        return None


class Tags(Line):
    """Words between commas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=500, required=False, label="Tags", **options)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [each.strip() for each in super().to_python(value).split(",") if each.strip()]

    def validate(self, value: Any) -> None:
        """Anything may be a tag."""

    def run_validators(self, value: Any) -> None:
        """A list has no length of letters."""


class AboutForm(Worded):
    """Whom a paper is about, as the type-ahead sends it."""

    about = Line(max_length=120, required=False, label="About")

    def clean_about(self) -> tuple[str, UUID] | None:
        typed = self.cleaned_data["about"]
        found = read_subject(typed)
        if typed and found is None:
            raise forms.ValidationError("Choose one of those found.")
        return found


class UploadForm(AboutForm):
    """Where files go, and what holds for all of them. The files themselves are checked one by one."""

    folder = forms.ChoiceField(label="Folder")
    tags = Tags(help_text="Words between commas.")
    expires_date = Day(
        required=False, label="Expires", help_text="The first day on which it no longer holds."
    )

    def __init__(self, *args: Any, tree: Sequence[FolderLine], **options: Any) -> None:
        super().__init__(*args, **options)
        _folders(self.fields["folder"], tree)

    def filing(self) -> Filing:
        """The cleaned form, in the words of actions.add_document."""
        data = self.cleaned_data
        return Filing(
            about=data["about"], tags=tuple(data["tags"]), expires_date=data["expires_date"]
        )


class DocumentForm(AboutForm, VersionedForm):
    """What is said of one paper."""

    title = Line(max_length=200, label="Title")
    folder = forms.ChoiceField(label="Folder")
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label="Kept up to date by", empty_label="Nobody"
    )
    tags = Tags(help_text="Words between commas.")
    expires_date = Day(
        required=False, label="Expires", help_text="The first day on which it no longer holds."
    )
    field_order = ["title", "folder", "owner", "expires_date", "tags", "about"]

    def __init__(
        self, *args: Any, tree: Sequence[FolderLine], owners: QuerySet[User], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        _folders(self.fields["folder"], tree)
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]

    def details(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.change_document."""
        kind, key = self.cleaned_data["about"] or ("", None)
        folder = Folder(pk=UUID(self.cleaned_data["folder"]))
        return self.of("title", "owner", "tags", "expires_date") | {
            "folder": folder, "about_kind": kind, "about_id": key,
        }  # fmt: skip


class VersionForm(Worded):
    """A newer state of a paper."""

    file = forms.FileField(label="File", widget=forms.FileInput(attrs={"accept": ACCEPT}))
    note = Line(max_length=200, required=False, label="What is new")


class RetentionForm(VersionedForm):
    """Why a paper is kept, and until when."""

    retention_class = forms.ChoiceField(choices=RetentionClass.choices, label="Kept as")
    retain_until = Day(
        required=False,
        label="Until",
        help_text="Empty: as the rule says, from the day it was filed.",
    )

    def details(self) -> dict[str, Any]:
        return self.of("retention_class", "retain_until")


class FolderForm(VersionedForm):
    """A folder's name, and the rule for what is filed in it."""

    name = Line(max_length=80, label="Name")
    parent = forms.ChoiceField(required=False, label="Inside")
    location = forms.ModelChoiceField(
        Location.objects.none(), required=False, label="For", empty_label="The whole practice"
    )
    retention_class = forms.ChoiceField(
        choices=RetentionClass.choices, label="What is filed here is kept as"
    )

    def __init__(
        self,
        *args: Any,
        tree: Sequence[FolderLine],
        locations: QuerySet[Location],
        is_new: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        _folders(self.fields["parent"], tree)
        field: Any = self.fields["parent"]
        field.choices = [("", "Nothing: it stands by itself"), *field.choices]
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["parent"], self.fields["location"]

    def details(self) -> dict[str, Any]:
        return self.of("name", "retention_class")


class ShareForm(Worded):
    """For whom a folder opens."""

    is_closed = forms.BooleanField(
        required=False,
        label="Closed",
        help_text="It opens only for those ticked below, and for you.",
    )
    users = Ticks(User.objects.none(), required=False, label="Opens for")

    def __init__(self, *args: Any, people: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["users"].queryset = people  # type: ignore[attr-defined]
