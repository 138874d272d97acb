"""The waiting room at a moment: which visit of the first site is where, so that every column of the board lives."""

from collections import Counter
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

STALE = timedelta(minutes=75)  # begun longer ago, a visit is over


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

# From the visit nearest in time backward: the board's picture of a busy moment.
# A place in a room is with the practitioner, if that one is not with somebody else.
IN_ROOM = Phase.ROOMED
PICTURE = (
    Phase.JUST_IN, Phase.WAITING, Phase.LATE, IN_ROOM, Phase.WAITING, IN_ROOM, Phase.LATE, IN_ROOM,
    Phase.WAITING_LONG, IN_ROOM, Phase.READY, IN_ROOM, IN_ROOM, Phase.READY,
)  # fmt: skip

# What must not be missing; without enough visits near now, patients walk in.
LEAST = Counter(
    {
        Phase.JUST_IN: 1,
        Phase.WAITING: 1,
        Phase.WAITING_LONG: 1,
        Phase.LATE: 2,
        IN_ROOM: 4,
        Phase.READY: 1,
    }
)


@dataclass(frozen=True)
class Plan:
    """Where each visit near now is, and what the picture still lacks."""

    phases: dict[UUID, Phase]
    missing: tuple[Phase, ...] = ()


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
        visit
        for visit in open_visits
        if visit.location_id == places.lane.pk and now - visit.period.lower < timedelta(hours=14)
    ]
    picture, planned, busy = list(PICTURE), {}, set()
    for visit in reversed(near):
        begun = known.get(visit.encounter_id, {})
        phase = _choose(visit, begun, picture, busy, now)
        if phase in picture:
            picture.remove(phase)
        if phase is IN_ROOM and _is_seen(visit, begun, busy, now):
            phase = Phase.WITH_PRACTITIONER
            busy.add(visit.practitioner_id)
        planned[visit.pk] = phase
    filled = Counter(PICTURE) - Counter(picture)
    return Plan(planned, tuple((LEAST - filled).elements()))


def is_open(places: Places, now: datetime) -> bool:
    here = clock.local(now, places.lane.zone)
    day = queries.open_day(places.lane.pk, here.date())
    ten = timedelta(minutes=10)
    return any(
        _on(here, opens) - ten <= here <= _on(here, closes) + ten for opens, closes in day.spans
    )


def _on(here: datetime, wall: time) -> datetime:
    return clock.from_rule(here.date(), wall, str(here.tzinfo))


def _choose(
    visit: Appointment, begun: Steps, picture: list[Phase], busy: set[UUID], now: datetime
) -> Phase:
    if now - visit.period.lower > STALE:
        return Phase.FINISHED
    for phase in picture:
        if _fits(phase, visit, begun, busy, now):
            return phase
    if visit.period.lower > now - timedelta(minutes=5) and not begun:
        return Phase.EXPECTED
    return Phase.FINISHED


def _fits(phase: Phase, visit: Appointment, begun: Steps, busy: set[UUID], now: datetime) -> bool:
    if visit.appointment_type.is_telehealth or Code.WITH_PRACTITIONER in begun:
        # Neither waits in a room of ours, or no longer: with the practitioner, or on the way out.
        return phase is IN_ROOM and _is_seen(visit, begun, busy, now)
    since = _since(visit, now)
    if phase is Phase.LATE:
        return 6 <= since <= 35 and visit.status == AppointmentStatus.BOOKED
    least = {IN_ROOM: -4, Phase.READY: 9, Phase.WAITING_LONG: 4}
    return since >= least.get(phase, -20) and set(begun) <= set(_AGO[phase])


def _is_seen(visit: Appointment, begun: Steps, busy: set[UUID], now: datetime) -> bool:
    """The practitioner sees one patient at a time, and not before the time of the visit."""
    if visit.practitioner_id in busy or Code.READY_TO_LEAVE in begun:
        return False
    return _since(visit, now) >= 0


def _since(visit: Appointment, now: datetime) -> float:
    return (now - visit.period.lower).total_seconds() / 60
