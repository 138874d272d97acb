"""What is typed about a task, in the words of its acts."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet

from desk.models.task import RepeatUnit, Urgency
from desk.queries import people
from kernel.actors import Actor
from kernel.text import clean_lines
from office.fields import Clock, Day, Line, VersionedForm, Worded
from office.models import Location

REPEATS = [("", "Once"), *((unit.value, unit.label.capitalize()) for unit in RepeatUnit)]


class Lines(forms.CharField):
    """A typed text of several lines."""

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def to_python(self, value: Any) -> str:
        return clean_lines(super().to_python(value) or "")


class To(forms.ChoiceField):
    """A person who works there, or a team: `user:<id>` or `team:<id>`."""

    def offer(self, location: Location, by: Actor, *, empty: str = "") -> None:
        persons = list(people.who_works_at(location))
        self.people = {f"user:{each.pk}": each for each in persons}
        self.teams = {f"team:{each.pk}": each for each in people.teams()}
        me = f"user:{by.id}"
        mine = [(me, "Me")] if me in self.people else []
        others = [(key, str(each)) for key, each in self.people.items() if key != me]
        self.choices = [
            *([("", empty)] if empty else []),
            *mine,
            ("Teams", [(key, str(each)) for key, each in self.teams.items()]),
            ("People", others),
        ]

    def given(self, chosen: str) -> dict[str, Any]:
        return {"owner": self.people.get(chosen), "team": self.teams.get(chosen)}


def read_subject(typed: str) -> tuple[str, UUID] | None:
    """`patients.patient:<id>`, as the choice of subjects sends it; anything else is nothing."""
    kind, _, key = typed.rpartition(":")
    try:
        return (kind, UUID(key)) if kind else None
    except ValueError:
        return None


class Subject(forms.CharField):
    """What a task is about, chosen from what was found."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        if (found := read_subject(typed)) is None:
            raise forms.ValidationError("Choose one of the lines that were found.")
        return found


class Repeating(VersionedForm):
    """What a task says; also how it is changed."""

    title = Line(max_length=200, label="What is to be done")
    text = Lines(required=False, max_length=4000, label="Details")
    due_date = Day(required=False, label="By")
    due_time = Clock(required=False, label="At")
    urgency = forms.ChoiceField(
        choices=Urgency.choices, initial=Urgency.ROUTINE, required=False, label="Urgency"
    )
    repeat_unit = forms.ChoiceField(choices=REPEATS, required=False, label="Repeats")
    repeat_every = forms.IntegerField(
        min_value=1, max_value=99, required=False, initial=1, label="Every"
    )
    about = Subject(required=False, max_length=120, label="About", widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("repeat_unit"):
            data["repeat_every"] = data.get("repeat_every") or 1
            if not data.get("due_date"):
                self.add_error("due_date", "What repeats needs a first day.")
        else:
            data["repeat_every"] = None
        return data

    def details(self) -> dict[str, Any]:
        """The cleaned form, in the words of `add_task` and `change_task`."""
        given = self.of(
            "title", "text", "due_date", "due_time", "repeat_unit", "repeat_every", "about"
        )
        return given | {"urgency": self.cleaned_data["urgency"] or Urgency.ROUTINE}


class TaskForm(Repeating):
    """A new task."""

    to = To(label="For", required=False)
    field_order = ["title", "to", "due_date", "due_time"]

    def __init__(self, *args: Any, location: Location, by: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.chooser.offer(location, by)

    @property
    def chooser(self) -> To:
        field = self.fields["to"]
        assert isinstance(field, To)
        return field

    def given_to(self) -> dict[str, Any]:
        return self.chooser.given(self.cleaned_data["to"])


class HandOverForm(Worded):
    """Who is to have it now."""

    to = To(label="To")
    note = Lines(required=False, max_length=1000, rows=2, label="What they should know")

    def __init__(self, *args: Any, location: Location, by: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        assert isinstance(field, To)
        field.offer(location, by, empty="Choose a person or a team")
        self.chooser = field

    def hand_over(self) -> dict[str, Any]:
        given = self.chooser.given(self.cleaned_data["to"])
        return given | {"note": self.cleaned_data["note"]}


class CommentForm(Worded):
    text = Lines(max_length=4000, rows=2, label="Comment")


class ListForm(forms.Form):
    """What narrows the list."""

    q = Line(required=False, max_length=100, label="Words")
    location = forms.ModelChoiceField(
        Location.objects.none(), required=False, empty_label="All my locations", label="Where"
    )
    urgent = forms.BooleanField(required=False, label="Urgent only")

    def __init__(self, *args: Any, locations: QuerySet[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]
