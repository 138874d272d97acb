"""What everyday tasks about people may cost, in clicks and keys, done in a real browser."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel import clock
from office.roles import Role
from scheduling.actions.booking import book_appointment
from staff.models import EmployeeTime
from tests import factories
from tests.clock import ZONE, at
from tests.counting import Hands, toast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def next_week():
    return clock.today(timezone.now(), ZONE) + timedelta(days=7)


@pytest.fixture
def asked(practice, location, next_week):
    """Dr Kim asks for a day off next week."""
    kim = factories.PractitionerFactory(family_name="Kim", given_name="Dana", available=location)
    return factories.EmployeeTimeFactory(
        employee=kim.employee, status="requested", period=clock.day(next_week, ZONE)
    )


@pytest.fixture
def manager_page(open_page, colleague, location):
    return lambda path: open_page(path, client=colleague(location, Role.MANAGER))


def test_approving_leave_on_which_nothing_hangs_takes_one_click(manager_page, asked):
    page = manager_page("/staff/time-off/")
    hands = Hands(page)

    hands.click(page.get_by_role("button", name="Approve Dana Kim"))
    toast(page, "Dana Kim is away")

    asked.refresh_from_db()
    assert (asked.status, hands.clicks) == ("approved", 1)


def test_leave_that_hits_visits_is_approved_with_them_in_view_by_two_clicks(
    manager_page, asked, location, next_week
):
    book_appointment(
        patient=factories.PatientFactory(family_name="Garcia", given_name="Rosa", at=[location]),
        practitioner=asked.employee.practitioner,
        location=location,
        appointment_type=factories.AppointmentTypeFactory(),
        start=at("10:00", next_week),
        by=factories.actor(Role.FRONT_DESK, location),
    )
    page = manager_page("/staff/time-off/")
    hands = Hands(page)

    hands.click(page.get_by_role("button", name="Approve Dana Kim"))
    page.locator("#drawer", has_text="1 booked visit has to be moved").wait_for()
    hands.click(page.locator("#drawer").get_by_role("button", name="Approve"))
    toast(page, "Dana Kim is away")

    asked.refresh_from_db()
    assert (asked.status, hands.clicks) == ("approved", 2)


@pytest.mark.parametrize("path", ["/staff/", "/schedule/"])
def test_who_is_out_today_is_read_without_a_click(manager_page, asked, path):
    EmployeeTime.objects.filter(pk=asked.pk).update(
        status="approved", period=clock.day(clock.today(timezone.now(), ZONE), ZONE)
    )
    page = manager_page(path)

    assert "Kim" in page.locator(".topbar #who-out .out-names").inner_text()
