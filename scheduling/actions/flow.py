"""The patient's way through the office, from the door to the door: one act per click, each reversible."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from kernel import acts, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.locks import lock_in_order
from kernel.refusals import Invalid, Refusal
from office.models import Location, Room
from patients.actions import encounters
from patients.models import EncounterEvent, Patient
from patients.models.encounter import standing_steps
from scheduling.actions.booking import (
    announce,
    book_appointment,
    enter_in_error,
    reread,
    show,
    unchanged,
)
from scheduling.actions.life import TransitionRefused, require_step
from scheduling.actions.reserving import TimeTaken
from scheduling.models import Appointment, AppointmentStatus, AppointmentType
from scheduling.permissions import Permission
from scheduling.queries import rooms
from staff.models import Practitioner

Code = EncounterEvent.Code

# What each click means: the step of the encounter, and the status of the appointment after it.
STEPS: dict[str, tuple[str, AppointmentStatus]] = {
    "check-in": (Code.CHECKED_IN, AppointmentStatus.CHECKED_IN),
    "room": (Code.ROOMED, AppointmentStatus.CHECKED_IN),
    "see": (Code.WITH_PRACTITIONER, AppointmentStatus.FULFILLED),
    "ready": (Code.READY_TO_LEAVE, AppointmentStatus.FULFILLED),
    "leave": (Code.LEFT, AppointmentStatus.FULFILLED),
}
# The appointment's status for the step that still stands after a step back.
STATUS_AFTER: dict[str, AppointmentStatus] = {
    Code.ARRIVED: AppointmentStatus.ARRIVED,
    Code.CHECKED_IN: AppointmentStatus.CHECKED_IN,
    Code.ROOMED: AppointmentStatus.CHECKED_IN,
    Code.WITH_PRACTITIONER: AppointmentStatus.FULFILLED,
    Code.READY_TO_LEAVE: AppointmentStatus.FULFILLED,
}
EARLIEST_ARRIVAL = timedelta(hours=12)
WALK_IN_GRID = 5  # minutes


class EveryRoomTaken(Refusal):
    """No room is free; patients still go in together, but somebody says into which."""

    code = "every-room-taken"
    title = "Every room is taken. Check somebody out first, or choose the room yourself."


@act(permission=Permission.MOVE_PATIENT_FLOW, scope=lambda asked: asked["appointment"].location)
def arrive(*, appointment: Appointment, by: Actor, at: datetime) -> Appointment:
    """
    The patient is at the desk: the encounter begins.

    :raises TransitionRefused: arrived already, canceled, or not due today
    """
    appointment = reread(appointment)
    require_step(appointment, AppointmentStatus.ARRIVED)
    if appointment.period.lower - at > EARLIEST_ARRIVAL:
        raise TransitionRefused("This visit is not today. Open today's visit, or move this one.")
    encounter = encounters.open_encounter(
        patient=appointment.patient,
        practitioner=appointment.practitioner,
        location=appointment.location,
        at=at,
        by=by,
        kind=appointment.appointment_type.name,
    )
    appointment.save_changes(status=AppointmentStatus.ARRIVED, encounter=encounter)
    announce("appointment.arrived", appointment)
    return _with_undo(appointment, by)


@act(permission=Permission.MOVE_PATIENT_FLOW, scope=lambda asked: asked["appointment"].location)
def advance(
    *, appointment: Appointment, step: str, by: Actor, at: datetime, room: Room | None = None
) -> Appointment:
    """
    Take the patient one step further: check-in, room, see, ready, leave.

    :raises Invalid: no such step
    :raises TransitionRefused: the patient is not here
    :raises StepRefused: the visit is past this step, or the room is elsewhere
    """
    if step not in STEPS:
        raise Invalid(f"There is no step “{step}”.", field="step")
    code, status = STEPS[step]
    appointment = reread(appointment)
    if appointment.encounter is None or appointment.status not in STATUS_AFTER.values():
        raise TransitionRefused(
            f"The visit is {appointment.get_status_display().lower()}: mark the patient arrived first."
        )
    encounters.record_step(encounter=appointment.encounter, code=code, at=at, by=by, room=room)
    done = appointment.status == AppointmentStatus.FULFILLED
    if not appointment.save_changes(
        status=appointment.status if done else status, room=room or appointment.room
    ):
        appointment.raise_version()  # an older token must not take this step back
    acts.note(appointment, step=step)
    show(appointment)
    return _with_undo(appointment, by)


@act(permission=Permission.MOVE_PATIENT_FLOW, scope=lambda asked: asked["appointment"].location)
def take_to_a_room(*, appointment: Appointment, by: Actor, at: datetime) -> Appointment:
    """
    Room the patient where the visit's room is reserved, else in the first free one.

    Two clerks who room two patients at once get two rooms. An office without rooms goes on without one.

    :raises EveryRoomTaken: none of the kind is free; choose one, or check somebody out
    """
    lock_in_order([("rooms", appointment.location_id)])
    appointment = reread(appointment)
    found = rooms.room_for(appointment, at)
    if found.room is None and found.some_exist:
        raise EveryRoomTaken
    return advance(appointment=appointment, step="room", by=by, at=at, room=found.room)


@act(permission=Permission.MOVE_PATIENT_FLOW, scope=lambda asked: asked["appointment"].location)
def step_back(
    *, appointment: Appointment, by: Actor, at: datetime, version: int | None = None
) -> Appointment:
    """
    Take the last click back; taking back the arrival makes the visit expected again.

    :raises TransitionRefused: there is no step to take back
    :raises UnlikeExpected: somebody changed the visit since `version`
    """
    appointment = reread(appointment, version)
    if appointment.encounter is None:
        raise TransitionRefused("The patient has not arrived: there is no step to take back.")
    encounter = encounters.step_back(encounter=appointment.encounter, at=at, by=by)
    standing = standing_steps(encounter.events.order_by("pk"))
    changes: dict[str, Any] = {"status": AppointmentStatus.BOOKED, "encounter": None}
    if standing:
        changes = {"status": STATUS_AFTER[standing[-1].code]}
    if not appointment.save_changes(**changes):
        appointment.raise_version()  # the token of the step taken back must not take back one more
    announce("appointment.stepped_back", appointment)
    return appointment


@act(permission=Permission.MOVE_PATIENT_FLOW, scope=lambda asked: asked["location"])
def walk_in(
    *,
    patient: Patient,
    practitioner: Practitioner | None,
    location: Location,
    appointment_type: AppointmentType,
    by: Actor,
    at: datetime,
    note: str = "",
    overrides: Mapping[str, str] | None = None,
) -> Appointment:
    """
    Somebody stands at the desk: booked for now and arrived, in one act.

    Where the clinician is taken, the walk-in stands beside that visit if the type allows it.

    :raises TimeTaken: overbooked up to the cap
    """
    start = at.replace(minute=at.minute - at.minute % WALK_IN_GRID, second=0, microsecond=0)
    terms: dict[str, Any] = {
        "patient": patient,
        "practitioner": practitioner,
        "location": location,
        "appointment_type": appointment_type,
        "start": start,
        "note": note,
        "overrides": overrides,
        "by": by,
    }
    try:
        with transaction.atomic():  # a savepoint: the refused try leaves nothing
            appointment = book_appointment(**terms)
    except TimeTaken:
        appointment = book_appointment(**terms, overbook_reason="Walk-in")
    appointment.save_changes(is_walk_in=True)
    arrived = arrive(appointment=appointment, by=by, at=at)
    arrived.undo_token = undo.offer(
        "scheduling.walk_in", by=by, appointment_id=arrived.pk, version=arrived.version
    )
    return arrived


@undo.reverses("scheduling.walk_in")
def undo_walk_in(*, appointment_id: str, version: int, by: Actor, at: datetime) -> Appointment:
    """Nobody walked in: neither arrived nor booked."""
    was = unchanged(appointment_id, version)
    here = step_back(appointment=was, by=by, at=at, version=version)
    return enter_in_error(appointment=here, by=by, at=at)


def _with_undo(appointment: Appointment, by: Actor) -> Appointment:
    appointment.undo_token = undo.offer(
        "scheduling.advance", by=by, appointment_id=appointment.pk, version=appointment.version
    )
    return appointment


@undo.reverses("scheduling.advance")
def undo_step(*, appointment_id: str, version: int, by: Actor, at: datetime) -> Appointment:
    was = unchanged(appointment_id, version)
    return step_back(appointment=was, by=by, at=at, version=version)
