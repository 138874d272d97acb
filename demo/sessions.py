"""When each practitioner sees patients on a day: the weekly rules, less exceptions, leave and closures."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from kernel import clock
from office.models import Closure, Location
from scheduling.models import Availability, AvailabilityException
from staff.models import EmployeeTime, Practitioner

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Session:
    """A stretch of time in which one practitioner sees patients at one place."""

    day: date
    practitioner: Practitioner
    location: Location
    starts: datetime
    ends: datetime


class Calendar:
    """All rules read once; then each day is arithmetic."""

    def __init__(self, first: date, last: date) -> None:
        self.locations = {each.pk: each for each in Location.objects.filter(is_external=False)}
        people = Practitioner.objects.bookable().filter(employee__parted_date=None)
        self.practitioners = {each.pk: each for each in people}
        self.weekly: dict[int, list[Availability]] = defaultdict(list)
        for row in Availability.objects.order_by("practitioner", "starts", "id"):
            self.weekly[row.weekday].append(row)
        self.exceptions: dict[date, list[AvailabilityException]] = defaultdict(list)
        in_time = AvailabilityException.objects.filter(date__range=(first, last))
        for row in in_time.order_by("practitioner", "starts", "id"):
            self.exceptions[row.date].append(row)
        self.closures = list(Closure.objects.filter(last_date__gte=first, first_date__lte=last))
        self.away: dict[UUID, list[Span]] = defaultdict(list)
        for row in EmployeeTime.objects.filter(kind="leave", status="approved"):
            self.away[row.employee_id].append((row.period.lower, row.period.upper))

    def sessions(self, day: date) -> list[Session]:
        """By practitioner and time."""
        usual = [row for row in self.weekly[day.weekday()] if _valid(row, day)]
        extra = [row for row in self.exceptions[day] if row.kind == "extra"]
        found = [each for row in (*usual, *extra) for each in self._session(row, day)]
        return sorted(found, key=lambda each: (each.practitioner.family_name, each.starts))

    def _session(self, row: Availability | AvailabilityException, day: date) -> Iterable[Session]:
        location = self.locations.get(row.location_id)
        practitioner = self.practitioners.get(row.practitioner_id)
        if location is None or practitioner is None or self._is_closed(location, day):
            return
        span = (
            clock.from_rule(day, row.starts, location.zone).astimezone(clock.zone("UTC")),
            clock.from_rule(day, row.ends, location.zone).astimezone(clock.zone("UTC")),
        )
        for starts, ends in without([span], self._busy(practitioner, location, day)):
            yield Session(day, practitioner, location, starts, ends)

    def _is_closed(self, location: Location, day: date) -> bool:
        return any(
            row.first_date <= day <= row.last_date
            for row in self.closures
            if row.location_id in (None, location.pk)
        )

    def _busy(self, practitioner: Practitioner, location: Location, day: date) -> list[Span]:
        blocked = [
            (
                clock.from_rule(day, row.starts, location.zone),
                clock.from_rule(day, row.ends, location.zone),
            )
            for row in self.exceptions[day]
            if row.kind == "blocked" and row.practitioner_id == practitioner.pk
        ]
        return [*blocked, *self.away[practitioner.employee_id]]


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of the spans."""
    left = list(spans)
    for begin, end in taken:
        left = [
            part
            for starts, ends in left
            for part in ((starts, min(ends, begin)), (max(starts, end), ends))
            if part[0] < part[1]
        ]
    return left


def _valid(row: Availability, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
