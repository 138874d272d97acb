"""A session that was ended is dead within seconds, also when the cache was away just then."""

import time

from django.contrib.sessions.models import Session

from access import session_store
from kernel import cache as house_cache
from office.roles import Role


def test_a_session_ended_while_the_cache_was_away_does_not_come_back_with_it(
    signed_in, location, monkeypatch
):
    monkeypatch.setattr(session_store, "REMEMBERED", 1)
    browser = signed_in(Role.FRONT_DESK, location)
    assert browser.get("/today/").status_code == 200

    monkeypatch.setattr(house_cache, "_away_until", time.monotonic() + 1000)
    Session.objects.all().delete()
    monkeypatch.setattr(house_cache, "_away_until", 0.0)
    time.sleep(1.2)

    assert browser.get("/today/").status_code == 302


def test_a_session_costs_nothing_while_it_is_remembered(
    signed_in, location, django_assert_max_num_queries
):
    browser = signed_in(Role.FRONT_DESK, location)
    browser.get("/jobs/")

    with django_assert_max_num_queries(20) as asked:
        browser.get("/jobs/")

    assert not [each for each in asked if "django_session" in each["sql"]]
