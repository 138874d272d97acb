"""What a clerk types to book or move a visit; lenient in how, strict in what."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kernel import clock
from kernel.actors import Actor
from kernel.refusals import Invalid
from office.models import Location, Room
from patients.models import Patient
from scheduling.actions.booking import LONGEST, SHORTEST
from scheduling.models import AppointmentType
from scheduling.typed import read_day, read_time
from staff.models import Practitioner

ASIDE = {"autocomplete": "off"}
NO_PATIENT = dict.fromkeys(
    ("required", "invalid_choice"), "Pick one of the patients found, or enter a new one."
)


def typed(label: str, length: int, *, required: bool = True, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs=ASIDE | attrs)
    return forms.CharField(label=label, max_length=length, required=required, widget=widget)


class WhenForm(forms.Form):
    """Day, time and length at a location, as typed: `tue`, `2pm`, 30."""

    day = typed("Day", 40)
    time = typed("Time", 20)
    minutes = forms.IntegerField(
        label="Minutes",
        min_value=SHORTEST,
        max_value=LONGEST,
        error_messages={"required": "How long? Type minutes, such as 30."},
        widget=forms.TextInput(attrs=ASIDE | {"inputmode": "numeric", "class": "num"}),
    )

    def __init__(self, *args: Any, location: Location, today: dt.date, **more: Any) -> None:
        super().__init__(*args, **more)
        self.location, self.today = location, today

    def clean_day(self) -> dt.date:
        return _told(lambda: read_day(self.cleaned_data["day"], self.today))

    def clean_time(self) -> dt.time:
        return _told(lambda: read_time(self.cleaned_data["time"]))

    def clean(self) -> dict[str, Any]:
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get("time")
        if day is not None and at is not None:
            try:
                self.cleaned_data["start"] = clock.at_wall(day, at, self.location.zone)
            except Invalid as refusal:
                self.add_error("time", str(refusal))
        return self.cleaned_data

    @property
    def start(self) -> dt.datetime | None:
        return self.cleaned_data.get("start")


def _told(read: Any) -> Any:
    """A refusal of what was typed, in the words of a form."""
    try:
        return read()
    except Invalid as refusal:
        raise ValidationError(str(refusal)) from refusal


class Pick(forms.ModelChoiceField):
    """One of the rows offered; whatever else was sent, however strange, is none of them."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError as error:
            message = self.error_messages["invalid_choice"] % {"value": str(value)[:40]}
            raise ValidationError(message, code="invalid_choice") from error


def offer(form: forms.Form, actor: Actor, location: Location) -> None:
    """Whom and what one may choose at a location."""
    fields: dict[str, Any] = form.fields
    fields["patient"].queryset = Patient.objects.findable_by(actor)
    kinds = AppointmentType.objects.filter(is_active=True)
    fields["appointment_type"].queryset = kinds.order_by("name")
    offer_practitioners(form, location)
    fields["note"].widget = forms.Textarea(attrs={"rows": 2})


def offer_practitioners(form: forms.Form, location: Location) -> None:
    fields: dict[str, Any] = form.fields
    people = Practitioner.objects.bookable().at_location(location)
    fields["practitioner"].queryset = people.order_by("family_name", "given_name")
    fields["practitioner"].label_from_instance = with_title


class BookingForm(WhenForm):
    """A new visit. `booking()` gives the words of `book_appointment`."""

    patient = Pick(Patient.objects.none(), widget=forms.HiddenInput, error_messages=NO_PATIENT)
    appointment_type = Pick(AppointmentType.objects.none(), label="Visit type", empty_label=None)
    practitioner = Pick(
        Practitioner.objects.none(), label="Clinician", required=False, empty_label="Choose"
    )
    room = Pick(Room.objects.none(), label="Room", required=False, empty_label="Any that is free")
    note = typed("Note for the desk", 300, required=False)
    overbook_reason = typed("Why beside another visit?", 200, required=False)
    usual = forms.IntegerField(required=False, widget=forms.HiddenInput)
    hold = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, actor: Actor, location: Location, today: dt.date, **more: Any
    ) -> None:
        super().__init__(*args, location=location, today=today, **more)
        offer(self, actor, location)
        fields: dict[str, Any] = self.fields
        fields["room"].queryset = Room.objects.in_use().at(location).order_by("name")

    def booking(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.book_appointment."""
        data = self.cleaned_data
        return {
            "patient": data["patient"],
            "practitioner": data["practitioner"],
            "location": self.location,
            "appointment_type": data["appointment_type"],
            "start": data["start"],
            "minutes": data["minutes"],
            "room": data["room"],
            "note": data["note"],
            "overbook_reason": data["overbook_reason"],
            "hold_id": data["hold"],
        }


class MoveForm(WhenForm):
    """Another time for a visit, perhaps with somebody else. `move()` gives the words of `move_appointment`."""

    practitioner = Pick(
        Practitioner.objects.none(), label="Clinician", required=False, empty_label=None
    )
    overbook_reason = typed("Why beside another visit?", 200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, location: Location, today: dt.date, **more: Any) -> None:
        super().__init__(*args, location=location, today=today, **more)
        offer_practitioners(self, location)

    def move(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.move_appointment."""
        data = self.cleaned_data
        return {
            "start": data["start"],
            "minutes": data["minutes"],
            "practitioner": data["practitioner"],
            "version": data["version"],
            "overbook_reason": data["overbook_reason"],
        }


class WalkInForm(forms.Form):
    """Somebody stands at the desk: who, what for, and with whom. `walk_in()` gives the words of the act."""

    patient = Pick(Patient.objects.none(), widget=forms.HiddenInput, error_messages=NO_PATIENT)
    appointment_type = Pick(AppointmentType.objects.none(), label="Visit type", empty_label=None)
    practitioner = Pick(
        Practitioner.objects.none(), label="Clinician", required=False, empty_label="Choose"
    )
    note = typed("Note for the desk", 300, required=False)

    def __init__(self, *args: Any, actor: Actor, location: Location, **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self, actor, location)

    def walk_in(self) -> dict[str, Any]:
        """The cleaned form, in the words of actions.walk_in."""
        return dict(self.cleaned_data)


def with_title(who: Practitioner) -> str:
    """Bell, PA: as the column heads and the button say it."""
    return f"{who.family_name}, {who.qualification}".rstrip(", ")
