"""The columns of the day sheet: first as plans (whose time, what stands in it), then drawn as prepared strings."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.safestring import SafeString

from kernel.actors import Actor
from kernel.looks import icon
from office.models import Room
from scheduling.display import Shown, minutes_words, show
from scheduling.models import AppointmentStatus
from scheduling.queries import sheet
from scheduling.queries.cards import Card, Visit, card, clock_words
from scheduling.queries.daybook import BLOCKED, Daybook, Hours, Taken
from scheduling.queries.sheet import Span
from staff.models import CredentialKind, Practitioner
from staff.queries.hindrances import Hindrances

BEHIND_MINUTES = 10  # from here on a column says how late it runs
STOP_BLOCK = (45, 75)  # the shortest gap in which the reason is written, and how tall it is at most
SHORTEST_GAP = 15
NO_ROOM = "none"
NO_ICON = SafeString()
NUMBERS = re.compile(r"(\d+)")


class Entry(NamedTuple):
    """A visit of a column, as it is shown now, in minutes of the wall clock."""

    visit: Visit
    shown: Shown
    start: int
    end: int


class Note(NamedTuple):
    """Time that is not free, and what is written on it."""

    span: Span
    text: str


@dataclass(frozen=True)
class Plan:
    """One column before it is drawn. `stopped` is the reason why a rule takes no bookings in it."""

    id: str
    name: str
    role: str
    windows: tuple[Span, ...]
    opened: tuple[Span, ...]
    blocks: tuple[Note, ...]
    away: tuple[Span, ...]
    taken: tuple[Note, ...]
    held: tuple[Note, ...]
    entries: tuple[Entry, ...]
    stopped: str = ""
    says_hours: bool = True  # a room is open when the location is

    @cached_property
    def working(self) -> list[Span]:
        """When somebody could be booked here if nothing stood in the way."""
        return sheet.meet(self.windows, self.opened)

    @property
    def used(self) -> list[Span]:
        return [*self.windows, *((entry.start, entry.end) for entry in self.entries)]

    def free(self, since: int) -> list[Span]:
        """What can still be booked, from a minute of the day on."""
        if self.stopped:
            return []
        given = [
            (entry.start, entry.end)
            for entry in self.entries
            if entry.visit.facts.status != AppointmentStatus.NO_SHOW
        ]
        notes = [note.span for note in (*self.blocks, *self.taken, *self.held)]
        left = sheet.subtract(self.working, [*given, *notes, *self.away, (0, since)])
        return [span for span in left if span[1] - span[0] >= SHORTEST_GAP]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on a column that is not a visit: closed hours, a block, a hold."""

    css: str
    place: str
    text: str = ""
    more: str = ""
    icon: SafeString = SafeString()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, ready to be printed."""

    id: str
    name: str
    line: str
    tone: str
    icon: SafeString
    reason: str
    share: str
    marks: tuple[Mark, ...]
    cards: tuple[Card, ...]


def by_practitioner(book: Daybook, actor: Actor, now: datetime, stops: bool) -> list[Plan]:
    """Who sees patients on the day, or has visits although not; the rest of the people have no column."""
    rows: dict[UUID | None, list[Visit]] = {}
    for visit in book.visits:
        rows.setdefault(visit.practitioner_id, []).append(visit)
    plans = [
        _practitioner(who, book, rows.get(who.pk, []), actor, now, stops) for who in book.people
    ]
    found = [plan for plan in plans if plan.windows or plan.entries]
    if None in rows:
        found.append(_others(book, "No clinician", rows[None], now))
    return found


def by_room(book: Daybook, actor: Actor, now: datetime, stops: bool) -> list[Plan]:
    """A visit stands in the room it is in, else the one it was given; without either in the last column."""
    given = {
        taken.appointment_id: room_id
        for room_id, times in book.taken.items()
        for taken in times
        if taken.appointment_id
    }
    rows: dict[UUID | None, list[Visit]] = {}
    for visit in book.visits:
        stands_in = visit.roomed_in or visit.room_id or given.get(visit.id)
        rows.setdefault(stands_in, []).append(visit)
    opened = tuple(sheet.spans_of(book.opened.spans))
    plans = []
    for room in sorted(book.rooms, key=_by_number):
        held, _ = _taken(book, book.taken.get(room.pk, []), actor)
        entries = _entries(book, rows.pop(room.pk, []), now, ())
        role = room.get_kind_display()
        plans.append(
            Plan(
                str(room.pk),
                room.name,
                role,
                opened,
                opened,
                (),
                (),
                (),
                held,
                entries,
                says_hours=False,
            )
        )
    if left := [visit for each in rows.values() for visit in each]:
        plans.append(_others(book, "No room", sorted(left, key=_begin), now))
    return plans


def _by_number(room: Room) -> list[tuple[int, str]]:
    """Room 2 before Room 10."""
    parts = NUMBERS.split(room.name.casefold())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _begin(visit: Visit) -> datetime:
    return visit.facts.starts_at


def _others(book: Daybook, name: str, rows: list[Visit], now: datetime) -> Plan:
    opened = tuple(sheet.spans_of(book.opened.spans))
    entries = _entries(book, rows, now, ())
    return Plan(NO_ROOM, name, "", (), opened, (), (), (), (), entries)


def _practitioner(
    who: Practitioner, book: Daybook, rows: list[Visit], actor: Actor, now: datetime, stops: bool
) -> Plan:
    hours = book.hours.get(who.pk, [])
    against = book.hindrances.get(who.pk)
    away = tuple(_span(book, period) for period in (against.away if against else ()))
    stopped = _stopped(against) if stops else ""
    held, taken = _taken(book, book.taken.get(who.pk, []), actor)
    whole_day = ((0, sheet.MIDNIGHT),) if stopped else ()
    return Plan(
        str(who.pk),
        who.short,
        who.qualification,
        tuple(sheet.unite(_hours(hours, blocked=False))),
        tuple(sheet.spans_of(book.opened.spans)),
        tuple(
            Note(_of(each), each.reason or "No patients") for each in hours if each.kind == BLOCKED
        ),
        away,
        taken,
        held,
        _entries(book, rows, now, (*away, *whole_day)),
        stopped,
    )


def _hours(hours: Iterable[Hours], *, blocked: bool) -> list[Span]:
    return [_of(each) for each in hours if (each.kind == BLOCKED) is blocked]


def _of(hours: Hours) -> Span:
    return sheet.minute_of(hours.starts), sheet.minute_of(hours.ends)


def _span(book: Daybook, period: DateTimeTZRange) -> Span:
    zone = book.location.zone
    return (
        sheet.minute_on(period.lower, book.day, zone),
        sheet.minute_on(period.upper, book.day, zone),
    )


def _stopped(against: Hindrances | None) -> str:
    """Why nobody is booked with this person at all today."""
    if against is None:
        return ""
    if against.parted_date:
        return "No longer works here."
    if not against.lapsed:
        return ""
    first = against.lapsed[0]
    name = first.name or CredentialKind(first.kind).label
    return f"{name} expired {first.expires_date.day} {first.expires_date:%b}."


def _taken(
    book: Daybook, rows: Iterable[Taken], actor: Actor
) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
    """Holds of others, and visits at another location; one's own hold is the slot one is booking."""
    held, taken = [], []
    for row in rows:
        if row.hold_id and row.held_by_id != actor.id:
            held.append(Note(_span(book, row.period), f"Held: {row.held_by_name.split(' ')[0]}"))
        elif row.appointment_id and row.elsewhere != book.location.name:
            taken.append(Note(_span(book, row.period), f"At {row.elsewhere}"))
    return tuple(held), tuple(taken)


def _entries(
    book: Daybook, rows: Sequence[Visit], now: datetime, lost: Sequence[Span]
) -> tuple[Entry, ...]:
    """`lost`: time in which the practitioner is away or not bookable; visits in it must move."""
    entries = []
    zone, day = book.location.zone, book.day
    for visit in rows:
        start = sheet.minute_on(visit.facts.starts_at, day, zone)
        end = max(sheet.minute_on(visit.ends_at, day, zone), start + 5)
        must_move = any(start < stop and begin < end for begin, stop in lost)
        entries.append(Entry(visit, show(visit.facts, now, must_move=must_move), start, end))
    return tuple(entries)


# ---- drawing


def draw(plan: Plan, now: int | None, top: int, bottom: int, only: str) -> Column:
    """
    :param now: the minute of the day, None on other days
    :param only: a filter of the counts strip; what it does not mean is dimmed
    """
    places = sheet.pack([(entry.start, entry.end) for entry in plan.entries])
    cards = tuple(
        card(
            entry.visit,
            entry.shown,
            start=entry.start - top,
            minutes=entry.end - entry.start,
            lane=lane,
            lanes=lanes,
            when=f"{clock_words(entry.start)} to {clock_words(entry.end)}",
            is_dimmed=bool(only) and not is_meant(entry.shown, only),
        )
        for entry, (lane, lanes) in zip(plan.entries, places, strict=True)
    )
    tone, sign, line = _head(plan, now)
    is_wide = any(lanes > 1 for _, lanes in places)
    return Column(
        plan.id,
        plan.name,
        line,
        tone,
        sign,
        plan.stopped,
        "1.5" if is_wide else "1",
        tuple(_marks(plan, top, bottom)),
        cards,
    )


def is_meant(shown: Shown, only: str) -> bool:
    return shown.must_move if only == "move" else shown.state == only


def _head(plan: Plan, now: int | None) -> tuple[str, SafeString, str]:
    """The second line of a head: not bookable, away, late, or the hours."""
    if plan.stopped:
        return "act", icon("lock", "i-sm"), "Not bookable"
    if plan.working and not sheet.subtract(plan.working, plan.away):
        return "look", icon("user-off", "i-sm"), "Away"
    behind = _behind(plan, now)
    if behind >= BEHIND_MINUTES:
        return "look", icon("clock-exclamation", "i-sm"), f"{minutes_words(behind)} late"
    words = _hours_words(plan.windows) if plan.says_hours else ""
    return "", SafeString(), " · ".join(part for part in (plan.role, words) if part)


def _behind(plan: Plan, now: int | None) -> int:
    """How long the patient who waits longest past the agreed time has waited."""
    if now is None:
        return 0
    waiting = [entry.start for entry in plan.entries if entry.shown.state == "arrived"]
    return max(0, now - min(waiting)) if waiting else 0


def _hours_words(windows: Sequence[Span]) -> str:
    """8–5, 7–3:30, 1–6 pm; 7 am–9 pm, where the bare figures could mean two hours."""
    if not windows:
        return ""
    first, last = windows[0][0], windows[-1][1]
    if first < 12 * sheet.HOUR and last >= 19 * sheet.HOUR:
        return f"{_figure(first)} am–{_figure(last)} pm"
    half = " pm" if first >= 12 * sheet.HOUR else ""
    return f"{_figure(first)}–{_figure(last)}{half}"


def _figure(minute: int) -> str:
    hour, rest = divmod(minute, 60)
    return f"{(hour - 1) % 12 + 1}:{rest:02}" if rest else str((hour - 1) % 12 + 1)


def _marks(plan: Plan, top: int, bottom: int) -> Iterable[Mark]:
    for span in sheet.subtract([(top, bottom)], plan.working):
        yield Mark("shut", _place(span, top))
    if plan.stopped:
        for span in plan.working:
            yield Mark("shut shut--rule", _place(span, top))
        yield from _stop_block(plan, top)
    for span in plan.away:
        yield from _within(Note(span, "Away"), "block", top, bottom)
    for note in (*plan.blocks, *plan.taken):
        yield from _within(note, "block", top, bottom)
    for note in plan.held:
        yield from _within(note, "hold", top, bottom, icon("user-edit", "i-sm"))


def _within(
    note: Note, css: str, top: int, bottom: int, sign: SafeString = NO_ICON
) -> Iterable[Mark]:
    start, end = max(note.span[0], top), min(note.span[1], bottom)
    if start < end:
        yield Mark(css, _place((start, end), top), note.text, icon=sign)


def _stop_block(plan: Plan, top: int) -> Iterable[Mark]:
    """The reason, written where no visit stands; there is always the word in the head."""
    written = [(entry.start, entry.end) for entry in plan.entries]
    written += [note.span for note in (*plan.blocks, *plan.taken, *plan.held)]
    shortest, tallest = STOP_BLOCK
    left = sheet.subtract(plan.working, [*written, *plan.away])
    gaps = [span for span in left if span[1] - span[0] >= shortest]
    if not gaps:
        return
    start, end = gaps[0]
    to_move = sum(entry.shown.must_move for entry in plan.entries)
    words = "1 visit to move" if to_move == 1 else f"{to_move} visits to move" if to_move else ""
    yield Mark(
        "block block--act",
        _place((start, min(end, start + tallest)), top),
        f"Bookings stopped. {plan.stopped}",
        words,
        icon("lock", "i-sm"),
    )


def _place(span: Span, top: int) -> str:
    return f"--t:{span[0] - top};--m:{span[1] - span[0]}"
