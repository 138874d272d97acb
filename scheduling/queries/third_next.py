"""Third next available (IHI): the first two openings are chance cancellations, the third says how full we are."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from kernel import clock
from kernel.actors import Actor
from kernel.metrics import Behind, Cell, Reading, Span
from office.models import Location
from scheduling.queries import catalog
from scheduling.queries.offers import usual_type
from scheduling.queries.openings import nth_opening_of_each

PLACE = 3
REACH = timedelta(days=42)
NONE = UUID(int=0)


class ThirdNext(NamedTuple):
    """Where somebody new to the phone would have to wait for whom."""

    practitioner_id: UUID
    location: Location
    starts_at: datetime
    days: int


def third_next(actor: Actor, locations: Sequence[UUID], now: datetime) -> list[ThirdNext]:
    """For what is booked most there; of somebody who works at several, the earliest counts."""
    nearest: dict[UUID, ThirdNext] = {}
    for location in catalog.locations().values():
        if location.pk not in locations or not actor.works_at(location):
            continue
        kind = catalog.types().get(usual_type(None, location, now) or NONE)
        if kind is None:
            continue
        today = clock.today(now, location.zone)
        for each in nth_opening_of_each(kind, location, DateTimeTZRange(now, now + REACH), PLACE):
            days = (clock.local(each.starts_at, location.zone).date() - today).days
            found = ThirdNext(each.practitioner_id, location, each.starts_at, days)
            other = nearest.get(each.practitioner_id)
            if other is None or found.starts_at < other.starts_at:
                nearest[each.practitioner_id] = found
    return sorted(nearest.values(), key=lambda each: (each.starts_at, str(each.practitioner_id)))


def measure(actor: Actor, spans: Sequence[Span], locations: Sequence[UUID]) -> list[Reading]:
    """The mean over clinicians as of now; spans do not matter."""
    days = [each.days for each in third_next(actor, locations, timezone.now())]
    return [Reading.ratio(sum(days), len(days))] * len(spans)


def rows(actor: Actor, _span: Span, locations: Sequence[UUID], limit: int) -> Behind:
    people = catalog.practitioners()
    found = third_next(actor, locations, timezone.now())[::-1]
    cells = tuple(
        (Cell(people[each.practitioner_id].short), Cell(each.location.name),
         Cell(_words(clock.local(each.starts_at, each.location.zone))), Cell(str(each.days)))
        for each in found[:limit]
    )  # fmt: skip
    return Behind(("Clinician", "Location", "Third open time", "Days"), cells, len(found))


def _words(begins: datetime) -> str:
    return f"{begins:%a} {begins.day} {begins:%b}, {begins:%-I:%M}"
