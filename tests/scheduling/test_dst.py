"""The days on which the clocks change, in two zones, with whatever times hypothesis thinks of."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from benchmarks import zones
from kernel import clock
from kernel.refusals import Refusal
from scheduling.actions.booking import book_appointment
from scheduling.models import Appointment, Availability, Reservation
from scheduling.queries import openings
from tests import factories

CHANGES = {  # spring forward and fall back
    "America/New_York": (date(2027, 3, 14), date(2027, 11, 7)),
    "America/St_Johns": (date(2027, 3, 14), date(2027, 11, 7)),
}
DAYS = [(zone, day) for zone, days in CHANGES.items() for day in days]
MINUTE = timedelta(minutes=1)
wall_times = st.times(max_value=time(23, 59)).map(
    lambda each: each.replace(second=0, microsecond=0)
)


@given(where=st.sampled_from(DAYS), typed=wall_times)
def test_a_typed_time_is_one_instant_or_is_asked_back(where, typed):
    zone, day = where
    place = ZoneInfo(zone)
    instants = {
        moment
        for fold in (0, 1)
        for moment in [datetime.combine(day, typed, place).replace(fold=fold).astimezone(UTC)]
        if moment.astimezone(place).replace(tzinfo=None) == datetime.combine(day, typed)
    }
    found, suggestions = _read(day, typed, zone)

    if found:
        assert instants == {found.astimezone(UTC)}
        return
    assert len(instants) != 1
    for suggestion in suggestions:  # each of them can be typed and is understood
        assert clock.read_instant(suggestion.isoformat(), zone) == suggestion
    if instants:
        assert {each.astimezone(UTC) for each in suggestions} == instants


def _read(day, typed, zone):
    try:
        return clock.at_wall(day, typed, zone), []
    except clock.LocalTimeUnclear as unclear:
        return None, unclear.suggestions


@given(where=st.sampled_from(DAYS), step=st.integers(0, 25 * 60))
def test_every_minute_belongs_to_the_day_on_its_wall(where, step):
    zone, day = where
    span = clock.day(day, zone)
    moment = span.lower.astimezone(UTC) + step * MINUTE

    assert (moment in span) == (moment.astimezone(ZoneInfo(zone)).date() == day)


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_a_day_has_23_or_25_hours(zone, day):
    hours = 23 if day.month == 3 else 25
    assert clock.minutes_of(clock.day(day, zone)) == hours * 60


class ChangeOfClocks(TestCase):
    """Openings and bookings through the night of the change."""

    @settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
    @given(
        where=st.sampled_from(DAYS),
        opens=st.integers(0, 8), hours=st.integers(1, 8), minutes=st.sampled_from([10, 20, 45, 60, 90]),
    )  # fmt: skip
    def test_every_opening_is_real_free_time_and_can_be_booked(self, where, opens, hours, minutes):
        zone, day = where
        factories.PracticeFactory()
        location = factories.LocationFactory(zone=zone)
        practitioner = factories.PractitionerFactory()
        practitioner.locations.add(location)
        kind = factories.AppointmentTypeFactory(minutes=minutes)
        starts, ends = time(opens), time(opens + hours)
        Availability.objects.create(
            practitioner=practitioner, location=location, weekday=day.weekday(), starts=starts,
            ends=ends, valid_from=date(2026, 1, 1),
        )  # fmt: skip
        window = DateTimeTZRange(
            clock.from_rule(day, starts, zone), clock.from_rule(day, ends, zone)
        )

        found = openings.find_openings(
            appointment_type=kind, location=location, span=clock.day(day, zone), limit=500
        )

        length = timedelta(minutes=minutes)
        for each in found:
            assert window.lower <= each.starts_at
            assert each.starts_at.astimezone(UTC) + length <= window.upper.astimezone(UTC)
        assert bool(found) == (
            window.upper.astimezone(UTC) - window.lower.astimezone(UTC) >= length
        )
        self._book_one_after_the_other(found, practitioner, location, kind)

    def _book_one_after_the_other(self, found, practitioner, location, kind):
        desk = factories.actor("Practice manager", location)
        booked = []
        for each in found:
            try:
                visit = book_appointment(
                    patient=factories.PatientFactory(), practitioner=practitioner,
                    location=location, appointment_type=kind, start=each.starts_at, by=desk,
                )  # fmt: skip
            except Refusal:
                clash = DateTimeTZRange(
                    each.starts_at, each.starts_at + timedelta(minutes=kind.minutes)
                )
                assert any(_touch(other, clash) for other in booked)
                continue
            assert clock.minutes_of(visit.period) == kind.minutes
            booked.append(visit.period)
        live = Reservation.objects.filter(resource_id=practitioner.pk, is_live=True)
        assert live.count() == len(booked) == Appointment.objects.filter(location=location).count()


def _touch(one, other):
    return one.lower < other.upper and other.lower < one.upper


# Zones of the world whose clocks change in unlike ways: by half an hour, by two, at midnight, below zero in
# winter. All of them, to 2037, are the bench `dst`.
ODD = (
    "Australia/Lord_Howe", "Antarctica/Troll", "America/Nuuk", "Africa/Cairo", "Europe/Dublin",
    "Pacific/Chatham", "America/New_York",
)  # fmt: skip


@pytest.mark.parametrize("zone", ODD)
def test_nothing_vanishes_and_nothing_overlaps_when_the_clocks_change(db, zone):
    room = zones.Room()
    days = zones.changes(zone, date(2027, 1, 1), date(2028, 1, 1))
    assert days, "its clocks do not change any more: take another"

    for day in days:
        assert zones.wrong_about(zone, day) == []
        assert room.wrong_openings(zone, day) == []
