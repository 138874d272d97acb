"""Moving and resizing: give the old time back and take the new one, in one step or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel import acts, clock, gates, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.locks import lock_in_order
from kernel.refusals import StaleVersion
from office.models import Room
from scheduling.actions.booking import (
    announce,
    chosen_lane,
    period_for,
    question,
    refuse_unbookable,
    reread,
    show,
    unchanged,
)
from scheduling.actions.life import TransitionRefused
from scheduling.actions.reserving import Terms, release, reserve
from scheduling.models import Appointment, AppointmentStatus, AppointmentType
from scheduling.permissions import Permission
from staff.models import Practitioner

MOVABLE = {AppointmentStatus.PROPOSED, AppointmentStatus.PENDING, AppointmentStatus.BOOKED}


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["appointment"].location)
def move_appointment(
    *,
    appointment: Appointment,
    start: datetime,
    by: Actor,
    practitioner: Practitioner | None = None,
    appointment_type: AppointmentType | None = None,
    minutes: int | None = None,
    room: Room | None = None,
    version: int | None = None,
    overbook_reason: str = "",
    overrides: Mapping[str, str] | None = None,
) -> Appointment:
    """
    Move a visit to another time, length, clinician, type or room; what is not named stays.

    A room of the kind the visit needs is chosen anew at the new time, unless one is named.

    :raises StaleVersion: somebody changed the visit since the page was drawn
    :raises TransitionRefused: the patient is here already, or the visit is over
    :raises Blocked: a gate said no to the new time
    :raises TimeTaken: the new time is not free; the visit stays where it was
    """
    kind = appointment_type or appointment.appointment_type
    who = practitioner or appointment.practitioner
    length = minutes or (kind.minutes if appointment_type else clock.minutes_of(appointment.period))
    period = period_for(kind, start, length)
    room = room or (None if kind.room_kind else appointment.room)
    terms = Terms(appointment.patient, who, appointment.location, kind, period, room)
    lock_in_order([*terms.owners, *_owners_now(appointment)])
    # What is not named was taken from the caller's copy: an older one would undo somebody else's change.
    seen = {appointment.version, appointment.version if version is None else version}
    appointment = reread(appointment)
    if seen != {appointment.version}:
        raise StaleVersion(appointment, {"start": start})
    if appointment.status not in MOVABLE:
        raise TransitionRefused(
            f"A visit that is {appointment.get_status_display().lower()} cannot be moved."
        )
    refuse_unbookable(terms)
    was = _as_it_was(appointment)
    show(appointment)
    gates.ask(
        "appointment.book", by=by, overrides=overrides, moved=appointment.pk, **question(terms)
    )
    lane = chosen_lane(terms, overbook_reason, by, without=appointment)
    release(appointment)
    reserve(appointment, terms, lane)
    appointment.save_changes(
        period=period,
        practitioner=who,
        appointment_type=kind,
        room=room,
        lane=lane,
        overbook_reason=overbook_reason if lane else "",
    )
    announce("appointment.moved", appointment)
    acts.note(appointment, **{name: was[name] for name in was if name != "overbook_reason"})
    appointment.undo_token = undo.offer(
        "scheduling.move_appointment",
        by=by,
        appointment_id=appointment.pk,
        version=appointment.version,
        **was,
    )
    return appointment


@undo.reverses("scheduling.move_appointment")
def move_back(
    *,
    appointment_id: str,
    version: int,
    start: str,
    minutes: int,
    practitioner_id: str | None,
    appointment_type_id: str,
    room_id: str | None,
    overbook_reason: str,
    by: Actor,
    at: datetime,
) -> Appointment:
    """Back to where it was; refused if that time has been taken meanwhile."""
    return move_appointment(
        appointment=unchanged(appointment_id, version),
        start=datetime.fromisoformat(start),
        minutes=minutes,
        practitioner=Practitioner.objects.get(pk=practitioner_id) if practitioner_id else None,
        appointment_type=AppointmentType.objects.get(pk=appointment_type_id),
        room=Room.objects.get(pk=room_id) if room_id else None,
        overbook_reason=overbook_reason,
        by=by,
    )


def _owners_now(appointment: Appointment) -> list[tuple[str, UUID]]:
    owners = [("patient", appointment.patient_id)]
    if appointment.practitioner_id:
        owners.append(("practitioner", appointment.practitioner_id))
    return owners


def _as_it_was(appointment: Appointment) -> dict[str, Any]:
    return {
        "start": appointment.period.lower.isoformat(),
        "minutes": clock.minutes_of(appointment.period),
        "practitioner_id": str(appointment.practitioner_id)
        if appointment.practitioner_id
        else None,
        "appointment_type_id": str(appointment.appointment_type_id),
        "room_id": str(appointment.room_id) if appointment.room_id else None,
        "overbook_reason": appointment.overbook_reason,
    }
