"""The waiting room at a moment: which visit of the first site is where, so that every column of the board lives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from random import Random
from uuid import UUID

from demo.courses import Code, Steps, minutes
from demo.places import Places
from kernel import clock
from office import queries
from scheduling.models import Appointment, AppointmentStatus

STALE = 75  # minutes; due longer ago, a visit is over


class Phase(Enum):
    """Where a visit is; the nearer its time, the earlier."""

    EXPECTED = "expected"
    LATE = "late"
    JUST_IN = "just in"
    WAITING = "waiting"
    WAITING_LONG = "waiting long"
    ROOMED = "roomed"
    WITH_PRACTITIONER = "with practitioner"
    READY = "ready"
    FINISHED = "finished"

    @property
    def is_in_room(self) -> bool:
        return self in {Phase.ROOMED, Phase.WITH_PRACTITIONER, Phase.READY}

    def steps(self, visit: Appointment, now: datetime, chance: Random) -> Steps:
        """The steps taken, counted backward from now."""
        if self is Phase.LATE:
            return {}
        ago = {code: span for code, span in _AGO[self].items()}
        back, steps = 0.0, {}
        for code in (
            Code.READY_TO_LEAVE,
            Code.WITH_PRACTITIONER,
            Code.ROOMED,
            Code.CHECKED_IN,
            Code.ARRIVED,
        ):
            if code in ago:
                back += chance.uniform(*ago[code])
                steps[code] = now - minutes(back)
        if visit.appointment_type.is_telehealth:
            steps.pop(Code.ROOMED, None)
        return dict(reversed(steps.items()))


# How many minutes each step lies before the next one, the last before now.
_AGO: dict[Phase, dict[Code, tuple[float, float]]] = {
    Phase.JUST_IN: {Code.ARRIVED: (1, 2.5)},
    Phase.WAITING: {Code.CHECKED_IN: (2, 12), Code.ARRIVED: (1.5, 3)},
    Phase.WAITING_LONG: {Code.CHECKED_IN: (21, 26), Code.ARRIVED: (1.5, 4)},
    Phase.ROOMED: {Code.ROOMED: (2, 8), Code.CHECKED_IN: (3, 8), Code.ARRIVED: (1.5, 3)},
    Phase.WITH_PRACTITIONER: {
        Code.WITH_PRACTITIONER: (2, 14), Code.ROOMED: (3, 8), Code.CHECKED_IN: (2, 8), Code.ARRIVED: (1.5, 3),
    },
    Phase.READY: {
        Code.READY_TO_LEAVE: (1, 4), Code.WITH_PRACTITIONER: (8, 16), Code.ROOMED: (3, 8), Code.CHECKED_IN: (2, 8),
        Code.ARRIVED: (1.5, 3),
    },
}  # fmt: skip

# A place in a room is with the practitioner, if that one is not with somebody else.
IN_ROOM = Phase.ROOMED


@dataclass(frozen=True)
class Part:
    """One patient in the picture of a busy moment: where, and how many minutes ago they were due."""

    phase: Phase
    due: float


# The hardest to cast first. Who is missing among them walks in.
PARTS = (
    Part(Phase.READY, 26), Part(Phase.WAITING_LONG, 12), Part(Phase.LATE, 14), Part(Phase.LATE, 9),
    Part(Phase.JUST_IN, -8), Part(Phase.WAITING, -3), Part(IN_ROOM, 6), Part(IN_ROOM, 14), Part(IN_ROOM, 20),
    Part(IN_ROOM, 30),
)  # fmt: skip
EXTRAS = (Part(Phase.WAITING, 2), Part(IN_ROOM, 10), Part(IN_ROOM, 24), Part(Phase.READY, 34))
# How many minutes ago a visit was due that can be there at all.
_SINCE = {
    Phase.JUST_IN: (-20, 8),
    Phase.WAITING: (-20, 12),
    Phase.LATE: (6, 30),
    IN_ROOM: (-4, 55),
    Phase.WAITING_LONG: (4, 30),
    Phase.READY: (12, 75),
}


@dataclass(frozen=True)
class Plan:
    """Where each visit near now is, and whom the picture still lacks."""

    phases: dict[UUID, Phase]
    missing: tuple[Part, ...] = ()


def plan(
    open_visits: Iterable[Appointment], known: dict[UUID, Steps], places: Places, now: datetime
) -> Plan:
    """
    For the first site while it is open.

    Visits without an entry go their usual course.
    """
    if not is_open(places, now):
        return Plan({})
    near = [
        Candidate(visit, known.get(visit.encounter_id, {}), _since(visit, now))
        for visit in open_visits
        if visit.location_id == places.lane.pk and now - visit.period.lower < timedelta(hours=14)
    ]
    planned: dict[UUID, Phase] = {}
    missing: list[Part] = []
    busy: set[UUID] = set()
    for part in (*PARTS, *EXTRAS):
        cast = min(
            (each for each in near if each.visit.pk not in planned and each.fits(part.phase, busy)),
            key=lambda each: (not each.begun, abs(each.since - part.due)),
            default=None,
        )
        if cast is not None:
            planned[cast.visit.pk] = cast.enter(part.phase, busy)
        elif part in PARTS:
            missing.append(part)
    rest = {each.visit.pk: each.otherwise() for each in near if each.visit.pk not in planned}
    return Plan(planned | rest, tuple(missing))


@dataclass(frozen=True)
class Candidate:
    """A visit that may be cast: what has happened to it, and how many minutes ago it was due."""

    visit: Appointment
    begun: Steps
    since: float

    def fits(self, phase: Phase, busy: set[UUID]) -> bool:
        if self.visit.appointment_type.is_telehealth or Code.WITH_PRACTITIONER in self.begun:
            # Neither waits in a room of ours, or no longer: with the practitioner, or on the way out.
            return phase is IN_ROOM and self.is_seen(busy)
        if phase is Phase.LATE and self.visit.status != AppointmentStatus.BOOKED:
            return False
        least, most = _SINCE[phase]
        return least <= self.since <= most and set(self.begun) <= set(_AGO.get(phase, ()))

    def is_seen(self, busy: set[UUID]) -> bool:
        """The practitioner sees one patient at a time, and not before the time of the visit."""
        if self.visit.practitioner_id in busy or Code.READY_TO_LEAVE in self.begun:
            return False
        return 0 <= self.since <= STALE

    def enter(self, phase: Phase, busy: set[UUID]) -> Phase:
        if phase is IN_ROOM and self.is_seen(busy):
            busy.add(self.visit.practitioner_id)
            return Phase.WITH_PRACTITIONER
        return phase

    def otherwise(self) -> Phase:
        """Not in the picture: still to come, or out of the door."""
        return Phase.EXPECTED if self.since < 5 and not self.begun else Phase.FINISHED


def _since(visit: Appointment, now: datetime) -> float:
    return (now - visit.period.lower).total_seconds() / 60


def is_open(places: Places, now: datetime) -> bool:
    here = clock.local(now, places.lane.zone)
    day = queries.open_day(places.lane.pk, here.date())
    ten = timedelta(minutes=10)
    return any(
        _on(here, opens) - ten <= here <= _on(here, closes) + ten for opens, closes in day.spans
    )


def _on(here: datetime, wall: time) -> datetime:
    return clock.from_rule(here.date(), wall, str(here.tzinfo))
