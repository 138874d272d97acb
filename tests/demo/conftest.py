"""A demo practice with few patients; the moment is the test's."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from demo import seed
from demo.places import Places, known_places
from kernel.actors import Actor

ZONE = "America/New_York"
MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)
A_FEW_DAYS = seed.Size(patients=500, past_days=1, ahead_days=2)
HOUSE = Actor.system("demo")


def moment(clock: str, day: date = MONDAY) -> datetime:
    """`moment("12:00")` at the first site."""
    return datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=ZoneInfo(ZONE))


def write(clock: str, day: date = MONDAY, size: seed.Size = A_FEW_DAYS) -> Places:
    seed.make_practice(by=HOUSE, at=moment(clock, day), size=size, home=ZONE)
    return known_places()


@pytest.fixture
def open_demo(db):
    """`open_demo("12:00", SUNDAY)`: the practice as somebody meets it who starts the demo then."""
    return write


@pytest.fixture(scope="module")
def whole_demo(django_db_setup, django_db_blocker):
    """The demo in full size on the Monday at 10:30, for a whole file to look at."""
    with django_db_blocker.unblock():
        around = transaction.atomic()
        around._from_testcase = True  # what runs inside may be the outermost of its kind
        with around:
            places = write("10:30", size=seed.FULL)
            connection.check_constraints()  # once, not again after each test
            yield places
            transaction.set_rollback(True)
