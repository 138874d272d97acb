"""What is asked of the office by every room: the practice, its sites, when they are open."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from kernel.memo import for_a_moment
from office.models import Closure, Location, OpeningHours, Practice


@for_a_moment
def practice() -> Practice | None:
    """The practice, or None before the first-run steps."""
    return Practice.objects.first()


def practice_zone() -> str:
    found = practice()
    return found.zone if found else "UTC"


@for_a_moment
def own_locations() -> list[Location]:
    """The sites of the practice that are in use, by name."""
    return list(Location.objects.in_use().order_by("name", "id"))


@for_a_moment
def location_zones() -> dict[UUID, str]:
    return dict(Location.objects.values_list("pk", "zone"))


@dataclass(frozen=True)
class OpenDay:
    """One day at a location: the spans of wall time it is open, or why it is closed."""

    spans: tuple[tuple[time, time], ...]
    closed_because: str = ""

    @property
    def is_open(self) -> bool:
        return bool(self.spans)


@for_a_moment
def _hours_of(location_id: UUID) -> tuple[dict[int, tuple[tuple[time, time], ...]], list[Closure]]:
    hours: dict[int, tuple[tuple[time, time], ...]] = {}
    for row in OpeningHours.objects.filter(location=location_id).order_by("weekday", "opens"):
        hours[row.weekday] = (*hours.get(row.weekday, ()), (row.opens, row.closes))
    everywhere = Closure.objects.filter(location=None)
    return hours, list(everywhere | Closure.objects.filter(location=location_id))


def closure_on(location_id: UUID, day: date) -> str:
    """The name of the closure that covers the day, or an empty string."""
    _, closures = _hours_of(location_id)
    return next((each.name for each in closures if each.first_date <= day <= each.last_date), "")


def open_day(location_id: UUID, day: date) -> OpenDay:
    if closed := closure_on(location_id, day):
        return OpenDay((), closed)
    hours, _ = _hours_of(location_id)
    spans = hours.get(day.weekday(), ())
    return OpenDay(spans, "" if spans else f"no hours on {day:%A}s")


def forget_configuration() -> None:
    """After a change of configuration in this process."""
    for memo in (practice, own_locations, location_zones, _hours_of):
        memo.forget()
