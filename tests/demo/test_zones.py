from pathlib import Path

import pytest

from demo import zones
from tests.demo.conftest import moment

SUMMER = moment("12:00").replace(month=7)


def test_the_machine_says_its_zone_in_its_environment(monkeypatch):
    monkeypatch.setenv("TZ", "America/Denver")

    assert zones.of_this_machine() == "America/Denver"


@pytest.mark.parametrize("said", ["", "EST5EDT4", ":/etc/localtime"])
def test_otherwise_the_link_of_the_system_says_it(monkeypatch, tmp_path, said):
    monkeypatch.setenv("TZ", said)
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/Chicago")

    assert zones.of_this_machine(link) == "America/Chicago"


def test_without_either_the_practice_stands_in_new_york(monkeypatch):
    monkeypatch.delenv("TZ", raising=False)

    assert zones.of_this_machine(Path("/nowhere/localtime")) == "America/New_York"


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
