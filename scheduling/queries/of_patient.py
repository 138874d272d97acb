"""The visits of one patient on the schedule: what is planned, and what was missed or canceled."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kernel import clock
from kernel.actors import Actor
from kernel.templatetags import house
from office.models import Location
from patients.models import Patient
from scheduling.display import FACTS, Facts, show
from scheduling.models import Appointment

AHEAD, BEHIND = 6, 4
YEAR = timedelta(days=365)
UNDONE = ("cancelled", "noshow")
OTHER = (
    "id",
    "location__zone",
    "location__name",
    "appointment_type__name",
    "practitioner__family_name",
)


@dataclass(frozen=True)
class Line:
    """One visit of the patient, as its row prints it."""

    id: UUID
    state: str
    word: str
    when: str
    what: str


@dataclass(frozen=True)
class Expected:
    """A visit of today that the patient may have come for."""

    id: UUID
    words: str


@dataclass(frozen=True)
class Planned:
    """What is to come, soonest first; of a year what came to nothing, latest first, and how often nobody came."""

    ahead: tuple[Line, ...]
    undone: tuple[Line, ...]
    missed: int


def expected_today(
    patient_id: UUID, location: Location, actor: Actor, now: datetime
) -> Expected | None:
    """The first visit of today, here, for which the patient has not arrived yet: "at 2:05 with Bell"."""
    today = clock.day(clock.today(now, location.zone), location.zone)
    found = (
        Appointment.objects.visible_to(actor)
        .at_location(location)
        .awaiting_arrival()
        .starting_in(today)
        .filter(patient=patient_id)
        .order_by("starts_at", "pk")
        .values_list("pk", "starts_at", "practitioner__family_name")
        .first()
    )
    if found is None:
        return None
    visit_id, starts_at, who = found
    with_whom = f" with {who}" if who else ""
    return Expected(visit_id, f"at {house.clock(clock.local(starts_at, location.zone))}{with_whom}")


def visits_of(patient: Patient, actor: Actor, now: datetime) -> Planned:
    """
    Two short reads and a count by the patient's own index; visits where the actor does not work are not told.

    Those that took place stand in the patient's timeline.
    """
    kept = Appointment.objects.visible_to(actor).filter(patient=patient)
    ahead = kept.shown().filter(ends_at__gte=now).order_by("starts_at", "pk")
    undone = kept.filter(status__in=UNDONE, starts_at__gte=now - YEAR).order_by("-starts_at", "pk")
    return Planned(
        tuple(_lines(ahead.values_list(*OTHER, *FACTS)[:AHEAD], now)),
        tuple(_lines(undone.values_list(*OTHER, *FACTS)[:BEHIND], now)),
        kept.filter(status="noshow", starts_at__gte=now - YEAR).count(),
    )


def _lines(rows: Iterable[tuple[Any, ...]], now: datetime) -> Iterable[Line]:
    for key, zone, place, kind, who, *rest in rows:
        facts = Facts(*rest)
        shown = show(facts, now)
        begins = clock.local(facts.starts_at, zone)
        what = " · ".join(part for part in (kind, who, place) if part)
        yield Line(
            key, shown.state, shown.word, f"{house.day(begins)}, {house.clock(begins)}", what
        )
