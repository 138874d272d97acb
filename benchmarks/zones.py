"""
A-70, every change of clocks in every zone of the world, 2024 to 2037: what the office says about each quarter hour.

The oracle walks real time and reads each moment's wall clock, so it knows nothing of gaps or folds. Against
it: a time that is typed (one instant, or asked back with the right suggestions), a weekly rule (as
Postgres reads it), the length of the day, nine o'clock before and after, and the openings of a clinician
who is there all day and has a visit in the hour that comes twice.
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django

from benchmarks import apart, house

NAME = "office_bench_zones"
FIRST, LAST = date(2024, 1, 1), date(2037, 12, 31)
QUARTER = timedelta(minutes=15)
WALLS = [time(minute // 60, minute % 60) for minute in range(0, 24 * 60, 15)]


def dst(scale: str) -> Iterator[dict[str, Any]]:
    yield from apart.lines("benchmarks.zones", scale)


def changes(name: str, first: date = FIRST, last: date = LAST) -> list[date]:
    """The days on whose wall the clock jumps."""
    place, found, day = ZoneInfo(name), [], first
    before = _offset(day, place)
    while day <= last:
        after = _offset(day + timedelta(days=1), place)
        if after != before:
            found.append(day)
        before, day = after, day + timedelta(days=1)
    return found


def _offset(day: date, place: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(), UTC).astimezone(place).utcoffset()


def instants(day: date, name: str) -> dict[time, list[datetime]]:
    """The oracle: which moments show each quarter hour of this day on their wall."""
    place, found = ZoneInfo(name), defaultdict(list)
    moment = datetime.combine(day, time(), UTC) - timedelta(hours=30)
    for _ in range(84 * 4):
        wall = moment.astimezone(place)
        if wall.date() == day and wall.time() in _WALLS:
            found[wall.time()].append(moment)
        moment += QUARTER
    return found


_WALLS = frozenset(WALLS)


def wrong_about(name: str, day: date) -> list[str]:
    """What the clock says otherwise than the oracle, in words; the day before and after are asked too."""
    return [
        wrong
        for each in (day - timedelta(days=1), day, day + timedelta(days=1))
        for wrong in [*_typed(name, each), *_rules(name, each)]
    ]


def _typed(name: str, day: date) -> Iterator[str]:
    from kernel import clock

    real = instants(day, name)
    for wall in WALLS:
        wanted = real.get(wall, [])
        try:
            found = [clock.at_wall(day, wall, name).astimezone(UTC)]
        except clock.LocalTimeMissing as missing:
            found = []
            [suggestion] = missing.suggestions
            if suggestion.replace(tzinfo=None) <= datetime.combine(day, wall):
                yield f"{name} {day} {wall}: suggests {suggestion}, which is not later"
            elif clock.read_instant(suggestion.isoformat(), name) != suggestion:
                yield f"{name} {day} {wall}: suggests {suggestion}, which is not understood"
        except clock.LocalTimeTwice as twice:
            found = [each.astimezone(UTC) for each in twice.suggestions]
        if sorted(found) != wanted:
            yield f"{name} {day} {wall}: {found}, and really {wanted}"


def _rules(name: str, day: date) -> Iterator[str]:
    """`from_rule` and the bounds of the day, beside Postgres."""
    from django.db import connection

    from kernel import clock

    walls = [datetime.combine(day, wall) for wall in WALLS]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w AT TIME ZONE %s FROM unnest(%s::timestamp[]) WITH ORDINALITY AS u(w, n) ORDER BY n",
            [name, [*walls, datetime.combine(day + timedelta(days=1), time())]],
        )
        told = [row[0].astimezone(UTC) for row in cursor.fetchall()]
    for wall, said in zip(walls, told, strict=False):
        # In UTC: Python holds a doubled time of one zone unequal to the same instant of another (PEP 495).
        if clock.from_rule(day, wall.time(), name).astimezone(UTC) != said:
            yield f"{name} {wall}: {clock.from_rule(day, wall.time(), name)}, in Postgres {said}"
    span = clock.day(day, name)
    if (span.lower.astimezone(UTC), span.upper.astimezone(UTC)) != (told[0], told[-1]):
        yield f"{name} {day}: the day is {span}, in Postgres {told[0]} to {told[-1]}"
    nine = clock.from_rule(day, time(9), name)
    if clock.local(nine, name).time() != time(9) and instants(day, name).get(time(9)):
        yield f"{name} {day}: nine o'clock is at {clock.local(nine, name):%H:%M}"


class Room:
    """One clinician who is there all day, every day, at a place whose zone changes."""

    def __init__(self) -> None:
        from scheduling.models import Availability
        from tests import factories

        factories.PracticeFactory()
        self.location = factories.LocationFactory()
        self.person = factories.PractitionerFactory()
        self.person.locations.add(self.location)
        self.patient = factories.PatientFactory()
        self.kind = factories.AppointmentTypeFactory(minutes=15)
        for weekday in range(7):
            Availability.objects.create(
                practitioner=self.person, location=self.location, weekday=weekday, starts=time(0),
                ends=time(23, 45), valid_from=FIRST,
            )  # fmt: skip

    def wrong_openings(self, name: str, day: date) -> list[str]:
        """Openings of the day beside every quarter hour that is really free."""
        from django.db import transaction

        from kernel import clock, memo
        from scheduling.queries.openings import find_openings

        self.location.zone = name
        self.location.save()
        memo.forget_all()
        real = instants(day, name)
        taken = self._visit(day, real)
        with transaction.atomic():
            self._reserve(taken)
            found = find_openings(
                appointment_type=self.kind,
                location=self.location,
                span=clock.day(day, name),
                limit=500,
            )
            transaction.set_rollback(True)
        opens, closes = (
            clock.from_rule(day, time(0), name),
            clock.from_rule(day, time(23, 45), name),
        )
        wanted = sorted(
            moment
            for moments in real.values()
            for moment in moments
            if moment != taken and opens <= moment and moment + QUARTER <= closes
        )
        told = sorted(each.starts_at.astimezone(UTC) for each in found)
        if told == wanted:
            return []
        gone, odd = set(wanted) - set(told), set(told) - set(wanted)
        return [f"{name} {day}: vanished {sorted(gone)}, not free {sorted(odd)}"]

    def _visit(self, day: date, real: dict[time, list[datetime]]) -> datetime:
        """In the first of the hours that come twice, or at ten."""
        twice = [moments[0] for moments in real.values() if len(moments) > 1]
        return twice[1] if len(twice) > 1 else real[time(10)][0]

    def _reserve(self, start: datetime) -> None:
        from kernel import clock
        from scheduling.actions.reserving import Terms, reserve
        from scheduling.models import Appointment

        period = clock.period(start, 15)
        terms = Terms(self.patient, self.person, self.location, self.kind, period, None)
        visit = Appointment.objects.create(
            patient=self.patient, practitioner=self.person, location=self.location,
            appointment_type=self.kind, period=period,
        )  # fmt: skip
        reserve(visit, terms, 0)


def make_place() -> None:
    owner = house.with_name(os.environ["DATABASE_OWNER_URL"], NAME)
    house.create(os.environ["DATABASE_OWNER_URL"], NAME, anew=True)
    os.environ |= {"DATABASE_OWNER_URL": owner, "DATABASE_URL": owner}
    house.manage("migrate", "--no-input", "-v", "0")
    django.setup()


def zones(scale: str) -> list[str]:
    """All of them; at small one of each group that changes its clocks on the same days by the same rule."""
    from kernel import clock

    names = sorted(clock.zone_names())
    if scale == "full":
        return names
    groups: dict[tuple[Any, ...], str] = {}
    for name in names:
        days = changes(name, date(2026, 1, 1), date(2027, 12, 31))
        place = ZoneInfo(name)
        rule = [(day, _offset(day, place), _offset(day + timedelta(days=1), place)) for day in days]
        groups.setdefault(tuple(rule), name)
    return sorted(groups.values())


def main() -> int:
    make_place()
    names = zones(sys.argv[1])
    until = LAST if sys.argv[1] == "full" else date(2028, 12, 31)
    room, wrong, asked, slotted = Room(), [], 0, 0
    today = datetime.now(UTC).date() + timedelta(days=2)
    for name in names:
        for day in changes(name, FIRST, until):
            asked += 1
            wrong += wrong_about(name, day)
            if day > today:  # openings are never in the past
                slotted += 1
                wrong += room.wrong_openings(name, day)
    print(
        json.dumps(
            {
                "zones": len(names), "n": asked, "days_of_openings": slotted, "mismatches": len(wrong),
                "in": sorted({each.split()[0] for each in wrong})[:20], "first": wrong[:3],
            }
        )
    )  # fmt: skip
    house.drop(os.environ["DATABASE_OWNER_URL"], NAME)
    return 0


BENCHES = {"dst": dst}

if __name__ == "__main__":
    sys.exit(main())
