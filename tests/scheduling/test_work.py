"""What waits for who keeps the schedule, and the day in figures."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel import work
from office.roles import Role
from scheduling.actions import flow
from scheduling.queries.huddle import huddle
from staff.actions import enter_time_off
from tests import factories
from tests.clock import MONDAY, at, period

DAY = timedelta(days=1)


def of_the_schedule(actor, when):
    return [item for item in work.queue_for(actor, when) if item.url.startswith("/schedule/")]


@pytest.fixture
def lapse(practitioner):
    def do(day):
        factories.CredentialFactory(employee=practitioner.employee, expires_date=day)

    return do


def test_visits_of_a_clinician_without_a_license_are_to_be_moved(
    book, lapse, practitioner, manager, location
):
    book("14:00"), book("15:00")
    lapse(MONDAY)

    first, *_ = of_the_schedule(manager, at("12:00"))

    assert first.what == f"Move {practitioner.family_name}’s 2 visits, Mon 16 Nov"
    assert first.why.startswith(f"{practitioner.family_name} may not see patients:")
    assert (first.severity, first.due_text) == ("act", "in 2 h 0 m")
    assert f"at={location.pk}" in first.url
    assert "show=move" in first.url


def test_a_credential_that_holds_on_the_day_moves_nobody(book, lapse, manager):
    book("14:00")
    lapse(MONDAY + DAY)

    assert of_the_schedule(manager, at("12:00")) == []


def test_past_visits_nobody_closed_are_asked_about(book, desk, manager):
    flow.arrive(appointment=book("09:00"), by=desk, at=at("09:00"))
    book("10:00")

    assert of_the_schedule(manager, at("18:00")) == []  # the day is not over
    (item,) = of_the_schedule(manager, at("08:00", MONDAY + DAY))

    assert item.what == "2 visits of Mon 16 Nov are still open"
    assert item.due_text == "yesterday"


def test_the_next_open_day_is_called_before_it_begins(book, manager):
    book("09:00")

    (item,) = of_the_schedule(manager, at("16:00", MONDAY - DAY))

    assert item.what == "1 visit of Mon 16 Nov not confirmed"


def test_nobody_is_asked_about_places_they_do_not_work_at(book, lapse, elsewhere):
    book("14:00")
    lapse(MONDAY)
    stranger = factories.actor(Role.MANAGER, elsewhere)

    assert of_the_schedule(stranger, at("12:00")) == []


def test_no_statement_more_for_many_visits(book, lapse, manager, location):
    other = factories.PractitionerFactory(available=location)
    for hour in range(9, 16):
        book(f"{hour:02}:00")
    lapse(MONDAY)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert of_the_schedule(manager, at("08:00"))
        return len(queries)

    few = asked()
    for hour in range(9, 16):
        book(f"{hour:02}:00", practitioner=other)
    factories.CredentialFactory(employee=other.employee, expires_date=MONDAY)

    more = asked()
    assert more == few


def test_the_huddle_counts_the_day(book, desk, manager, location, practitioner):
    known = factories.PatientFactory(at=[location])
    before = book("09:00", patient=known)
    flow.arrive(appointment=before, by=desk, at=at("08:58"))
    book("11:00")
    book("13:00", patient=known)

    found = huddle(manager, location, at("09:25"))

    assert (found.visits, found.new_patients, found.unconfirmed) == (3, 2, 2)
    assert (found.late.name, found.late.minutes) == (practitioner.family_name, 25)
    assert found.to_move == 0
    assert found.open_times > 0


def test_leave_makes_visits_to_move(book, manager, practitioner, location):
    book("14:00")
    enter_time_off(
        employee=practitioner.employee, leave_type="sick", period=period("13:00", "17:00"),
        by=manager, at=at("08:00"),
    )  # fmt: skip

    assert huddle(manager, location, at("09:00")).to_move == 1
    (item,) = [each for each in of_the_schedule(manager, at("09:00")) if "Move" in each.what]
    assert "is away then" in item.why


def test_a_link_to_a_day_elsewhere_takes_one_there(signed_in, location, practice):
    other = factories.LocationFactory(name="Second Street")
    client = signed_in(Role.FRONT_DESK, location, other)

    answer = client.get(f"{reverse('scheduling:day')}?day={MONDAY}&at={other.pk}")

    assert answer.status_code == 302
    assert "at=" not in answer.url
    assert "Second Street" in client.get(answer.url).text


def test_a_link_to_a_day_where_one_does_not_work_opens_nothing(signed_in, location, elsewhere):
    client = signed_in(Role.FRONT_DESK, location)

    assert client.get(f"{reverse('scheduling:day')}?at={elsewhere.pk}").status_code == 404
    assert client.get(f"{reverse('scheduling:day')}?at=nonsense").status_code == 422
