"""The office's own acts: practice, locations, hours, rooms, devices, holidays."""

import csv
from datetime import date, time
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid, StaleVersion
from office import actions, queries
from office.models import Closure, Location, OpeningHours, Practice, Room
from tests.factories import LocationFactory, RoomFactory

pytestmark = pytest.mark.django_db

DATA = "shared/data/calendar/us_federal_holidays_observed_2020_2035.csv"
REAL = next((each / DATA for each in Path(__file__).parents if (each / DATA).exists()), Path(DATA))
WEEK = [(day, time(8), time(17)) for day in range(5)]


def test_the_practice_is_one_row_however_often_it_is_named(manager, practice):
    actions.set_up_practice(name="Harbor", zone="America/Chicago", by=manager)
    actions.set_up_practice(name="Harbor Medical", zone="America/Chicago", by=manager)

    assert Practice.objects.get().name == "Harbor Medical"
    assert queries.practice_zone() == "America/Chicago"


def test_the_database_keeps_it_one(practice):
    with pytest.raises(IntegrityError, match="practice_is_one"), transaction.atomic():
        Practice.objects.create(name="Second", zone="UTC")


@pytest.mark.parametrize("zone", ["", "EST5", "Mars/Olympus", "America/New York"])
def test_a_zone_must_be_one(manager, zone):
    with pytest.raises(Invalid, match="not a time zone"):
        actions.set_up_practice(name="Harbor", zone=zone, by=manager)
    with pytest.raises(Invalid, match="not a time zone"):
        actions.add_location(name="Mill", zone=zone, by=manager)


def test_set_up_is_finished_only_with_a_place_to_work(manager):
    Location.objects.update(is_active=False)

    with pytest.raises(Invalid, match="first location"):
        actions.finish_set_up(by=manager)


def test_two_locations_of_one_name_are_refused_in_words(manager, location):
    with pytest.raises(actions.AlreadyThere, match=location.name):
        actions.add_location(name=location.name, zone=location.zone, by=manager)


def test_the_week_takes_the_place_of_the_old_one(manager, location):
    actions.set_hours(
        location=location, hours=[(0, time(8), time(12)), (0, time(13), time(17))], by=manager
    )

    assert OpeningHours.objects.filter(location=location).count() == 2
    assert queries.open_day(location.pk, date(2026, 11, 16)).spans == (
        (time(8), time(12)),
        (time(13), time(17)),
    )
    assert not queries.open_day(location.pk, date(2026, 11, 17)).is_open


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ([(0, time(9), time(9))], "Monday closes before it opens"),
        ([(6, time(17), time(8))], "Sunday closes before it opens"),
        ([(2, time(8), time(12)), (2, time(11), time(17))], "Two spans of Wednesday overlap"),
    ],
)
def test_hours_that_make_no_sense_change_nothing(manager, location, hours, says):
    before = OpeningHours.objects.count()

    with pytest.raises(Invalid, match=says):
        actions.set_hours(location=location, hours=hours, by=manager)

    assert OpeningHours.objects.count() == before


def test_rooms_and_devices_are_added_once(manager, location):
    actions.add_room(location=location, name="Room 1", kind="exam", by=manager)
    actions.add_device(location=location, name="Ultrasound", kind="ultrasound", by=manager)

    with pytest.raises(actions.AlreadyThere, match="Room 1"):
        actions.add_room(location=location, name="Room 1", kind="exam", by=manager)
    with pytest.raises(actions.AlreadyThere, match="Ultrasound"):
        actions.add_device(location=location, name="Ultrasound", kind="ultrasound", by=manager)


def test_the_desk_configures_nothing(desk, location):
    for act, asked in [
        (actions.set_up_practice, {"name": "X", "zone": "UTC"}),
        (actions.add_location, {"name": "X", "zone": "UTC"}),
        (actions.set_hours, {"location": location, "hours": WEEK}),
        (actions.add_room, {"location": location, "name": "X", "kind": "exam"}),
        (actions.add_device, {"location": location, "name": "X", "kind": "x"}),
        (actions.add_federal_holidays, {"year": 2026}),
        (actions.finish_set_up, {}),
        (actions.configure, {"instance": Room(location=location, name="X"), "changed": []}),
        (actions.remove, {"instance": location}),
    ]:
        with pytest.raises(Forbidden):
            act(by=desk, **asked)
    assert not Room.objects.exists()
    assert AuditEvent.objects.filter(outcome="denied").count() == 9


def test_a_row_changed_meanwhile_is_not_overwritten(manager, location):
    mine, theirs = RoomFactory(location=location, name="Room 1"), None
    theirs = Room.objects.get(pk=mine.pk)
    theirs.save_changes(name="Room 2")
    mine.name = "Room 3"

    with pytest.raises(StaleVersion):
        actions.configure(instance=mine, changed=["name"], by=manager)

    assert Room.objects.get().name == "Room 2"


def test_what_is_in_use_is_not_removed(manager, location):
    RoomFactory(location=location)

    with pytest.raises(actions.InUse, match="Retire it instead"):
        actions.remove(instance=location, by=manager)


def test_what_the_database_refuses_is_said_in_words(manager, location):
    RoomFactory(location=location, name="Room 1")

    with pytest.raises(actions.AlreadyThere):
        actions.configure(instance=Room(location=location, name="Room 1"), changed=[], by=manager)


# ---- holidays ----


def test_a_saturday_holiday_is_observed_the_friday_before():
    observed = actions.observed_federal_holidays(2026)

    assert observed[date(2026, 7, 3)] == "Independence Day"
    assert date(2026, 7, 4) not in observed


def test_new_years_day_may_be_observed_in_the_old_year():
    assert actions.observed_federal_holidays(2021)[date(2021, 12, 31)] == "New Year's Day"
    assert date(2022, 1, 1) not in actions.observed_federal_holidays(2022)


def test_one_location_may_have_its_own(manager, location, elsewhere):
    actions.add_federal_holidays(year=2026, location=location, by=manager)

    assert queries.closure_on(location.pk, date(2026, 12, 25)) == "Christmas Day"
    assert queries.closure_on(elsewhere.pk, date(2026, 12, 25)) == ""


@pytest.mark.parametrize("year", [1776, 2101])
def test_only_years_near_ours(manager, year):
    with pytest.raises(Invalid, match="between 2000 and 2100"):
        actions.add_federal_holidays(year=year, by=manager)
    assert not Closure.objects.exists()


@pytest.mark.skipif(not REAL.exists(), reason=f"the real calendar is not at {REAL}")
@pytest.mark.realdata
def test_the_observed_days_are_those_of_the_federal_calendar():
    with REAL.open() as file:
        real = {date.fromisoformat(row["date"]) for row in csv.DictReader(file)}

    ours = {day for year in range(2020, 2036) for day in actions.observed_federal_holidays(year)}

    assert ours == real


def test_a_site_outside_the_practice_does_not_count_as_a_name(manager, location):
    LocationFactory(name="Mercy Hospital", is_external=True, hours=False)

    assert actions.add_location(name="Mercy Hospital", zone="America/Chicago", by=manager).pk
