"""What is typed about the people, and the words the actions want it in."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from access.permissions import Permission as AccessPermission
from kernel import clock
from kernel.actors import Actor
from kernel.refusals import Invalid
from office.fields import Clock, Day, Line, Ticks, VersionedForm, Worded
from office.models import Location
from office.roles import Role
from staff import words
from staff.models import CredentialKind, Employee, EmployeeTime
from staff.npi import checked_npi
from staff.queries import away


class DirectoryForm(forms.Form):
    """What narrows the directory."""

    q = Line(required=False, max_length=100, label="Name")
    location = forms.ModelChoiceField(
        Location.objects.none(), required=False, empty_label="All locations"
    )
    show = forms.ChoiceField(
        required=False,
        choices=[("", "Everybody"), ("out", "Out today"), ("left", "Have left")],
    )

    def __init__(self, *args: Any, locations: QuerySet[Location], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["location"].queryset = locations  # type: ignore[attr-defined]


class EmployeeForm(VersionedForm):
    """Hiring somebody, or changing what the file says."""

    family_name = Line(max_length=100, label="Family name")
    given_name = Line(max_length=100, label="Given name")
    preferred_name = Line(max_length=100, required=False, label="Called")
    position = Line(max_length=100, label="Position")
    department = Line(max_length=60, required=False, label="Department")
    locations = Ticks(Location.objects.none(), required=False, label="Works at")
    supervisor = forms.ModelChoiceField(
        Employee.objects.none(), required=False, label="Supervisor", empty_label="Nobody"
    )
    fte = forms.DecimalField(
        max_digits=3, decimal_places=2, min_value=0, max_value=1, initial="1.00",
        label="Share of a full week",
        error_messages={"max_value": "At most 1.00, which is a full week."},
    )  # fmt: skip
    hired_date = Day(label="First day")
    phone = Line(max_length=60, required=False, label="Phone")
    email = forms.EmailField(max_length=254, required=False, label="E-mail")
    roles = forms.MultipleChoiceField(
        choices=[(role.value, role.value) for role in Role],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Signs in as",
        help_text="Nothing ticked: no account. They set a password by “Forgot password?”.",
    )

    def __init__(
        self, *args: Any, by: Actor, people: QuerySet[Employee], hiring: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        places = Location.objects.in_use().visible_to(by).order_by("name")
        self.fields["locations"].queryset = places  # type: ignore[attr-defined]
        self.fields["supervisor"].queryset = people  # type: ignore[attr-defined]
        if not hiring or not by.may(AccessPermission.MANAGE_USERS):
            del self.fields["roles"]
        self.hiring = hiring

    def clean_fte(self) -> Any:
        if not self.cleaned_data["fte"]:
            raise forms.ValidationError("More than 0; 0.50 is half a week.")
        return self.cleaned_data["fte"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("roles") and not data.get("email"):
            self.add_error("email", "Signing in needs an e-mail address.")
        if self.hiring and not data.get("locations"):
            self.add_error("locations", "Tick at least one location.")
        return data

    def details(self) -> dict[str, Any]:
        """The cleaned form, in the words of `hire_employee` and `change_employee`."""
        return self.of(
            "family_name", "given_name", "preferred_name", "position", "department", "supervisor",
            "fte", "hired_date", "phone", "email",
        )  # fmt: skip


class LastDayForm(Worded):
    """When somebody leaves."""

    parted_date = Day(label="Last day")
    reason = Line(max_length=200, required=False, label="Why")
    previewed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)

    def key(self) -> str:
        return str(self.cleaned_data["parted_date"])


class PractitionerForm(VersionedForm):
    """What somebody is who sees patients."""

    qualification = Line(max_length=20, required=False, label="Qualification")
    specialty = Line(max_length=100, required=False, label="Specialty")
    npi = Line(max_length=20, required=False, label="NPI")
    locations = Ticks(Location.objects.none(), required=False, label="Sees patients at")
    is_bookable = forms.BooleanField(
        required=False, initial=True, label="Patients are booked with them"
    )

    def __init__(self, *args: Any, by: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        places = Location.objects.in_use().visible_to(by).order_by("name")
        self.fields["locations"].queryset = places  # type: ignore[attr-defined]

    def clean_npi(self) -> str:
        typed: str = self.cleaned_data["npi"]
        try:
            return checked_npi(typed) if typed else ""
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def details(self) -> dict[str, Any]:
        return self.of("qualification", "specialty", "npi", "is_bookable")


class CredentialForm(VersionedForm):
    """Entering or correcting a credential."""

    kind = forms.ChoiceField(choices=CredentialKind.choices, label="Kind")
    name = Line(max_length=120, required=False, label="Name")
    number = Line(max_length=60, required=False, label="Number")
    state = Line(max_length=2, required=False, label="State")
    issued_date = Day(required=False, label="Issued")
    expires_date = Day(required=False, label="Expires")
    is_required = forms.BooleanField(
        required=False, label="Without it nobody is booked with this person"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        issued, expires = data.get("issued_date"), data.get("expires_date")
        if issued and expires and expires <= issued:
            self.add_error("expires_date", "It cannot expire on or before the day it was issued.")
        return data

    def details(self) -> dict[str, Any]:
        return self.of(
            "kind", "name", "number", "state", "issued_date", "expires_date", "is_required"
        )


class RenewForm(VersionedForm):
    """A credential holds again."""

    expires_date = Day(label="Now expires")
    issued_date = Day(required=False, label="Issued")
    number = Line(max_length=60, required=False, label="Number, if it is new")

    def details(self) -> dict[str, Any]:
        return self.of("expires_date", "issued_date", "number")


class TimeOffForm(Worded):
    """A span of days, or a part of one, on the wall clock of the person's location."""

    leave_type = forms.ChoiceField(choices=EmployeeTime.LeaveType.choices, label="Type")
    first_date = Day(label="First day")
    last_date = Day(required=False, label="Last day")
    starts = Clock(required=False, label="From")
    ends = Clock(required=False, label="Until")
    note = Line(max_length=300, required=False, label="Note")

    def zone(self) -> str:
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_date"), data.get("last_date")
        if first and last and last < first:
            self.add_error("last_date", "The last day lies before the first.")
        if not self.errors:
            self._read_period(data)
        return data

    def _read_period(self, data: dict[str, Any]) -> None:
        first, zone = data["first_date"], self.zone()
        last = data["last_date"] or first
        try:
            begins = _edge(first, data["starts"], zone)
        except Invalid as refusal:
            return self.add_error("starts", str(refusal))
        try:
            ends = _edge(last, data["ends"], zone, days=1)
        except Invalid as refusal:
            return self.add_error("ends", str(refusal))
        if ends <= begins:
            return self.add_error("ends", "This is before it begins.")
        data["period"] = DateTimeTZRange(begins, ends)
        return None

    def leave(self) -> dict[str, Any]:
        """The cleaned form, in the words of `request_time_off` and `enter_time_off`."""
        return {name: self.cleaned_data[name] for name in ("leave_type", "period", "note")}


def _edge(day: Any, typed: time | None, zone: str, days: int = 0) -> datetime:
    if typed is not None:
        return clock.at_wall(day, typed, zone)
    return clock.from_rule(day + timedelta(days=days), time.min, zone)


class RequestForm(TimeOffForm):
    """Asking for time off for oneself."""

    def __init__(self, *args: Any, zone: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._zone = zone

    def zone(self) -> str:
        return self._zone


class EnterForm(TimeOffForm):
    """Entering leave for somebody; what it hits is shown before it is done."""

    employee = forms.ModelChoiceField(
        Employee.objects.none(), label="Person", empty_label="Choose a person"
    )
    previewed = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)
    field_order = ["employee"]

    def __init__(self, *args: Any, people: QuerySet[Employee], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["employee"].queryset = people  # type: ignore[attr-defined]

    def zone(self) -> str:
        return away.zone_for(self.cleaned_data["employee"])

    def span(self) -> str:
        return words.span(self.cleaned_data["period"], self.zone())

    def key(self) -> str:
        """What was looked at; a changed form is looked at again."""
        period = self.cleaned_data["period"]
        who = self.cleaned_data["employee"].pk
        return f"{who} {period.lower.isoformat()} {period.upper.isoformat()}"
