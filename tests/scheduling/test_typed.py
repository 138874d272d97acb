"""What a hurried person types as a day or a time, on the tests' Monday, 16 November 2026."""

from datetime import date, time

import pytest

from scheduling.typed import NotADay, NotATime, read_day, read_time
from tests.clock import MONDAY


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("12/3", date(2026, 12, 3)),
        ("1/5", date(2027, 1, 5)),
        ("12/3/27", date(2027, 12, 3)),
        ("11/9", date(2026, 11, 9)),
        ("2026-11-20", date(2026, 11, 20)),
        ("3 Dec", date(2026, 12, 3)),
        ("Dec 3", date(2026, 12, 3)),
        ("Tue 17 Nov 2026", date(2026, 11, 17)),
        ("tue", date(2026, 11, 17)),
        ("Mon", MONDAY),
        ("today", MONDAY),
        ("tomorrow", date(2026, 11, 17)),
        ("+2w", date(2026, 11, 30)),
        ("+1m", date(2026, 12, 16)),
        ("-3", date(2026, 11, 13)),
        ("2/29", date(2028, 2, 29)),
    ],
)
def test_days_are_read_as_the_desk_writes_them(typed, day):
    assert read_day(typed, MONDAY) == day


def test_a_month_from_the_last_of_january_is_the_last_of_february():
    assert read_day("+1m", date(2027, 1, 31)) == date(2027, 2, 28)


@pytest.mark.parametrize(
    "typed", ["", "t", "13/45", "feb 30", "someday", "+999999w", "0000-00-00", "9999-12-31", "１２"]
)
def test_what_is_no_day_is_refused_with_what_would_be_one(typed):
    with pytest.raises(NotADay, match=r"Type 12/3, 3 Dec, tue or \+2w"):
        read_day(typed, MONDAY)


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("11:15", time(11, 15)),
        ("1115", time(11, 15)),
        ("930", time(9, 30)),
        ("2", time(14)),
        ("6:30", time(18, 30)),
        ("06:30", time(6, 30)),
        ("6:30 am", time(6, 30)),
        ("7", time(7)),
        ("2pm", time(14)),
        ("12 am", time(0)),
        ("12", time(12)),
        ("14:30", time(14, 30)),
    ],
)
def test_times_are_read_as_the_desk_writes_them(typed, clock):
    assert read_time(typed) == clock


@pytest.mark.parametrize("typed", ["", "x", "24:00", "11:60", "13 pm", "99"])
def test_what_is_no_time_is_refused_with_what_would_be_one(typed):
    with pytest.raises(NotATime, match="Type 11:15, 2pm or 14:30"):
        read_time(typed)
