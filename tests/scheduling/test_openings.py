"""Openings against a brute-force oracle: every start on the grid, tried one by one in Python."""

import random
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import clock
from office.models import Closure
from scheduling.models import Availability, AvailabilityException, Hold, Reservation
from scheduling.queries import openings
from tests import factories
from tests.clock import MONDAY, at, period


def oracle(practitioner, location, minutes, span, taken, weekly, closed=()):
    """All starts on the quarter hour that fit into a window and touch nothing taken."""
    found, day = [], span.lower.astimezone(ZoneInfo(location.zone)).date()
    while clock.from_rule(day, time.min, location.zone) < span.upper:
        for starts, ends in weekly.get(day.weekday(), []) if day not in closed else []:
            begin, end = (clock.from_rule(day, each, location.zone) for each in (starts, ends))
            moment = begin
            while moment + timedelta(minutes=minutes) <= end:
                visit = DateTimeTZRange(moment, moment + timedelta(minutes=minutes))
                local = moment.astimezone(ZoneInfo(location.zone))
                clash = any(visit.lower < b and a < visit.upper for a, b in taken)
                if span.lower <= moment < span.upper and not clash and local.minute % 15 == 0:
                    found.append(moment)
                moment += timedelta(minutes=5)
        day += timedelta(days=1)
    return sorted(set(found))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("zone", ["America/New_York", "America/Phoenix", "Europe/Lisbon"])
def test_openings_equal_the_brute_force_answer(practice, seed, zone):
    """Weeks across the change of clocks included."""
    chance = random.Random(seed)
    location = factories.LocationFactory(zone=zone)
    practitioner = factories.PractitionerFactory()
    practitioner.locations.add(location)
    weekly = {day: [(time(8), time(12)), (time(13), time(17))] for day in range(0, 6)}
    for day, spans in weekly.items():
        for starts, ends in spans:
            Availability.objects.create(
                practitioner=practitioner, location=location, weekday=day, starts=starts, ends=ends,
                valid_from=date(2020, 1, 1),
            )  # fmt: skip
    first = date(2026, 10, 22)
    hold = Hold.objects.create(
        location=location,
        held_by_id=practitioner.pk,
        held_by_name="x",
        expires_at="2199-01-01T00:00Z",
    )
    taken = []
    for _ in range(40):
        begin = clock.from_rule(
            first + timedelta(days=chance.randrange(20)),
            time(8 + chance.randrange(9), chance.choice([0, 5, 15, 30, 40])),
            zone,
        )
        end = begin + timedelta(minutes=chance.choice([10, 20, 30, 60]))
        if any(a < end and begin < b for a, b in taken):
            continue
        taken.append((begin, end))
        Reservation.objects.create(
            hold=hold,
            resource_kind="practitioner",
            resource_id=practitioner.pk,
            period=DateTimeTZRange(begin, end),
        )
    Closure.objects.create(
        location=location, first_date=date(2026, 11, 3), last_date=date(2026, 11, 4), name="Move"
    )
    kind = factories.AppointmentTypeFactory(minutes=chance.choice([15, 20, 45]))
    span = clock.days(first, first + timedelta(days=20), zone)

    answer = openings.find_openings(
        appointment_type=kind,
        location=location,
        span=span,
        practitioners=[practitioner.pk],
        limit=5000,
    )

    closed = {date(2026, 11, 3), date(2026, 11, 4)}
    assert [each.starts_at for each in answer] == oracle(
        practitioner, location, kind.minutes, span, taken, weekly, closed
    )


@pytest.fixture
def first(location, practitioner, follow_up):
    def ask(**terms):
        found = openings.find_openings(
            **({
                "appointment_type": follow_up, "location": location, "span": period("09:00", "17:00"),
                "practitioners": [practitioner.pk], "limit": 1,
            } | terms)
        )  # fmt: skip
        return found[0].starts_at if found else None

    return ask


def test_leave_is_not_open(first, practitioner):
    factories.EmployeeTimeFactory(employee=practitioner.employee, period=period("08:00", "12:00"))

    assert first() == at("12:00")


def test_blocked_hours_are_not_open_and_extra_hours_are(first, practitioner, location):
    AvailabilityException.objects.create(
        practitioner=practitioner,
        location=location,
        kind="blocked",
        date=MONDAY,
        starts=time(8),
        ends=time(17),
    )
    AvailabilityException.objects.create(
        practitioner=practitioner,
        location=location,
        kind="extra",
        date=MONDAY,
        starts=time(18),
        ends=time(19),
    )

    assert first(span=period("09:00", "20:00")) == at("18:00")


def test_a_visit_type_without_a_free_room_has_no_opening(first, location, book):
    kind = factories.AppointmentTypeFactory(room_kind="exam", minutes=30)
    factories.RoomFactory(location=location)
    book(
        "09:00",
        "10:00",
        appointment_type=kind,
        practitioner=factories.PractitionerFactory(available=location),
    )

    assert first(appointment_type=kind) == at("10:00")


def test_a_window_for_other_types_does_not_count(first, practitioner, location, follow_up):
    other = factories.AppointmentTypeFactory()
    for window in Availability.objects.filter(practitioner=practitioner):
        window.allowed_types.add(other)

    assert first() is None
    assert first(appointment_type=other) == at("09:00")


def test_the_search_goes_on_past_the_near_weeks(first, practitioner):
    factories.EmployeeTimeFactory(
        employee=practitioner.employee,
        period=DateTimeTZRange(at("00:00"), at("00:00") + timedelta(days=40)),
    )

    assert first(span=DateTimeTZRange(at("09:00"), at("09:00") + timedelta(days=90))) > at(
        "09:00"
    ) + timedelta(days=39)
