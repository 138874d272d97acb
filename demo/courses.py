"""How a visit went, or goes: the steps through the office with their times, as encounter and events."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from demo.copying import Row, copy_objects, copy_rows
from office.models import Room
from patients.models import Encounter, EncounterEvent
from patients.models.encounter import EncounterStatus
from scheduling.models import Appointment, AppointmentStatus

Code = EncounterEvent.Code
ORDER = (
    Code.ARRIVED,
    Code.CHECKED_IN,
    Code.ROOMED,
    Code.WITH_PRACTITIONER,
    Code.READY_TO_LEAVE,
    Code.LEFT,
)
STATUS = {
    Code.ARRIVED: (AppointmentStatus.ARRIVED, EncounterStatus.ARRIVED),
    Code.CHECKED_IN: (AppointmentStatus.CHECKED_IN, EncounterStatus.ARRIVED),
    Code.ROOMED: (AppointmentStatus.CHECKED_IN, EncounterStatus.TRIAGED),
    Code.WITH_PRACTITIONER: (AppointmentStatus.FULFILLED, EncounterStatus.IN_PROGRESS),
    Code.READY_TO_LEAVE: (AppointmentStatus.FULFILLED, EncounterStatus.IN_PROGRESS),
    Code.LEFT: (AppointmentStatus.FULFILLED, EncounterStatus.FINISHED),
}
COLUMNS = {
    Code.ARRIVED: "arrived_at",
    Code.ROOMED: "roomed_at",
    Code.WITH_PRACTITIONER: "seen_at",
    Code.READY_TO_LEAVE: "ready_at",
    Code.LEFT: "left_at",
}
STEP = ("encounter_id", "code", "at", "recorded_at", "room_id", "actor_id", "actor_name", "note")
Steps = dict[Code, datetime]


@dataclass(frozen=True)
class Hand:
    """Whose name stands beside a step."""

    id: UUID | None
    name: str


@dataclass
class Hands:
    """The desk moves arrivals and departures, nurses do what happens between."""

    desk: Hand
    nurse: Hand

    def of(self, code: Code) -> Hand:
        return self.desk if code in {Code.ARRIVED, Code.CHECKED_IN, Code.LEFT} else self.nurse


@dataclass
class Paper:
    """Encounters and events to be written."""

    encounters: list[Encounter] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)

    def write(self) -> None:
        """The encounters with their events; appointments point to them and follow."""
        copy_objects(self.encounters)
        copy_rows(EncounterEvent, STEP, self.events)


def minutes(number: float) -> timedelta:
    return timedelta(seconds=round(number * 60))


def usual_course(visit: Appointment, chance: Random, free_from: datetime | None) -> Steps:
    """All steps of a visit; nobody is seen before the practitioner is through with the one before."""
    start, end = visit.period.lower, visit.period.upper
    length = (end - start).total_seconds() / 60
    late = chance.random() < 0.1
    arrived = start + minutes(chance.uniform(2, 9) if late else -chance.uniform(3, 16))
    checked_in = arrived + minutes(chance.uniform(1.5, 4))
    roomed = max(
        checked_in + minutes(chance.uniform(1, 4)), start + minutes(chance.triangular(-5, 14, 3))
    )
    seen = max(roomed + minutes(chance.uniform(3, 7)), start)
    if free_from and free_from - seen < timedelta(minutes=35):
        seen = max(seen, free_from + minutes(chance.uniform(0.5, 2)))
    ready = seen + minutes(length * chance.uniform(0.5, 0.85))
    left = ready + minutes(chance.uniform(2, 6))
    steps = dict(zip(ORDER, (arrived, checked_in, roomed, seen, ready, left), strict=True))
    if visit.appointment_type.is_telehealth:
        del steps[Code.ROOMED], steps[Code.READY_TO_LEAVE]
    return steps


def by_now(steps: Steps, now: datetime) -> Steps:
    """The steps already taken."""
    return {code: at for code, at in steps.items() if at <= now}


def begin(
    visit: Appointment, steps: Steps, room: Room | None, hands: Hands, paper: Paper, reason: str
) -> None:
    """Give the visit an encounter with these steps, and both the status the last step means."""
    encounter = Encounter(
        patient_id=visit.patient_id,
        practitioner_id=visit.practitioner_id,
        location_id=visit.location_id,
        class_code="VR" if visit.appointment_type.is_telehealth else "AMB",
        kind=visit.appointment_type.name,
        reason=reason,
    )
    visit.encounter = encounter
    settle(visit, encounter, steps, room)
    paper.encounters.append(encounter)
    paper.events.extend(events(encounter, steps, room, hands))


def settle(visit: Appointment, encounter: Encounter, steps: Steps, room: Room | None) -> None:
    last = max(steps, key=ORDER.index)
    visit.status, encounter.status = STATUS[last]
    for code, at in steps.items():
        if code in COLUMNS:
            setattr(encounter, COLUMNS[code], at)
    begins = encounter.arrived_at or encounter.period.lower
    encounter.period = DateTimeTZRange(begins, steps.get(Code.LEFT))
    if Code.ROOMED in steps:
        encounter.room = room


def events(encounter: Encounter, steps: Steps, room: Room | None, hands: Hands) -> Iterator[Row]:
    for code in ORDER:
        if code in steps:
            hand, at = hands.of(code), steps[code]
            room_id = room.pk if room and code == Code.ROOMED else None
            yield encounter.pk, code.value, at, at, room_id, hand.id, hand.name, ""
