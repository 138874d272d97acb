"""The visits of a day as plain rows: what the Today board, My day and the day sheet print."""

from collections.abc import Iterable
from datetime import date
from statistics import median
from typing import NamedTuple
from uuid import UUID

from kernel import clock
from kernel.actors import Actor
from office.models import Location
from scheduling.display import FACTS, Facts
from scheduling.models import Appointment

COLUMNS = (
    *FACTS,
    "id", "is_walk_in", "note", "patient_id", "patient__family_name", "patient__given_name",
    "patient__birth_date", "patient__needs_interpreter", "patient__language", "practitioner_id",
    "practitioner__family_name", "appointment_type__name", "appointment_type__is_telehealth",
)  # fmt: skip


class Visit(NamedTuple):
    """One visit of the day, as it is read from the table."""

    facts: Facts
    id: UUID
    is_walk_in: bool
    note: str
    patient_id: UUID
    family: str
    given: str
    born: date | None
    needs_interpreter: bool
    language: str
    practitioner_id: UUID | None
    practitioner: str | None
    kind: str
    is_telehealth: bool


def day_visits(
    actor: Actor, location: Location, day: date, practitioner_id: UUID | None = None
) -> list[Visit]:
    """Everybody who is or was to come on a day, in the order of the day; canceled visits are not shown."""
    rows = (
        Appointment.objects.visible_to(actor)
        .at_location(location)
        .starting_in(clock.day(day, location.zone))
        .shown()
        .order_by("starts_at", "lane", "pk")
        .values_list(*COLUMNS)
    )
    if practitioner_id:
        rows = rows.filter(practitioner=practitioner_id)
    width = len(FACTS)
    return [Visit(Facts(*row[:width]), *row[width:]) for row in rows]


def median_wait(visits: Iterable[Visit]) -> int | None:
    """
    The middle of the day's waits in minutes, as the timers on the board count them: from the door to the room.

    Those still waiting are not in it: their wait has no length yet. (The key figure lets whoever came early
    wait from the start of the visit: `scheduling.metrics`.)
    """
    waits = [wait for each in visits if (wait := waited(each.facts)) is not None]
    return round(median(waits)) if waits else None


def waited(facts: Facts) -> float | None:
    """Minutes from arriving to the room, or to the practitioner where nobody was roomed."""
    called = facts.roomed_at or facts.seen_at
    if facts.arrived_at is None or called is None:
        return None
    return max(0.0, (called - facts.arrived_at).total_seconds() / 60)
