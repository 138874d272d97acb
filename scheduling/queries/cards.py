"""One visit on the day sheet, ready to be printed: every string prepared, so that six hundred of them stay fast."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from html import escape
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from kernel.looks import icon
from kernel.templatetags import house
from scheduling.display import FACTS, Facts, Shown
from scheduling.queries.rows import Step
from scheduling.queries.today import START_TELEHEALTH, STEPS

ASKS = {
    "arrived",
    "inroom",
    "checkout",
    "noshow",
}  # these want something of somebody: always their word
MOVE_FLAG, STACK_FLAG = "calendar-share", "stack-2"
MOVABLE = {"proposed", "pending", "booked"}
TALL, MEDIUM = 45, 20  # minutes from which a card has three lines, two
COLUMNS = (
    "id",
    "version",
    "patient_id",
    "practitioner_id",
    "room_id",
    "encounter__room_id",
    "ends_at",
    "patient__family_name",
    "patient__given_name",
    "patient__birth_date",
    "appointment_type__name",
    "appointment_type__is_telehealth",
    "note",
    "is_walk_in",
    *FACTS,
)


class Visit(NamedTuple):
    """A row of the day, in the order of COLUMNS before the facts."""

    id: UUID
    version: int
    patient_id: UUID
    practitioner_id: UUID | None
    room_id: UUID | None
    roomed_in: UUID | None
    ends_at: datetime
    family: str
    given: str
    born: date | None
    kind: str
    is_telehealth: bool
    note: str
    is_walk_in: bool
    facts: Facts

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> "Visit":
        return cls._make((*row[:14], Facts(*row[14:])))

    @property
    def name(self) -> str:
        return f"{self.family}, {self.given}".strip(", ")


def visits(appointments: QuerySet[Any]) -> list[Visit]:
    """The rows of a day in the order it runs, in one statement."""
    rows = appointments.order_by("starts_at", "lane", "pk").values_list(*COLUMNS)
    return [Visit.of(row) for row in rows]


class Shape(NamedTuple):
    """What decides which parts a card has: `s m l` have one, two, three and more lines; `asks` lead with their word."""

    size: str
    asks: bool
    flag: str
    has_given: bool
    has_note: bool
    is_late: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Card:
    """
    A visit as it stands on the sheet: its strings, and how they are drawn.

    `place` is the style that puts it where it belongs; `tail` is what only a screen reader hears.
    """

    id: UUID
    version: int
    shape: Shape
    css: str
    place: str
    icon: SafeString
    family: str
    initial: str
    rest: str
    word: str
    brief: str
    kind: str
    note: str
    tail: str

    @property
    def html(self) -> SafeString:
        """The template's stencil for this shape with our strings in it."""
        return mark_safe(  # noqa: S308  every string from outside is escaped here
            stencil(self.shape)
            % {
                "id": self.id,
                "version": self.version,
                "css": self.css,
                "place": self.place,
                "icon": self.icon,
                "family": escape(self.family),
                "initial": escape(self.initial),
                "rest": escape(self.rest),
                "word": escape(self.word),
                "brief": escape(self.brief),
                "kind": escape(self.kind),
                "note": escape(self.note),
                "tail": escape(self.tail),
            }
        )


@cache
def stencil(shape: Shape) -> str:
    """`_card.html` rendered once for a shape, with `%(…)s` where the strings of a visit go."""
    return render_to_string("scheduling/_card.html", shape._asdict())


def card(
    visit: Visit,
    shown: Shown,
    *,
    start: int,
    minutes: int,
    lane: int,
    lanes: int,
    when: str,
    is_dimmed: bool = False,
) -> Card:
    """`start` counts from the top of the sheet; `when` is "10:30 to 11:15"."""
    side = f";--lane:{lane};--lanes:{lanes}" if lanes > 1 else ""
    family, given = (visit.family, visit.given) if visit.family else (visit.given, "")
    shape = Shape(
        "l" if minutes >= TALL else "m" if minutes >= MEDIUM else "s",
        shown.state in ASKS or shown.is_late or shown.must_move,
        MOVE_FLAG if shown.must_move else STACK_FLAG if shown.is_overbooked else "",
        bool(given),
        bool(visit.note),
        shown.is_late,
        visit.facts.status not in MOVABLE,
    )
    return Card(
        visit.id,
        visit.version,
        shape,
        f"{shown.css} is-off" if is_dimmed else shown.css,
        f"--t:{start};--m:{minutes}{side}",
        icon(shown.icon),
        family,
        given[:1],
        given[1:],
        "Move" if shown.must_move else shown.word,
        shown.brief,
        visit.kind,
        visit.note,
        _tail(visit, shown, shape, when),
    )


def _tail(visit: Visit, shown: Shown, shape: Shape, when: str) -> str:
    """What the eye sees elsewhere or not at all: the type on a card of one line, the time, the flags."""
    said = (visit.kind, when) if shape.size == "s" else (when,)
    hidden = (shown.word.lower(),) if shape.flag and (shape.size == "s" or shown.must_move) else ()
    return ", ".join((*said, *hidden, *shown.flags))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the day as a list: a visit, free time one may book (`column`, `start`), or the mark of now."""

    at: int
    time: str
    length: str = ""
    id: UUID | None = None
    state: str = ""
    name: str = ""
    born: str = ""
    line: str = ""
    word: str = ""
    icon: SafeString = SafeString()
    flags: str = ""
    column: str = ""
    start: str = ""
    is_now: bool = False
    step: Step | None = None


def visit_row(
    visit: Visit, shown: Shown, span: tuple[int, int], who: str, today: date, *, may_move: bool
) -> Row:
    """`may_move`: the next click of the desk stands in the row."""
    room = visit.facts.room if shown.state == "inroom" else ""
    parts = (visit.kind, who, room if room != shown.word else "")
    return Row(
        at=span[0],
        time=clock_words(span[0]),
        length=f"{span[1] - span[0]} min",
        id=visit.id,
        state=shown.state,
        name=visit.name,
        born=house.dob(visit.born, today),
        line=" · ".join(part for part in parts if part),
        word="Move" if shown.must_move else shown.word,
        icon=icon(shown.icon, "i-sm"),
        flags=", ".join(shown.flags),
        step=_step(visit, shown) if may_move else None,
    )


def _step(visit: Visit, shown: Shown) -> Step | None:
    return (
        START_TELEHEALTH
        if shown.state == "arrived" and visit.is_telehealth
        else STEPS.get(shown.state)
    )


def free_row(span: tuple[int, int], column: str, name: str) -> Row:
    start, end = span
    return Row(
        at=start,
        time=clock_words(start),
        line=f"{name}, {house.minutes(end - start)} free",
        column=column,
        start=f"{start // 60:02}:{start % 60:02}",
    )


def clock_words(minute: int) -> str:
    """10:30, 1:45, 7:30 pm: minutes from midnight as the desk says them."""
    hour, rest = divmod(minute, 60)
    hour %= 24
    figure = f"{hour % 12 or 12}:{rest:02}"
    return figure if hour in house.BARE_HOURS else f"{figure} {'am' if hour < 12 else 'pm'}"
