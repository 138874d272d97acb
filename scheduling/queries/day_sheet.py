"""The day sheet: what the desk and each clinician have on paper, in case the screens are dark."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from kernel import clock
from kernel.actors import Actor
from kernel.templatetags.house import clock as wall
from kernel.templatetags.house import dob
from office.models import Location
from patients.models import ContactPoint
from scheduling import display
from scheduling.models import Confirmation
from scheduling.queries.visits import Visit, day_visits

NOBODY = "No clinician"


@dataclass(frozen=True)
class Line:
    """One visit on paper."""

    time: str
    name: str
    born: str
    phone: str
    kind: str
    flags: str


@dataclass(frozen=True)
class Part:
    """One clinician's visits of the day."""

    practitioner: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class DaySheet:
    """The sheet of one location's day."""

    day: date
    parts: tuple[Part, ...]
    patient_ids: tuple[UUID, ...]
    is_masked: bool

    @property
    def visits(self) -> int:
        return sum(len(part.lines) for part in self.parts)


def day_sheet(
    actor: Actor,
    location: Location,
    day: date,
    *,
    practitioner_id: UUID | None = None,
    masked: bool = False,
) -> DaySheet:
    """
    Everybody who is or was to come, by clinician; two statements.

    :param masked: initials, year of birth, no phone: for a sheet that hangs where patients can read it
    """
    visits = [
        each
        for each in day_visits(actor, location, day, practitioner_id)
        if display.state_of(each.facts) != "noshow"
    ]
    ids = tuple(dict.fromkeys(each.patient_id for each in visits))
    phones = {} if masked else _phones(ids)
    by_clinician = sorted(
        visits, key=lambda each: (each.practitioner or NOBODY, each.facts.starts_at)
    )
    parts = tuple(
        Part(who, tuple(_line(each, location.zone, phones, masked) for each in theirs))
        for who, theirs in groupby(by_clinician, key=lambda each: each.practitioner or NOBODY)
    )
    return DaySheet(day, parts, ids, masked)


def _phones(patient_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The number to call first."""
    rows = ContactPoint.objects.filter(patient__in=patient_ids, system=ContactPoint.System.PHONE)
    found: dict[UUID, str] = {}
    for patient_id, number in rows.order_by("rank", "pk").values_list("patient_id", "value"):
        found.setdefault(patient_id, number)
    return found


def _line(visit: Visit, zone: str, phones: dict[UUID, str], masked: bool) -> Line:
    name = f"{visit.family}, {visit.given}".strip(", ")
    if masked:
        name = " ".join(f"{part[0]}." for part in (visit.given, visit.family) if part)
    return Line(
        time=wall(clock.local(visit.facts.starts_at, zone)),
        name=name,
        born=str(visit.born.year) if masked and visit.born else "" if masked else dob(visit.born),
        phone=phones.get(visit.patient_id, ""),
        kind=visit.kind,
        flags=", ".join(_flags(visit, masked)),
    )


def _flags(visit: Visit, masked: bool) -> Iterable[str]:
    answered = visit.facts.confirmation
    if display.state_of(visit.facts) in display.EXPECTED and answered != Confirmation.CONFIRMED:
        yield "left message" if answered == Confirmation.LEFT_MESSAGE else "not confirmed"
    if visit.needs_interpreter:
        yield "interpreter"
    if visit.is_walk_in:
        yield "walk-in"
    if visit.facts.lane:
        yield "overbooked"
    if visit.note and not masked:
        yield visit.note
