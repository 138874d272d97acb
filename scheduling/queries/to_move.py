"""Visits that cannot be kept: their clinician is away, has left, or may not see patients on that day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import clock
from kernel.actors import Actor
from scheduling.models import Appointment
from staff.queries.hindrances import Asked, Hindrances, hindrances


@dataclass(frozen=True)
class ToMove:
    """One clinician's visits at one location that cannot be kept, why not, and which come first."""

    practitioner_id: UUID
    practitioner: str
    location_id: UUID
    location: str
    day: date
    first_at: datetime
    why: str
    visits: int
    on_first_day: int
    days: int


def visits_to_move(
    actor: Actor, now: datetime, until: datetime, locations: Iterable[UUID] | None = None
) -> list[ToMove]:
    """From now on, the nearest first. Two statements, however many visits are booked."""
    booked = (
        Appointment.objects.visible_to(actor)
        .starting_in(DateTimeTZRange(now, until))
        .filter(status__in=("proposed", "pending", "booked"), practitioner__isnull=False)
        .order_by("starts_at", "pk")
    )
    if locations is not None:
        booked = booked.filter(location__in=locations)
    rows = list(
        booked.values_list(
            "practitioner_id", "period", "location__zone", "starts_at", "practitioner__family_name",
            "location_id", "location__name",
        )
    )  # fmt: skip
    days = [clock.local(row[3], row[2]).date() for row in rows]
    against = hindrances([Asked(row[0], row[1], day) for row, day in zip(rows, days, strict=True)])
    return _grouped((rows[place], days[place], found) for place, found in sorted(against.items()))


def _grouped(hit: Iterable[tuple[tuple[Any, ...], date, Hindrances]]) -> list[ToMove]:
    groups: dict[tuple[UUID, UUID, str], list[tuple[tuple[Any, ...], date]]] = {}
    for row, day, found in hit:
        groups.setdefault((row[0], row[5], _why(found)), []).append((row, day))
    return [_group(why, visits) for (_, _, why), visits in groups.items()]


def _group(why: str, visits: list[tuple[tuple[Any, ...], date]]) -> ToMove:
    """All that one reason hits of one clinician at one location; the first decides what is urgent."""
    row, first = visits[0]
    days = [day for _, day in visits]
    return ToMove(
        practitioner_id=row[0],
        practitioner=row[4],
        location_id=row[5],
        location=row[6],
        day=first,
        first_at=row[3],
        why=why,
        visits=len(visits),
        on_first_day=days.count(first),
        days=len(set(days)),
    )


def _why(found: Hindrances) -> str:
    if found.parted_date:
        return f"left on {_day(found.parted_date)}"
    if found.away:
        return "is away then"
    lapsed = found.lapsed[0]
    return f"may not see patients: {lapsed.name or lapsed.kind} expired {_day(lapsed.expires_date)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
