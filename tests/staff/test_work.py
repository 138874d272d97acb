"""What waits for who looks after the people, and how people are found."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel import subjects, tasks, work
from office.roles import Role
from staff.subjects import EmployeeKind, PractitionerKind
from tests import factories
from tests.clock import MONDAY, at


def queue(actor):
    return work.queue_for(actor, at("09:00"))


def of_this_room(items):
    return [item for item in items if item.url.startswith("/staff/")]


# Work


def test_a_lapsed_license_comes_first_and_says_what_it_stops(whitfield, license_of, hr, dana):
    license_of(whitfield, "2026-11-15")
    factories.CredentialFactory(
        employee=dana, kind="life-support", expires_date=date(2026, 12, 10), is_required=False
    )

    first, second = of_this_room(queue(hr))
    assert (first.what, first.severity) == ("Renew Ann Whitfield: license", "act")
    assert first.why == "Expired 1 day ago; nobody may be booked with them."
    assert first.url.endswith("/renew/")
    assert (second.why, second.severity) == ("Expires in 24 days.", "look")


def test_one_that_will_stop_bookings_warns_before(whitfield, license_of, hr):
    license_of(whitfield, "2026-12-10")

    (item,) = of_this_room(queue(hr))
    assert item.why == "Expires in 24 days; without it nobody may be booked with them."
    assert item.severity == "look"


def test_what_is_far_away_waits_for_nobody(whitfield, license_of, hr):
    license_of(whitfield, "2026-12-17")

    assert of_this_room(queue(hr)) == []


def test_a_request_waits_for_who_decides(asked, manager, desk):
    asked(18)

    (item,) = of_this_room(queue(manager))
    assert item.what == "Decide Dana Kim’s time off"
    assert item.why == "Wed 18 Nov. Nobody else is away then."
    assert item.severity == "look"
    assert of_this_room(queue(desk)) == []


def test_a_request_for_later_does_not_press(asked, manager, dana, days, location):
    asked(30)
    away = factories.EmployeeFactory(given_name="Ana", family_name="Ochoa", at=[location])
    factories.EmployeeTimeFactory(employee=away, period=days(30))

    (item,) = of_this_room(queue(manager))
    assert item.severity == "plain"
    assert item.why.endswith("Also away: Ana Ochoa.")


def test_a_longer_queue_costs_no_more_queries(manager, location, days, settings):
    settings.MEMO_SECONDS = 60

    def more(count):
        for each in factories.EmployeeFactory.create_batch(count, at=[location]):
            factories.CredentialFactory(employee=each, expires_date=date(2026, 11, 20))
            factories.EmployeeTimeFactory(employee=each, period=days(20), status="requested")

    def asked():
        with CaptureQueriesContext(connection) as queries:
            items = of_this_room(queue(manager))
        return len(items), len(queries)

    more(1)
    queue(manager)
    _, few = asked()
    more(5)

    assert asked() == (12, few)


# The palette


@pytest.mark.parametrize("typed", ["kim", "da ki"])
def test_people_are_found_by_the_beginnings_of_their_names(dana, hr, typed):
    (hit,) = [hit for hit in subjects.search(typed, hr) if hit.kind == "staff.employee"]

    assert (hit.label, hit.detail) == ("Kim, Dana", "Medical assistant")
    assert hit.url == f"/staff/{dana.pk}/"


def test_who_may_not_open_the_file_is_led_to_the_directory(dana, desk):
    (hit,) = EmployeeKind().search("kim", desk, 5)

    assert hit.url == "/staff/?q=Dana+Kim"


def test_who_has_left_is_not_found_in_passing(dana, hr):
    dana.save_changes(parted_date=MONDAY)

    assert EmployeeKind().search("kim", hr, 5) == []


def test_names_for_the_audit_trail_come_for_many_at_once(
    dana, whitfield, hr, desk, django_assert_num_queries
):
    pairs = [("staff.employee", dana.pk), ("staff.practitioner", whitfield.pk)]

    with django_assert_num_queries(2):
        found = subjects.labels(pairs, hr)
    assert set(found.values()) == {"Kim, Dana", "Whitfield, Ann"}
    assert subjects.labels(pairs, factories.actor(Role.HR)).get(pairs[1]) is None


def test_a_practitioner_opens_as_the_person_they_are(whitfield, db):
    external = factories.PractitionerFactory(
        employee=None, is_external=True, is_bookable=False, family_name="Vega"
    )
    kind = PractitionerKind()

    assert kind.url(whitfield.pk) == f"/staff/{whitfield.employee_id}/"
    assert kind.url(external.pk) == "/staff/"
    assert kind.search("vega", None, 5) == []


# The tick


def test_every_tick_closes_the_accounts_of_who_has_left(dana):
    dana.save_changes(parted_date=date(2020, 6, 1))

    tasks.tick()

    dana.user.refresh_from_db()
    assert not dana.user.is_active
