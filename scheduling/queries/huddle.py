"""A location's day in the figures an office begins with: the strip on the manager's home."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kernel import clock
from kernel.actors import Actor
from office.models import Location
from scheduling.display import EXPECTED, minutes_words, state_of
from scheduling.models import Appointment, Confirmation
from scheduling.queries.to_move import visits_to_move
from scheduling.queries.today import open_time
from scheduling.queries.visits import Visit, day_visits

LATE_FROM = timedelta(minutes=10)  # under it nobody calls a clinician late


@dataclass(frozen=True)
class Late:
    """The clinician who is furthest behind: whoever has been here longest past the start is still not seen."""

    name: str
    minutes: int

    @property
    def words(self) -> str:
        return minutes_words(self.minutes)


@dataclass(frozen=True)
class Huddle:
    day: date
    visits: int
    new_patients: int
    open_times: int
    open_minutes: int
    unconfirmed: int
    late: Late | None
    to_move: int

    @property
    def open_words(self) -> str:
        return minutes_words(self.open_minutes)


def huddle(actor: Actor, location: Location, now: datetime) -> Huddle:
    """Five statements and the day's configuration."""
    day = clock.today(now, location.zone)
    visits = day_visits(actor, location, day)
    free = open_time(location, day, now)
    end = clock.day(day, location.zone).upper
    return Huddle(
        day=day,
        visits=len(visits),
        new_patients=_new(visits),
        open_times=len(free),
        open_minutes=sum(gap.minutes for gap in free),
        unconfirmed=sum(_is_unconfirmed(each) for each in visits),
        late=_latest(visits, now),
        to_move=sum(each.visits for each in visits_to_move(actor, now, end, [location.pk])),
    )


def _is_unconfirmed(visit: Visit) -> bool:
    facts = visit.facts
    return state_of(facts) in EXPECTED and facts.confirmation != Confirmation.CONFIRMED


def _new(visits: Iterable[Visit]) -> int:
    """Patients nobody of us has seen before today."""
    first = {visit.patient_id: visit.facts.starts_at for visit in reversed(list(visits))}
    if not first:
        return 0
    known = Appointment.objects.filter(
        patient__in=first, status="fulfilled", starts_at__lt=min(first.values())
    )
    return len(first) - known.values("patient").distinct().count()


def _latest(visits: Iterable[Visit], now: datetime) -> Late | None:
    """Judged by patients who are here: whoever has not come yet makes nobody late."""
    behind = [
        (now - max(visit.facts.starts_at, visit.facts.arrived_at), visit.practitioner or "")
        for visit in visits
        if visit.practitioner_id
        and visit.facts.arrived_at
        and visit.facts.seen_at is None
        and state_of(visit.facts) in {"arrived", "inroom"}
    ]
    most, name = max(behind, default=(timedelta(0), ""))
    return Late(name, int(most.total_seconds() // 60)) if most >= LATE_FROM else None
