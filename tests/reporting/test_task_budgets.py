"""What the manager's everyday tasks may cost from their home, in clicks, done in a real browser."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from kernel import clock
from office.roles import Role
from scheduling.actions import cancelling
from tests import factories
from tests.clock import MONDAY, ZONE, at
from tests.counting import Hands, toast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def home(open_page, colleague, location):
    return lambda: open_page("/", client=colleague(location, Role.MANAGER))


def test_the_rows_behind_a_figure_take_two_clicks(home, book, desk):
    missed = book("09:00", patient=factories.PatientFactory(family_name="Haddad"))
    cancelling.mark_no_show(appointment=missed, by=desk, at=at("09:30"))
    with time_machine.travel(at("08:30", MONDAY + timedelta(days=2)), tick=True):
        page = home()
        hands = Hands(page)

        hands.click(page.locator(".kpi").get_by_role("link", name="No-show"))
        page.get_by_role("heading", name="Rows behind this figure").wait_for()

        assert page.locator("[aria-labelledby=behind] tbody tr").count() == 1
        assert hands.clicks <= 2


def test_approving_leave_from_the_home_takes_one_click(home, location):
    next_week = clock.today(timezone.now(), ZONE) + timedelta(days=7)
    kim = factories.PractitionerFactory(family_name="Kim", given_name="Dana", available=location)
    asked = factories.EmployeeTimeFactory(
        employee=kim.employee, status="requested", period=clock.day(next_week, ZONE)
    )
    page = home()
    hands = Hands(page)

    hands.click(page.get_by_role("button", name="Approve Dana Kim"))
    toast(page, "Dana Kim is away")

    asked.refresh_from_db()
    assert (asked.status, hands.clicks) == ("approved", 1)
