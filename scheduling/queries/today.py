"""
The Today board: one location's day in three panes, as the desk reads it.

Everything a row prints is prepared here, so that its template is flat; what a visit looks like is
`scheduling.display`'s answer. Five statements and the day's configuration, whatever the size of the table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils.safestring import SafeString

from kernel import clock, looks
from kernel.actors import Actor
from kernel.templatetags.house import clock as wall
from office import queries as office_queries
from office.models import Location
from scheduling import display
from scheduling.display import Shown
from scheduling.models import Confirmation
from scheduling.permissions import Permission
from scheduling.queries import catalog
from scheduling.queries.free_time import Gap, gaps
from scheduling.queries.visits import Visit, day_visits, median_wait
from staff.models import Practitioner

NIL = str(UUID(int=0))
GAPS_SHOWN = 5
SHORTEST_GAP = 10  # minutes, where no visit type is shorter
SHOWS = ("late", "unconfirmed", "over")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is out of the ordinary about a visit: an icon with its word, and the whole of it for the ear."""

    icon: SafeString
    word: str
    says: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The next click: where it goes, what it says, its letter."""

    to: str
    label: str
    key: str


STEPS = {
    "requested": Step("arrive", "Arrived", "a"),
    "scheduled": Step("arrive", "Arrived", "a"),
    "confirmed": Step("arrive", "Arrived", "a"),
    "arrived": Step("room", "Room", "r"),
    "inroom": Step("ready", "Checkout", "c"),
    "checkout": Step("leave", "Done", "d"),
}
START_TELEHEALTH = Step("see", "Start", "r")


@dataclass(frozen=True, slots=True)
class Row:
    """One visit as its row prints it."""

    id: UUID
    css: str
    time: str
    icon: SafeString
    word: str
    tone: str
    since: str
    words: str
    limit: int | str
    name: str
    born: str
    url: str
    line: str
    line_since: str
    marks: tuple[Mark, ...]
    step: Step | None = None
    primary: bool = False
    done: str = ""


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
    starts_at: datetime
    practitioner_id: UUID


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


class _Seen(NamedTuple):
    """A visit with the way it is drawn now."""

    visit: Visit
    shown: Shown


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
    practice = office_queries.practice()
    limit = practice.waits_too_long_minutes if practice else display.LONG_WAIT_MINUTES
    visits = day_visits(actor, location, day)
    people = _people(visits)
    if practitioner_id:
        visits = [each for each in visits if each.practitioner_id == practitioner_id]
    seen = [_Seen(each, display.show(each.facts, now, long_wait_minutes=limit)) for each in visits]
    panes = _panes(seen)
    draw = _Drawing(location.zone, limit, actor.may(Permission.MOVE_PATIENT_FLOW))
    open_time = _open_time(location, day, now, practitioner_id)
    waiting = panes["in"]
    return Board(
        day=day,
        now=clock.local(now, location.zone),
        expected=draw.rows(_only(panes["expected"], show, ("late", "unconfirmed"))),
        bands=draw.bands(_only(waiting, show, ("over",))),
        finished=draw.rows(panes["finished"]),
        expected_count=len(panes["expected"]),
        in_office_count=len(waiting),
        finished_count=len(panes["finished"]),
        late_count=_count(panes["expected"], "late"),
        unconfirmed_count=_count(panes["expected"], "unconfirmed"),
        over_count=_count(waiting, "over"),
        limit=limit,
        median_wait=median_wait(visits),
        gaps=tuple(open_time[:GAPS_SHOWN]),
        more_gaps=max(0, len(open_time) - GAPS_SHOWN),
        practitioners=people,
        patient_ids=tuple(dict.fromkeys(each.visit.patient_id for each in seen)),
    )


def _panes(seen: Iterable[_Seen]) -> dict[str, list[_Seen]]:
    panes: dict[str, list[_Seen]] = {"expected": [], "in": [], "finished": []}
    for each in seen:
        panes[_pane_of(each.shown.state)].append(each)
    panes["finished"].sort(key=_ended, reverse=True)
    return panes


def _pane_of(state: str) -> str:
    if state in display.EXPECTED:
        return "expected"
    return "in" if state in display.IN_OFFICE else "finished"


def _ended(seen: _Seen) -> datetime:
    return seen.visit.facts.left_at or seen.visit.facts.starts_at


def _is(seen: _Seen, what: str) -> bool:
    if what == "late":
        return seen.shown.is_late
    if what == "over":
        return seen.shown.waits_too_long
    return seen.visit.facts.confirmation != Confirmation.CONFIRMED


def _count(pane: Iterable[_Seen], what: str) -> int:
    return sum(_is(each, what) for each in pane)


def _only(pane: list[_Seen], show: str, here: Sequence[str]) -> list[_Seen]:
    return [each for each in pane if _is(each, show)] if show in here else pane


def _people(visits: Iterable[Visit]) -> tuple[tuple[UUID, str], ...]:
    """Whom the board can be narrowed to: those with visits today."""
    people = {
        each.practitioner_id: each.practitioner or "" for each in visits if each.practitioner_id
    }
    return tuple(sorted(people.items(), key=lambda item: (item[1], item[0])))


def _open_time(
    location: Location, day: date, now: datetime, practitioner_id: UUID | None
) -> list[GapChip]:
    span = clock.day(day, location.zone)
    rest = DateTimeTZRange(max(span.lower, now), span.upper)
    people = _seeing_patients(location, practitioner_id)
    return [
        GapChip(
            wall(clock.local(gap.starts_at, location.zone)),
            f"{people[gap.practitioner_id]}, {display.minutes_words(gap.minutes)}",
            gap.starts_at,
            gap.practitioner_id,
        )
        for gap in open_gaps(location, rest, list(people))
    ]


def open_gaps(
    location: Location, span: DateTimeTZRange, practitioners: Sequence[UUID]
) -> list[Gap]:
    """Free stretches in which the shortest type of visit in use would fit."""
    lengths = [each.minutes for each in catalog.types().values() if each.is_active]
    return gaps(location, span, practitioners, min(lengths, default=SHORTEST_GAP))


def _seeing_patients(location: Location, practitioner_id: UUID | None) -> dict[UUID, str]:
    people = Practitioner.objects.bookable().at_location(location)
    if practitioner_id:
        people = people.filter(pk=practitioner_id)
    return dict(people.order_by("family_name", "pk").values_list("pk", "family_name"))


class _Drawing:
    """Turns visits into rows; holds what all rows share."""

    def __init__(self, zone: str, limit: int, may_move: bool) -> None:
        self.zone, self.limit, self.may_move = zone, limit, may_move
        self.address = reverse("scheduling:appointment", args=[NIL])

    def rows(self, seen: Iterable[_Seen]) -> tuple[Row, ...]:
        return tuple(self._row(each) for each in seen)

    def bands(self, seen: Iterable[_Seen]) -> tuple[Band, ...]:
        by_state: dict[str, list[_Seen]] = {state: [] for state, *_ in BANDS}
        for each in seen:
            by_state[each.shown.state].append(each)
        bands = []
        for state, label, since in BANDS:
            inside = sorted(by_state[state], key=lambda each: _since(each, since))
            rows = [
                self._row(each, state == "arrived" and not at) for at, each in enumerate(inside)
            ]
            bands.append(Band(state, label, tuple(rows)))
        return tuple(bands)

    def _row(self, seen: _Seen, primary: bool = False) -> Row:
        visit, shown = seen
        facts = visit.facts
        waits, is_over = shown.state == "arrived", shown.state in {"completed", "noshow"}
        line, line_since = self._line(visit, shown.state)
        return Row(
            id=visit.id,
            css=_css(shown),
            time=wall(clock.local(facts.starts_at, self.zone)),
            icon=looks.icon(shown.icon, "i-sm"),
            word="" if is_over else shown.brief,
            tone="act" if shown.waits_too_long else "look" if shown.is_late else "",
            since=shown.since.isoformat() if shown.since else "",
            words="" if waits else "{} late",
            limit=self.limit if waits else "",
            name=f"{visit.family}, {visit.given}".strip(", "),
            born=_born(visit.born),
            url=self.address.replace(NIL, str(visit.id)),
            line=line,
            line_since=line_since,
            marks=_marks(visit, shown),
            step=self._step(visit, shown.state),
            primary=primary,
            done=shown.word if shown.state == "noshow" else "",
        )

    def _step(self, visit: Visit, state: str) -> Step | None:
        if not self.may_move:
            return None
        if state == "arrived" and visit.is_telehealth:
            return START_TELEHEALTH
        return STEPS.get(state)

    def _line(self, visit: Visit, state: str) -> tuple[str, str]:
        """Type and clinician; of those in a room since when, of those gone when they left."""
        facts, who = visit.facts, visit.practitioner or ""
        if state == "completed":
            out = f"out {wall(clock.local(facts.left_at, self.zone))}" if facts.left_at else ""
            return _joined(who or visit.kind, out), ""
        if state == "inroom":
            with_whom = f"with {who}" if facts.seen_at else who
            since = facts.roomed_at or facts.seen_at
            return _joined(visit.kind, with_whom), since.isoformat() if since else ""
        return _joined(visit.kind, who), ""


BANDS = (
    ("arrived", "Waiting", "arrived_at"),
    ("inroom", "In room", "roomed_at"),
    ("checkout", "Ready to check out", "ready_at"),
)


def _since(seen: _Seen, column: str) -> datetime:
    return getattr(seen.visit.facts, column) or seen.visit.facts.starts_at


def _css(shown: Shown) -> str:
    late = " is-late" if shown.is_late else ""
    long = " is-long" if shown.waits_too_long else ""
    return f"visit st-{shown.state}{late}{long}"


def _born(born: date | None) -> str:
    return f"{born.day} {born:%b} {born.year}" if born else "Not known"


def _joined(*words: str) -> str:
    return " · ".join(word for word in words if word)


def _marks(visit: Visit, shown: Shown) -> tuple[Mark, ...]:
    """Exceptions speak; a visit without any says nothing."""
    expected = shown.state in display.EXPECTED
    answered = visit.facts.confirmation
    said = (
        (expected and answered == Confirmation.LEFT_MESSAGE, "phone", "Left message",
         "Not confirmed", "look"),
        (visit.is_walk_in and shown.state in display.IN_OFFICE, "walk", "Walk-in", "", ""),
        (shown.is_overbooked and shown.state != "completed", "stack-2", "Overbooked", "", ""),
        (visit.needs_interpreter, "language", visit.language or "Interpreter", "Interpreter", ""),
        (bool(visit.note) and shown.state != "completed", "note", visit.note, "Note", ""),
    )  # fmt: skip
    return tuple(
        Mark(looks.icon(name), word, says, tone) for is_so, name, word, says, tone in said if is_so
    )
