"""Booking: everyone and everything a visit needs, or nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import acts, clock, gates, live, outbox, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.locks import lock_in_order
from kernel.refusals import Forbidden, Invalid
from office.models import Location, Room
from patients.actions.locations import add_patient_location
from patients.models import Patient
from scheduling.actions.reserving import Terms, drop_own_hold, free_lane, reserve
from scheduling.models import Appointment, AppointmentStatus, AppointmentType
from scheduling.permissions import Permission
from staff.models import Practitioner

SHORTEST, LONGEST = 5, 480  # minutes


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["location"])
def book_appointment(
    *,
    patient: Patient,
    practitioner: Practitioner | None,
    location: Location,
    appointment_type: AppointmentType,
    start: datetime,
    by: Actor,
    minutes: int | None = None,
    room: Room | None = None,
    note: str = "",
    overbook_reason: str = "",
    overrides: Mapping[str, str] | None = None,
    hold_id: UUID | None = None,
) -> Appointment:
    """
    Reserve everyone and everything the appointment needs.

    :param overrides: rule → reason, to go past blocks that `by` may override
    :param hold_id: the time `by` held meanwhile, given back in the same step
    :raises Invalid: a length, person or place that cannot be booked at all
    :raises Blocked: a gate said no; carries every verdict with its remedy
    :raises TimeTaken: decided by the database, so it holds between two clerks too
    """
    period = period_for(appointment_type, start, minutes)
    terms = Terms(patient, practitioner, location, appointment_type, period, room)
    refuse_unbookable(terms)
    lock_in_order(terms.owners)
    gates.ask("appointment.book", by=by, overrides=overrides, **question(terms))
    drop_own_hold(hold_id, by)
    lane = chosen_lane(terms, overbook_reason, by)
    appointment = Appointment.objects.create(
        patient=patient,
        practitioner=practitioner,
        location=location,
        appointment_type=appointment_type,
        room=room,
        period=period,
        lane=lane,
        note=note,
        overbook_reason=overbook_reason if lane else "",
    )
    reserve(appointment, terms, lane)
    add_patient_location(patient_id=patient.pk, location_id=location.pk)
    announce("appointment.booked", appointment)
    appointment.undo_token = undo.offer(
        "scheduling.book_appointment",
        by=by,
        appointment_id=appointment.pk,
        version=appointment.version,
    )
    acts.note(appointment)
    return appointment


def period_for(kind: AppointmentType, start: datetime, minutes: int | None) -> DateTimeTZRange:
    """
    The time from a start.

    :raises Invalid: a length or a year that no visit has
    """
    length = kind.minutes if minutes is None else minutes
    if not SHORTEST <= length <= LONGEST:
        raise Invalid(f"A visit lasts between {SHORTEST} and {LONGEST} minutes.", field="minutes")
    if not clock.reasonable(start.date()):
        raise Invalid(f"The year {start.year} cannot be right.", field="start")
    return clock.period(start, length)


def refuse_unbookable(terms: Terms) -> None:
    """
    :raises Invalid: somebody or something that is never booked
    """
    who, kind = terms.practitioner, terms.appointment_type
    if terms.location.is_external or not terms.location.is_active:
        raise Invalid(
            f"{terms.location} is not a site of the practice: nobody is booked there.",
            field="location",
        )
    if terms.patient.is_deceased or not terms.patient.is_active:
        raise Invalid("This patient's record is closed: nobody is booked on it.", field="patient")
    if who is None and kind.needs_practitioner:
        raise Invalid(f"{kind} needs a clinician. Choose one.", field="practitioner")
    if who is not None and (who.is_external or not who.is_bookable):
        raise Invalid(f"{who.short} does not take visits here.", field="practitioner")
    if not kind.is_active:
        raise Invalid(
            f"{kind} is no longer in use. Choose another visit type.", field="appointment_type"
        )
    room = terms.room
    if room is not None and (room.location_id != terms.location.pk or not room.is_active):
        raise Invalid(f"{room} is not a room of {terms.location}.", field="room")


def question(terms: Terms) -> dict[str, Any]:
    """What the gate asks every rule."""
    return {
        "patient": terms.patient,
        "practitioner": terms.practitioner,
        "location": terms.location,
        "appointment_type": terms.appointment_type,
        "period": terms.period,
    }


def chosen_lane(
    terms: Terms, overbook_reason: str, by: Actor, without: Appointment | None = None
) -> int:
    """
    Lane 0, or the next free one for a deliberate overbooking.

    :raises Forbidden: overbooking is a right of its own
    :raises TimeTaken: overbooked up to the cap already
    """
    if not overbook_reason.strip():
        return 0
    if not by.may(Permission.OVERBOOK):
        raise Forbidden("Your role does not include booking beside another visit. Ask the manager.")
    return free_lane(terms, terms.appointment_type.overbook_cap, without)


def announce(topic: str, appointment: Appointment) -> None:
    """Tell the other rooms, and the open pages of that day."""
    outbox.publish(topic, appointment_id=appointment.pk)
    show(appointment)


def show(appointment: Appointment) -> None:
    day = clock.local(appointment.period.lower, appointment.location.zone).date()
    live.changed(f"schedule:{day.isoformat()}", appointment.location)


def reread(appointment: Appointment, version: int | None = None) -> Appointment:
    """
    The row as it is now, locked: the caller's copy may be minutes old.

    :param version: of what is undone; anything else by now is somebody else's
    :raises UnlikeExpected: somebody changed it since
    """
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related(
            "patient", "practitioner", "location", "appointment_type", "room", "encounter"
        )
        .get(pk=appointment.pk)
    )
    if version is not None and row.version != version:
        raise UnlikeExpected(CHANGED_SINCE)
    return row


@undo.reverses("scheduling.book_appointment")
def take_booking_back(*, appointment_id: str, version: int, by: Actor, at: datetime) -> Appointment:
    was = unchanged(appointment_id, version)
    return enter_in_error(appointment=was, by=by, at=at, version=version)


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["appointment"].location)
def enter_in_error(
    *, appointment: Appointment, by: Actor, at: datetime, version: int | None = None
) -> Appointment:
    """
    It was never meant: the booking gives its time back and is kept as an error.

    :raises UnlikeExpected: the patient has arrived already, or somebody changed the visit since `version`
    """
    appointment = reread(appointment, version)
    if appointment.status not in {AppointmentStatus.BOOKED, AppointmentStatus.PROPOSED}:
        raise UnlikeExpected(f"The visit is {appointment.get_status_display().lower()} by now.")
    appointment.reservations.filter(is_live=True).update(is_live=False)
    appointment.save_changes(status=AppointmentStatus.ENTERED_IN_ERROR, ended_at=at)
    announce("appointment.entered_in_error", appointment)
    return appointment


CHANGED_SINCE = "Somebody changed this visit since; it can no longer be undone from here."


class UnlikeExpected(undo.CannotUndo):
    """The row is no longer as the act left it."""


def unchanged(appointment_id: str, version: int) -> Appointment:
    """
    The appointment, if nobody touched it since.

    :raises UnlikeExpected: somebody did
    """
    appointment = Appointment.objects.select_related("location").filter(pk=appointment_id).first()
    if appointment is None or appointment.version != version:
        raise UnlikeExpected(CHANGED_SINCE)
    return appointment
