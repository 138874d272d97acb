from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from demo import zones
from tests.demo.conftest import moment

SUMMER = moment("12:00").replace(month=7)


def test_the_machine_says_its_zone_in_its_environment(monkeypatch):
    monkeypatch.setenv("TZ", "America/Denver")

    assert zones.of_this_machine(SUMMER) == "America/Denver"


@pytest.mark.parametrize("said", ["", "EST5EDT4", ":/etc/localtime"])
def test_otherwise_the_link_of_the_system_says_it(monkeypatch, tmp_path, said):
    monkeypatch.setenv("TZ", said)
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/Chicago")

    assert zones.of_this_machine(SUMMER, link) == "America/Chicago"


@pytest.mark.parametrize("said", ["", "UTC", "Etc/UTC", "GMT"])
@pytest.mark.parametrize("hour", range(24))
def test_where_the_machine_is_nowhere_the_waiting_room_is_full(monkeypatch, said, hour):
    monkeypatch.setenv("TZ", said)
    now = datetime(2026, 11, 23, hour, 30, tzinfo=UTC)

    found = zones.of_this_machine(now, Path("/nowhere/localtime"))

    assert 8 <= now.astimezone(ZoneInfo(found)).hour <= 17


@pytest.mark.parametrize(
    ("home", "over"),
    [
        ("America/New_York", "America/Chicago"),
        ("America/Chicago", "America/Denver"),
        ("America/Los_Angeles", "America/Anchorage"),
        ("Europe/Berlin", "Europe/London"),
        ("Asia/Tokyo", "Asia/Singapore"),
    ],
)
def test_the_third_site_is_an_hour_behind(home, over):
    assert zones.next_to(home, moment("12:00")) == over


def test_anywhere_there_is_a_neighbor():
    for home in ("UTC", "Asia/Kolkata", "Pacific/Pago_Pago", "Pacific/Kiritimati"):
        assert zones.next_to(home, SUMMER) != home
