"""A demo practice with few patients; the moment is the test's."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from demo import seed
from demo.places import known_places

ZONE = "America/New_York"
MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)


def moment(clock: str, day: date = MONDAY) -> datetime:
    """`moment("12:00")` at the first site."""
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZoneInfo(ZONE))


A_FEW_DAYS = seed.Size(patients=300, past_days=1, ahead_days=2)


@pytest.fixture
def open_demo(db):
    """`open_demo("12:00", SUNDAY)`: the practice as somebody meets it who starts the demo then."""

    def write(clock: str, day: date = MONDAY, size: seed.Size = A_FEW_DAYS):
        seed.make_practice(moment(clock, day), size=size, home=ZONE)
        return known_places()

    return write
