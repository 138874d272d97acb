"""
The day sheet of a location: columns of practitioners or rooms, and the same day as a list.

Everything a template prints is a prepared string; the template only walks. What is shown: closed hours,
blocks, leave, holds of others, visits packed side by side where they overlap, the now line, what is free,
and columns that a rule has stopped.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.utils.safestring import SafeString

from kernel import clock, gates
from kernel.actors import Actor
from kernel.looks import STATES, icon
from office.models import Location
from scheduling.display import minutes_words
from scheduling.permissions import Permission
from scheduling.queries import columns, sheet
from scheduling.queries.cards import Row, clock_words, free_row, visit_row
from scheduling.queries.columns import Column, Entry, Plan
from scheduling.queries.daybook import read_day

PRACTITIONERS, ROOMS = "practitioner", "room"
OPEN, MOVE = "open", "move"
STRIP = (
    "arrived",
    "inroom",
    "checkout",
    "",
    "confirmed",
    "scheduled",
    "requested",
    "completed",
    "noshow",
)
ALWAYS = {"arrived", "inroom", "checkout", "confirmed", "scheduled", "completed"}
WORDS = {"arrived": "Waiting", "completed": "Done", "requested": "Requests"}
CREDENTIAL_RULE = "staff.credential_expired"


@dataclass(frozen=True)
class Count:
    """A figure of the strip, which is a filter too; without a state it is the rule between two groups."""

    state: str = ""
    icon: SafeString = SafeString()
    word: str = ""
    number: int = 0
    more: str = ""
    is_on: bool = False


@dataclass(frozen=True)
class Board:
    """The sheet, ready to be printed."""

    location: Location
    day: date
    by: str
    only: str
    start: int
    end: int
    hours: tuple[tuple[int, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    counts: tuple[Count, ...]
    people: tuple[tuple[str, str, bool], ...]
    patient_ids: tuple[UUID, ...]
    closed_because: str
    visits: int
    free: int
    now_at: int | None

    @property
    def starts(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}"

    @property
    def first_minute(self) -> str:
        """The instant at which the sheet begins, from which the page walks the now line by itself."""
        at = time(self.start // 60, self.start % 60)
        return clock.from_rule(self.day, at, self.location.zone).isoformat()

    @property
    def slots(self) -> int:
        """Quarter hours: the height of the sheet."""
        return (self.end - self.start) // 15

    @property
    def shares(self) -> str:
        """Columns share the width; one with overlaps gets one and a half shares."""
        return " ".join(f"minmax(0,{column.share}fr)" for column in self.columns)

    @property
    def now_words(self) -> str:
        return "" if self.now_at is None else clock_words(self.start + self.now_at)


def day_board(
    *,
    actor: Actor,
    location: Location,
    day: date,
    now: datetime,
    by: str = PRACTITIONERS,
    who: Collection[str] = (),
    only: str = "",
    as_list: bool = False,
) -> Board:
    """
    :param as_list: prepare the rows of the list instead of the columns
    :param by: columns of practitioners or of rooms
    :param who: the ids of the columns wanted; empty: all
    :param only: a display state, "open" or "move": the rest is dimmed, and the list shows nothing else
    """
    book = read_day(actor=actor, location=location, day=day, now=now, with_rooms=by == ROOMS)
    stops = gates.level_of(CREDENTIAL_RULE) == "block"
    plans = (columns.by_room if by == ROOMS else columns.by_practitioner)(book, actor, now, stops)
    people = tuple((plan.id, plan.name, not who or plan.id in who) for plan in plans)
    plans = [plan for plan in plans if not who or plan.id in who]
    start, end = sheet.sheet_hours(
        sheet.spans_of(book.opened.spans), [span for plan in plans for span in plan.used]
    )
    today = clock.today(now, location.zone)
    minute = sheet.minute_on(now, day, location.zone) if today == day else None
    since = _bookable_since(now, day, location.zone)
    may_move = day == today and actor.may(Permission.MOVE_PATIENT_FLOW)
    gaps = [(plan, span) for plan in plans for span in plan.free(since)]
    entries = [entry for plan in plans for entry in plan.entries]
    return Board(
        location,
        day,
        by,
        only,
        start,
        end,
        _hours(start, end),
        () if as_list else tuple(columns.draw(plan, minute, start, end, only) for plan in plans),
        tuple(_rows(plans, gaps, minute, only, today, may_move)) if as_list else (),
        tuple(_counts(entries, len(gaps), now, only)),
        people,
        tuple(dict.fromkeys(entry.visit.patient_id for entry in entries)),
        book.opened.closed_because,
        len(entries),
        len(gaps),
        minute - start if minute is not None and start <= minute <= end else None,
    )


def _bookable_since(now: datetime, day: date, zone: str) -> int:
    """Nothing in the past is free; the quarter hour that has begun still is."""
    minute = sheet.minute_on(now, day, zone)
    return minute - minute % 15


def _hours(start: int, end: int) -> tuple[tuple[int, str], ...]:
    """The words of the time axis: noon and the first one say which half of the day it is."""
    words = []
    for minute in range(start, end, sheet.HOUR):
        hour = minute // sheet.HOUR
        figure = str((hour - 1) % 12 + 1)
        half = " am" if hour < 12 else " pm"
        words.append((minute - start, figure + half if minute == start or hour == 12 else figure))
    return tuple(words)


def _counts(entries: Sequence[Entry], gaps: int, now: datetime, only: str) -> Iterable[Count]:
    numbers: dict[str, int] = {}
    for entry in entries:
        numbers[entry.shown.state] = numbers.get(entry.shown.state, 0) + 1
    for state in STRIP:
        number = numbers.get(state, 0)
        if not state:
            yield Count()
        elif number or state in ALWAYS or only == state:
            look = STATES[state]
            more = _longest(entries, now) if state == "arrived" else ""
            word = WORDS.get(state, look.word)
            yield Count(state, icon(look.icon), word, number, more, only == state)
    yield Count()
    to_move = sum(entry.shown.must_move for entry in entries)
    if to_move or only == MOVE:
        yield Count(MOVE, icon("calendar-share"), "To move", to_move, "", only == MOVE)
    yield Count(OPEN, icon("calendar-plus"), "Open", gaps, "", only == OPEN)


def _longest(entries: Sequence[Entry], now: datetime) -> str:
    """Said only when somebody waits too long."""
    waits = [entry.shown.since for entry in entries if entry.shown.waits_too_long]
    since = min((each for each in waits if each), default=None)
    if since is None:
        return ""
    return f"longest {minutes_words(int((now - since).total_seconds() // 60))}"


def _rows(
    plans: Sequence[Plan],
    gaps: Sequence[tuple[Plan, sheet.Span]],
    minute: int | None,
    only: str,
    today: date,
    may_move: bool,
) -> list[Row]:
    """The day as a list: visits and free time in the order of the clock, with the mark of now between them."""
    rows = [
        visit_row(
            entry.visit,
            entry.shown,
            (entry.start, entry.end),
            plan.name,
            today,
            may_move=may_move,
        )
        for plan in plans
        for entry in plan.entries
        if not only or columns.is_meant(entry.shown, only)
    ]
    if only in {"", OPEN}:
        rows += [free_row(span, plan.id, plan.name) for plan, span in gaps]
    rows.sort(key=lambda row: (row.at, row.column != "", row.line))
    if minute is not None and not only:
        place = next((n for n, row in enumerate(rows) if row.at > minute), len(rows))
        rows.insert(place, Row(at=minute, time=clock_words(minute), is_now=True))
    return rows
