"""
The Today board: one location's day in three panes, as the desk reads it.

Six statements and the day's configuration, whatever the size of the table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import clock
from kernel.actors import Actor
from kernel.templatetags.house import clock as wall
from office.models import Location
from scheduling import display
from scheduling.models import Confirmation
from scheduling.permissions import Permission
from scheduling.queries import catalog
from scheduling.queries.free_time import Gap, gaps
from scheduling.queries.rows import Drawing, Row, Seen, Step
from scheduling.queries.visits import Visit, day_visits, median_wait
from staff.models import Practitioner
from staff.queries.hindrances import Asked, hindrances

STEPS = {
    "requested": Step("arrive", "Arrived", "a"),
    "scheduled": Step("arrive", "Arrived", "a"),
    "confirmed": Step("arrive", "Arrived", "a"),
    "arrived": Step("room", "Room", "r"),
    "inroom": Step("ready", "Checkout", "c"),
    "checkout": Step("leave", "Done", "d"),
}
START_TELEHEALTH = Step("see", "Start", "r")
GAPS_SHOWN = 5
GAP_GRID = 5  # minutes
SHORTEST_GAP = 10  # minutes, where no visit type is shorter
SHOWS = ("late", "unconfirmed", "over")


@dataclass(frozen=True)
class Band:
    """Those in the office who are at the same point of their way."""

    state: str
    label: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class GapChip:
    """Time that could still be given to somebody today."""

    time: str
    who: str
    minutes: int
    query: str


@dataclass(frozen=True)
class Board:
    """The day as of a moment. Counts are of the whole day, rows of what is filtered for."""

    day: date
    now: datetime
    expected: tuple[Row, ...]
    bands: tuple[Band, ...]
    finished: tuple[Row, ...]
    expected_count: int
    in_office_count: int
    finished_count: int
    late_count: int
    unconfirmed_count: int
    over_count: int
    limit: int
    median_wait: int | None
    gaps: tuple[GapChip, ...]
    more_gaps: int
    practitioners: tuple[tuple[UUID, str], ...]
    patient_ids: tuple[UUID, ...]

    @property
    def visit_count(self) -> int:
        return self.expected_count + self.in_office_count + self.finished_count


def today_board(
    actor: Actor,
    location: Location,
    day: date,
    now: datetime,
    *,
    show: str = "",
    practitioner_id: UUID | None = None,
) -> Board:
    """
    The board of a location's day.

    :param show: only the `late`, the `unconfirmed`, or those waiting `over` the limit; panes without them stay
    """
    visits = day_visits(actor, location, day)
    people = _people(visits)
    if practitioner_id:
        visits = [each for each in visits if each.practitioner_id == practitioner_id]
    may_move = actor.may(Permission.MOVE_PATIENT_FLOW)
    draw = Drawing(location.zone, desk_step if may_move else _no_step)
    seen = draw.look(visits, now)
    panes = _panes(seen)
    chips = open_time(location, day, now, practitioner_id)
    waiting = panes["in"]
    return Board(
        day=day,
        now=clock.local(now, location.zone),
        expected=draw.rows(_only(panes["expected"], show, ("late", "unconfirmed"))),
        bands=tuple(_bands(draw, _only(waiting, show, ("over",)))),
        finished=draw.rows(panes["finished"]),
        expected_count=len(panes["expected"]),
        in_office_count=len(waiting),
        finished_count=len(panes["finished"]),
        late_count=_count(panes["expected"], "late"),
        unconfirmed_count=_count(panes["expected"], "unconfirmed"),
        over_count=_count(waiting, "over"),
        limit=draw.limit,
        median_wait=median_wait(visits),
        gaps=tuple(chips[:GAPS_SHOWN]),
        more_gaps=max(0, len(chips) - GAPS_SHOWN),
        practitioners=people,
        patient_ids=tuple(dict.fromkeys(each.visit.patient_id for each in seen)),
    )


def _panes(seen: Iterable[Seen]) -> dict[str, list[Seen]]:
    panes: dict[str, list[Seen]] = {"expected": [], "in": [], "finished": []}
    for each in seen:
        panes[_pane_of(each.shown.state)].append(each)
    panes["finished"].sort(key=_ended, reverse=True)
    return panes


def _pane_of(state: str) -> str:
    if state in display.EXPECTED:
        return "expected"
    return "in" if state in display.IN_OFFICE else "finished"


def _ended(seen: Seen) -> datetime:
    return seen.visit.facts.left_at or seen.visit.facts.starts_at


def _is(seen: Seen, what: str) -> bool:
    if what == "late":
        return seen.shown.is_late
    if what == "over":
        return seen.shown.waits_too_long
    return seen.visit.facts.confirmation != Confirmation.CONFIRMED


def _count(pane: Iterable[Seen], what: str) -> int:
    return sum(_is(each, what) for each in pane)


def _only(pane: list[Seen], show: str, here: Sequence[str]) -> list[Seen]:
    return [each for each in pane if _is(each, show)] if show in here else pane


def _people(visits: Iterable[Visit]) -> tuple[tuple[UUID, str], ...]:
    """Whom the board can be narrowed to: those with visits today."""
    people = {
        each.practitioner_id: each.practitioner or "" for each in visits if each.practitioner_id
    }
    return tuple(sorted(people.items(), key=lambda item: (item[1], item[0])))


def open_time(
    location: Location, day: date, now: datetime, practitioner_id: UUID | None = None
) -> list[GapChip]:
    """What is left of the day's free time, the nearest first."""
    span = clock.day(day, location.zone)
    begin = max(span.lower, _rounded_up(now))
    if begin >= span.upper:
        return []
    rest = DateTimeTZRange(begin, span.upper)
    people = _seeing_patients(location, practitioner_id, rest, day)
    return [
        GapChip(
            wall(clock.local(gap.starts_at, location.zone)),
            f"{people[gap.practitioner_id]}, {display.minutes_words(gap.minutes)}",
            gap.minutes,
            _slot(gap, location.zone),
        )
        for gap in open_gaps(location, rest, list(people))
    ]


def _slot(gap: Gap, zone: str) -> str:
    """The slot in the words of the booking drawer's address."""
    begins = clock.local(gap.starts_at, zone)
    return urlencode(
        {"practitioner": gap.practitioner_id, "day": begins.date(), "time": f"{begins:%H:%M}"}
    )


def _rounded_up(now: datetime) -> datetime:
    """Nobody is booked for 9:13; what is open now is open from 9:15."""
    over = timedelta(
        minutes=now.minute % GAP_GRID, seconds=now.second, microseconds=now.microsecond
    )
    return now - over + timedelta(minutes=GAP_GRID) if over else now


def open_gaps(
    location: Location, span: DateTimeTZRange, practitioners: Sequence[UUID]
) -> list[Gap]:
    """Free stretches in which the shortest type of visit in use would fit."""
    lengths = [each.minutes for each in catalog.types().values() if each.is_active]
    return gaps(location, span, practitioners, min(lengths, default=SHORTEST_GAP))


def _seeing_patients(
    location: Location, practitioner_id: UUID | None, rest: DateTimeTZRange, day: date
) -> dict[UUID, str]:
    """Whoever is bookable here and may see patients on this day; leave takes its own time away."""
    people = Practitioner.objects.bookable().at_location(location)
    if practitioner_id:
        people = people.filter(pk=practitioner_id)
    found = list(people.order_by("family_name", "pk").values_list("pk", "family_name"))
    against = hindrances([Asked(key, rest, day) for key, _ in found])
    barred = {place for place, each in against.items() if each.lapsed or each.parted_date}
    return dict(who for place, who in enumerate(found) if place not in barred)


BANDS = (
    ("arrived", "Waiting", "arrived_at"),
    ("inroom", "In room", "roomed_at"),
    ("checkout", "Ready to check out", "ready_at"),
)


def _since(seen: Seen, column: str) -> datetime:
    return getattr(seen.visit.facts, column) or seen.visit.facts.starts_at


def _bands(draw: Drawing, seen: Iterable[Seen]) -> Iterable[Band]:
    """Who has been where they are the longest stands first."""
    here = list(seen)
    for state, label, since in BANDS:
        inside = [each for each in here if each.shown.state == state]
        inside.sort(key=lambda each, since=since: _since(each, since))  # type: ignore[misc]
        yield Band(state, label, draw.rows(inside, first_is_next=state == "arrived"))


def desk_step(seen: Seen) -> Step | None:
    """What the desk does next."""
    if seen.shown.state == "arrived" and seen.visit.is_telehealth:
        return START_TELEHEALTH
    return STEPS.get(seen.shown.state)


def _no_step(seen: Seen) -> None:
    """For those who only look."""
