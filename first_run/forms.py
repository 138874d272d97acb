"""What is typed in the first steps; each form gives its action's words."""

from datetime import date, time
from typing import Any

from django import forms
from django.contrib.auth import password_validation

from access.models import User
from kernel.refusals import Invalid
from kernel.text import clean
from office.models import Location, Practice
from office.models.hours import Weekday
from office.models.places import RoomKind
from office.roles import Role
from office.zones import zone_choices
from scheduling.models import AppointmentType
from staff.models import Practitioner
from staff.npi import checked_npi

OPENS, CLOSES = time(8), time(17)
WORKDAYS = range(5)
Spans = list[tuple[int, time, time]]
# A role of its own is made by whoever runs the office; who administers it is whoever has claimed it.
ROLES = [role for role in Role if role is not Role.ADMINISTRATOR]


class Line(forms.CharField):
    """A typed line without what cannot be seen."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class ClockField(forms.TimeField):
    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), **options)


class AccountForm(forms.Form):
    """The first account of all."""

    code = Line(label="Code", max_length=40)
    name = Line(label="Your name", max_length=200)
    email = forms.EmailField(label="E-mail", help_text="You sign in with it.")
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 letters, digits or signs.",
    )
    again = forms.CharField(
        label="Password again",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password")
        if password and password != data.get("again"):
            self.add_error("again", "The two passwords differ.")
        elif password:
            try:
                password_validation.validate_password(
                    password, User(email=data.get("email", ""), name=data.get("name", ""))
                )
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    def account(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in ("code", "name", "email", "password")}


class PracticeForm(forms.Form):
    name = Line(label="Name of the practice", max_length=200)
    zone = forms.ChoiceField(
        label="Time zone", choices=zone_choices, help_text="Months and posting dates are in it."
    )

    @classmethod
    def stored(cls) -> dict[str, Any]:
        practice = Practice.objects.first()
        return {"name": practice.name, "zone": practice.zone} if practice else {}


class LocationForm(forms.Form):
    """The first location and its week; one span a day, breaks come later in Settings."""

    name = Line(label="Name of the location", max_length=200)
    zone = forms.ChoiceField(label="Time zone", choices=zone_choices)
    address = Line(label="Address", max_length=300, required=False)
    phone = Line(label="Phone", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in Weekday:
            for edge in ("opens", "closes"):
                self.fields[f"{edge}_{day.value}"] = ClockField(
                    label=f"{day.label} {edge}", required=False
                )

    @property
    def week(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [
            (day.label, self[f"opens_{day.value}"], self[f"closes_{day.value}"]) for day in Weekday
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for day in Weekday:
            opens, closes = data.get(f"opens_{day.value}"), data.get(f"closes_{day.value}")
            if (opens is None) != (closes is None):
                self.add_error(f"opens_{day.value}", f"{day.label} needs both times, or none.")
            elif opens and closes and closes <= opens:
                self.add_error(f"opens_{day.value}", f"{day.label} closes before it opens.")
        if not self.errors and not self.hours():
            self.add_error(None, "Enter the hours of at least one day.")
        return data

    def hours(self) -> Spans:
        data = self.cleaned_data
        return [
            (day.value, data[f"opens_{day.value}"], data[f"closes_{day.value}"])
            for day in Weekday
            if data.get(f"opens_{day.value}")
        ]

    def place(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("name", "zone", "address", "phone")}

    @classmethod
    def stored(cls, location: Location | None, practice_zone: str) -> dict[str, Any]:
        if location is None:
            usual = {f"opens_{day}": OPENS for day in WORKDAYS}
            return {"zone": practice_zone, **usual, **{f"closes_{day}": CLOSES for day in WORKDAYS}}
        known = {name: getattr(location, name) for name in ("name", "zone", "address", "phone")}
        for row in location.opening_hours.order_by("-opens"):
            known |= {f"opens_{row.weekday}": row.opens, f"closes_{row.weekday}": row.closes}
        return known


class HolidaysForm(forms.Form):
    years = forms.TypedMultipleChoiceField(
        label="Close on the federal holidays of",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose a year, or skip this step."},
    )

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, initial={"years": [this_year, this_year + 1]}, **kwargs)
        field = self.fields["years"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(year, str(year)) for year in (this_year, this_year + 1)]


class PersonForm(forms.Form):
    """Somebody who works here."""

    given_name = Line(label="First name", max_length=100)
    family_name = Line(label="Last name", max_length=100)
    role = forms.ChoiceField(
        label="Role", choices=[(role.value, role.value) for role in ROLES], initial=Role.PHYSICIAN
    )
    email = forms.EmailField(
        label="E-mail", required=False, help_text="With it the person can sign in."
    )
    sees_patients = forms.BooleanField(label="Patients are booked with this person", required=False)
    qualification = Line(label="Qualification", max_length=20, required=False)
    npi = Line(label="NPI", max_length=20, required=False)

    def clean_npi(self) -> str:
        typed: str = self.cleaned_data["npi"]
        try:
            return checked_npi(typed) if typed else ""
        except Invalid as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class RoomForm(forms.Form):
    name = Line(label="Name", max_length=60, required=False)
    kind = forms.ChoiceField(label="Kind", choices=RoomKind.choices, initial=RoomKind.EXAM)

    def has_changed(self) -> bool:
        """A suggested name that is left as it is has been chosen, too."""
        return True


RoomsForms = forms.formset_factory(RoomForm, extra=0, max_num=60)
EMPTY_ROOMS = [{"kind": "exam"}] * 4
SUGGESTED_ROOMS = [
    {"name": f"Exam {number}", "kind": "exam"} for number in range(1, 4)
] + EMPTY_ROOMS


# The starting set: name, minutes, color, and what each needs.
STARTER_TYPES: list[dict[str, Any]] = [
    {"name": "New patient", "minutes": 40, "color": "#1D4ED8", "room_kind": RoomKind.EXAM},
    {"name": "Follow-up", "minutes": 20, "color": "#0F766E", "room_kind": RoomKind.EXAM},
    {"name": "Annual physical", "minutes": 40, "color": "#6D28D9", "room_kind": RoomKind.EXAM},
    {"name": "Same-day visit", "minutes": 15, "color": "#B45309", "room_kind": RoomKind.EXAM},
    {"name": "Procedure", "minutes": 45, "color": "#BE185D", "room_kind": RoomKind.PROCEDURE},
    {"name": "Nurse visit", "minutes": 15, "color": "#4D7C0F", "room_kind": RoomKind.EXAM,
     "needs_practitioner": False},
    {"name": "Video visit", "minutes": 20, "color": "#0369A1", "is_telehealth": True},
]  # fmt: skip


class TypesForm(forms.Form):
    """Which kinds of visits to begin with, and how long each takes here."""

    def __init__(self, *args: Any, there: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = [each for each in STARTER_TYPES if each["name"] not in there]
        for place, each in enumerate(self.offered):
            self.fields[f"use_{place}"] = forms.BooleanField(
                label=each["name"], required=False, initial=True
            )
            self.fields[f"minutes_{place}"] = forms.IntegerField(
                label=f"Minutes of {each['name']}",
                min_value=5,
                max_value=480,
                initial=each["minutes"],
            )

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"use_{n}"], self[f"minutes_{n}"]) for n in range(len(self.offered))]

    def kinds(self) -> list[AppointmentType]:
        return [
            AppointmentType(**each | {"minutes": self.cleaned_data[f"minutes_{place}"]})
            for place, each in enumerate(self.offered)
            if self.cleaned_data[f"use_{place}"]
        ]


class WeekForm(forms.Form):
    """When one practitioner sees patients: the same hours each day, within those of the location."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Days", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    starts = ClockField(label="From")
    ends = ClockField(label="To")

    def __init__(self, *args: Any, practitioner: Practitioner, open_hours: Spans, **kwargs: Any):
        days = sorted({day for day, *_ in open_hours})
        initial = {
            "weekdays": days,
            "starts": min((opens for _, opens, _ in open_hours), default=OPENS),
            "ends": max((closes for *_, closes in open_hours), default=CLOSES),
        }
        super().__init__(*args, initial=initial, prefix=str(practitioner.pk), **kwargs)
        self.practitioner, self.open_hours = practitioner, open_hours
        field = self.fields["weekdays"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(day, Weekday(day).label[:3]) for day in days]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        if data["ends"] <= data["starts"]:
            self.add_error("ends", "The hours end before they begin.")
            return data
        without = set(data["weekdays"]) - {day for day, *_ in self.hours()}
        if without:
            day = Weekday(min(without)).label
            self.add_error("starts", f"On {day} the location is closed at these hours.")
        return data

    def hours(self) -> Spans:
        """What is chosen, cut to when the location is open; breaks in its day stay breaks."""
        data = self.cleaned_data
        cut = [
            (day, max(opens, data["starts"]), min(closes, data["ends"]))
            for day, opens, closes in self.open_hours
            if day in data["weekdays"]
        ]
        return [(day, starts, ends) for day, starts, ends in cut if starts < ends]

    def week(self, location: Location, valid_from: date) -> dict[str, Any]:
        return {
            "practitioner": self.practitioner,
            "location": location,
            "valid_from": valid_from,
            "hours": self.hours(),
        }
