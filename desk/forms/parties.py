"""What is typed about those outside."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from desk.models.party import PartyKind
from office.fields import Line, Ticks, VersionedForm
from office.models import Location


class PartyForm(VersionedForm):
    """Entering or changing somebody outside."""

    name = Line(max_length=200, label="Name")
    kind = forms.ChoiceField(choices=PartyKind.choices, label="Kind")
    phone = Line(max_length=60, required=False, label="Phone")
    other_phone = Line(max_length=60, required=False, label="Other phone")
    contact = Line(max_length=120, required=False, label="Ask for")
    fax = Line(max_length=60, required=False, label="Fax")
    email = forms.EmailField(max_length=254, required=False, label="E-mail")
    account_number = Line(max_length=60, required=False, label="Our account number")
    address = Line(max_length=300, required=False, label="Address")
    notes = Line(
        max_length=500, required=False, label="Notes", widget=forms.Textarea(attrs={"rows": 2})
    )
    locations = Ticks(
        Location.objects.none(), required=False, label="Only for (nothing ticked: all)"
    )

    def __init__(self, *args: Any, locations: QuerySet[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["locations"].queryset = locations  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == PartyKind.EMERGENCY and not data.get("phone"):
            self.add_error("phone", "An emergency number needs its phone.")
        return data

    def details(self) -> dict[str, Any]:
        """The cleaned form, in the words of `add_party` and `change_party`."""
        return self.of(
            "name", "kind", "phone", "other_phone", "contact", "fax", "email", "account_number", "address",
            "notes",
        )  # fmt: skip


class FindForm(forms.Form):
    """What narrows the directory."""

    q = Line(required=False, max_length=100, label="Name")
    kind = forms.ChoiceField(
        choices=[("", "All kinds"), *PartyKind.choices], required=False, label="Kind"
    )
    location = forms.ModelChoiceField(
        Location.objects.none(), required=False, empty_label="All locations", label="For"
    )
    retired = forms.BooleanField(required=False, label="Retired ones")

    def __init__(self, *args: Any, locations: QuerySet[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]
