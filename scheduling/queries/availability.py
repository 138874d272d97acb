"""When practitioners see patients: weekly wall time, with the days that differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import clock
from kernel.memo import for_a_moment
from scheduling.models import Availability, AvailabilityException


@dataclass(frozen=True)
class Weekly:
    """One weekly window, while it is valid."""

    weekday: int
    starts: time
    ends: time
    valid_from: date
    valid_until: date | None
    type_ids: frozenset[UUID]

    def holds_on(self, day: date) -> bool:
        return (
            day.weekday() == self.weekday
            and self.valid_from <= day
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True)
class Template:
    """All of one practitioner's windows at one location."""

    weekly: tuple[Weekly, ...]
    extra: tuple[tuple[date, time, time], ...]
    blocked: tuple[tuple[date, time, time, str], ...]

    def windows(self, day: date, type_id: UUID | None = None) -> list[tuple[time, time]]:
        """Wall-time spans of a day that take this type of visit; blocked time is not taken off."""
        weekly = [
            (each.starts, each.ends)
            for each in self.weekly
            if each.holds_on(day)
            and (type_id is None or not each.type_ids or type_id in each.type_ids)
        ]
        return sorted([*weekly, *((starts, ends) for on, starts, ends in self.extra if on == day)])

    def blocks(self, day: date) -> list[tuple[time, time, str]]:
        return [(starts, ends, why) for on, starts, ends, why in self.blocked if on == day]


@for_a_moment
def templates_at(location_id: UUID) -> dict[UUID, Template]:
    """Every practitioner's template at a location."""
    weekly: dict[UUID, list[Weekly]] = {}
    rows = Availability.objects.filter(location=location_id).prefetch_related("allowed_types")
    for row in rows.order_by("weekday", "starts", "pk"):
        types = frozenset(each.pk for each in row.allowed_types.all())
        window = Weekly(row.weekday, row.starts, row.ends, row.valid_from, row.valid_until, types)
        weekly.setdefault(row.practitioner_id, []).append(window)
    extra: dict[UUID, list[tuple[date, time, time]]] = {}
    blocked: dict[UUID, list[tuple[date, time, time, str]]] = {}
    for day in AvailabilityException.objects.filter(location=location_id).order_by(
        "date", "starts"
    ):
        if day.kind == AvailabilityException.Kind.EXTRA:
            extra.setdefault(day.practitioner_id, []).append((day.date, day.starts, day.ends))
        else:
            blocked.setdefault(day.practitioner_id, []).append(
                (day.date, day.starts, day.ends, day.reason)
            )
    people = weekly.keys() | extra.keys() | blocked.keys()
    return {
        each: Template(
            tuple(weekly.get(each, ())), tuple(extra.get(each, ())), tuple(blocked.get(each, ()))
        )
        for each in people
    }


NOTHING = Template((), (), ())


def template(location_id: UUID, practitioner_id: UUID) -> Template:
    return templates_at(location_id).get(practitioner_id, NOTHING)


def fits(spans: Iterable[tuple[time, time]], day: date, zone: str, wanted: DateTimeTZRange) -> bool:
    """True if one of the day's wall-time spans contains the whole period."""
    return any(
        clock.from_rule(day, starts, zone) <= wanted.lower
        and wanted.upper <= clock.from_rule(day, ends, zone)
        for starts, ends in spans
    )


def touches(
    spans: Iterable[tuple[time, time, str]], day: date, zone: str, wanted: DateTimeTZRange
) -> str | None:
    """The reason of the first blocked span that the period touches; None if it touches none."""
    for starts, ends, why in spans:
        first, last = clock.from_rule(day, starts, zone), clock.from_rule(day, ends, zone)
        if first < wanted.upper and wanted.lower < last:
            return why
    return None


def local_day(moment: datetime, zone: str) -> date:
    return clock.local(moment, zone).date()


def forget_templates() -> None:
    """After a change of availability in this process."""
    templates_at.forget()
