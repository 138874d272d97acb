"""The arithmetic of the day sheet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kernel import clock
from scheduling.queries import sheet
from tests.clock import MONDAY, ZONE, at

MINUTES = some.integers(0, sheet.MIDNIGHT)
SPANS = some.lists(some.tuples(MINUTES, MINUTES).map(sorted).map(tuple), max_size=8)


def minutes_in(spans):
    return {minute for start, end in spans for minute in range(start, end)}


@given(SPANS, SPANS)
def test_subtracting_takes_exactly_the_minutes_that_are_taken(spans, taken):
    left = sheet.subtract(spans, taken)

    assert minutes_in(left) == minutes_in(spans) - minutes_in(taken)
    assert left == sheet.unite(left)


@given(SPANS, SPANS)
def test_what_lies_in_both(spans, others):
    assert minutes_in(sheet.meet(spans, others)) == minutes_in(spans) & minutes_in(others)


@given(some.lists(some.tuples(some.integers(0, 600), some.integers(5, 90)), max_size=20))
def test_no_two_cards_lie_on_each_other(visits):
    spans = sorted((start, start + length) for start, length in visits)

    placed = list(zip(spans, sheet.pack(spans), strict=True))

    for number, ((start, end), (lane, lanes)) in enumerate(placed):
        assert lane < lanes
        drawn_end = max(end, start + sheet.SHORTEST_DRAWN)
        for (other, _), (other_lane, other_lanes) in placed[number + 1 :]:
            if other < drawn_end:
                assert (other_lane, other_lanes) != (lane, lanes) or other_lane != lane
                assert other_lanes == lanes


def test_visits_that_follow_each_other_keep_the_whole_width():
    assert sheet.pack([(540, 570), (570, 600), (600, 615)]) == [(0, 1), (0, 1), (0, 1)]


def test_an_overbooked_visit_stands_beside_the_one_it_overlaps():
    assert sheet.pack([(540, 570), (555, 570), (570, 600)]) == [(0, 2), (1, 2), (0, 1)]


def test_the_sheet_has_full_hours_and_room_for_what_lies_outside():
    opened = [(7 * 60, 18 * 60)]

    assert sheet.sheet_hours(opened, []) == (420, 1080)
    assert sheet.sheet_hours(opened, [(390, 405), (1075, 1095)]) == (360, 1140)
    assert sheet.sheet_hours([], []) == sheet.ORDINARY_DAY


def test_an_instant_falls_on_the_wall_clock_of_the_place():
    assert sheet.minute_on(at("09:30"), MONDAY, ZONE) == 570
    assert sheet.minute_on(at("09:30"), MONDAY, "America/Chicago") == 510
    assert sheet.minute_on(at("09:30"), MONDAY + timedelta(days=1), ZONE) == 0
    assert sheet.minute_on(at("09:30"), MONDAY - timedelta(days=1), ZONE) == sheet.MIDNIGHT


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2026, 11, 1)], ids=["spring", "autumn"])
def test_on_a_day_of_the_clock_change_ten_is_ten(day):
    ten = clock.at_wall(day, at("10:00").time(), ZONE)

    assert sheet.minute_on(ten, day, ZONE) == 600
