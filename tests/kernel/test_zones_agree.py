"""Python and Postgres read the same edition of the zones' rules, and it is noticed when they do not."""

import json
from zoneinfo import ZoneInfo

from kernel import clock, zones_agree


def test_both_know_the_same_rules_for_every_zone_of_the_world(db):
    names = clock.zone_names()

    assert len(names) > 500
    assert zones_agree.disagreed(names) == []


def test_short_names_that_postgres_reads_as_offsets_are_no_zones_here():
    assert {"CET", "EET", "MET", "WET", "EST", "localtime", "Factory"} & clock.zone_names() == set()


def test_a_zone_with_other_rules_is_named(db, client, practice, location, monkeypatch):
    """As if Postgres came from another year's edition."""
    zones_agree._disagreed.cache_clear()
    real = clock.zone
    monkeypatch.setattr(
        clock, "zone", lambda name: ZoneInfo("Asia/Tokyo") if name == location.zone else real(name)
    )

    told = json.loads(client.get("/health/ready").content)

    zones_agree._disagreed.cache_clear()
    assert told["time_zones"] == f"Postgres knows other rules for {location.zone}"
    assert told["status"] == "degraded"
