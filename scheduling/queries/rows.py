"""
A visit as a row of the day's lists: the Today board and My day draw the same one.

Everything a row prints is prepared here, so that its template is flat; what a visit looks like is
`scheduling.display`'s answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString

from kernel import clock, looks
from kernel.templatetags.house import clock as wall
from office import queries as office_queries
from patients import words
from scheduling import display
from scheduling.display import Shown
from scheduling.models import Confirmation
from scheduling.queries.visits import Visit

NIL = str(UUID(int=0))


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


class Seen(NamedTuple):
    """A visit with the way it is drawn now."""

    visit: Visit
    shown: Shown


StepOf = Callable[[Seen], Step | None]


def long_wait_minutes() -> int:
    practice = office_queries.practice()
    return practice.waits_too_long_minutes if practice else display.LONG_WAIT_MINUTES


class Drawing:
    """Turns visits into rows; holds what all rows share."""

    def __init__(self, zone: str, step_of: StepOf, *, with_clinician: bool = True) -> None:
        self.zone, self.step_of, self.with_clinician = zone, step_of, with_clinician
        self.limit = long_wait_minutes()
        self.address = reverse("scheduling:appointment", args=[NIL])

    def look(self, visits: Iterable[Visit], now: datetime) -> list[Seen]:
        """Each visit as it is drawn now."""
        return [
            Seen(each, display.show(each.facts, now, long_wait_minutes=self.limit))
            for each in visits
        ]

    def rows(self, seen: Iterable[Seen], *, first_is_next: bool = False) -> tuple[Row, ...]:
        """:param first_is_next: the first has the pane's one filled button"""
        return tuple(
            self.row(each, primary=first_is_next and not place) for place, each in enumerate(seen)
        )

    def row(self, seen: Seen, *, primary: bool = False) -> Row:
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
            step=self.step_of(seen),
            primary=primary,
            done=shown.word if shown.state == "noshow" else "",
        )

    def _line(self, visit: Visit, state: str) -> tuple[str, str]:
        """Type and clinician; of those in a room since when, of those gone when they left."""
        facts = visit.facts
        who = visit.practitioner or "" if self.with_clinician else ""
        if state == "completed":
            out = f"out {wall(clock.local(facts.left_at, self.zone))}" if facts.left_at else ""
            return _joined(who or visit.kind, out), ""
        if state == "inroom":
            with_whom = f"with {who or 'you'}" if facts.seen_at else who
            since = facts.roomed_at or facts.seen_at
            return _joined(visit.kind, with_whom), since.isoformat() if since else ""
        return _joined(visit.kind, who), ""


def _css(shown: Shown) -> str:
    late = " is-late" if shown.is_late else ""
    long = " is-long" if shown.waits_too_long else ""
    return f"visit st-{shown.state}{late}{long}"


def _born(born: date | None) -> str:
    return f"{born.day} {born:%b} {born.year}" if born else "Not known"


def _joined(*words: str) -> str:
    return " · ".join(word for word in words if word)


def _language(visit: Visit) -> str:
    return words.language(visit.language) if visit.language else "Interpreter"


def _marks(visit: Visit, shown: Shown) -> tuple[Mark, ...]:
    """Exceptions speak; a visit without any says nothing."""
    expected = shown.state in display.EXPECTED
    answered = visit.facts.confirmation
    said = (
        (expected and answered == Confirmation.LEFT_MESSAGE, "phone", "Left message",
         "Not confirmed", "look"),
        (visit.is_walk_in and shown.state in display.IN_OFFICE, "walk", "Walk-in", "", ""),
        (shown.is_overbooked and shown.state != "completed", "stack-2", "Overbooked", "", ""),
        (visit.needs_interpreter, "language", _language(visit), "Interpreter", ""),
        (bool(visit.note) and shown.state != "completed", "note", visit.note, "Note", ""),
    )  # fmt: skip
    return tuple(
        Mark(looks.icon(name), word, says, tone) for is_so, name, word, says, tone in said if is_so
    )
