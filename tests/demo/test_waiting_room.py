from datetime import timedelta

import pytest

from kernel import clock
from scheduling.models import Appointment
from tests.demo.conftest import MONDAY, SUNDAY, ZONE, moment


def board(places, now):
    """The first site's day, as the Today board counts it."""
    visits = Appointment.objects.at_location(places.lane).starting_in(
        clock.day(clock.today(now, ZONE), ZONE)
    )
    waiting = visits.filter(encounter__status="arrived")
    return {
        "waiting": waiting.count(),
        "waiting too long": waiting.filter(
            encounter__arrived_at__lt=now - timedelta(minutes=20)
        ).count(),
        "in room": visits.filter(encounter__status="triaged").count()
        + visits.filter(encounter__status="in-progress", encounter__ready_at=None).count(),
        "ready": visits.filter(
            encounter__status="in-progress", encounter__ready_at__isnull=False
        ).count(),
        "late": visits.filter(status="booked", starts_at__lt=now - timedelta(minutes=5)).count(),
        "expected": visits.filter(status="booked", starts_at__gte=now).count(),
        "finished": visits.filter(encounter__status="finished").count(),
    }


@pytest.mark.parametrize(
    ("wall", "day"),
    [("12:00", MONDAY), ("16:40", MONDAY), ("20:50", MONDAY), ("11:00", SUNDAY), ("19:15", SUNDAY)],
)
def test_the_waiting_room_is_full_whenever_the_demo_is_opened(open_demo, wall, day):
    places = open_demo(wall, day)

    seen = board(places, moment(wall, day))

    assert 3 <= seen["waiting"] <= 5, seen
    assert seen["waiting too long"] == 1, seen
    assert 4 <= seen["in room"] <= 6, seen
    assert 1 <= seen["ready"] <= 2, seen
    assert 1 <= seen["late"] <= 2, seen
    assert seen["finished"] >= 3, seen


def test_at_seven_in_the_morning_the_first_are_here_already(open_demo):
    places = open_demo("07:05")

    seen = board(places, moment("07:05"))

    assert 3 <= seen["waiting"] <= 5, seen
    assert seen["in room"] >= 2, seen
    assert seen["expected"] > 40, seen


def test_at_night_the_day_is_over(open_demo):
    places = open_demo("23:10")

    seen = board(places, moment("23:10"))

    assert seen["finished"] > 60, seen
    assert seen["waiting"] == seen["in room"] == seen["late"] == seen["expected"] == 0, seen
