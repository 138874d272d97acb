"""The people of these tests: Dana works at the location and signs in; HR and the manager work there too."""

from datetime import date

import pytest

from kernel import clock
from office.roles import Role
from staff import actions
from tests import factories
from tests.clock import MONDAY, at


@pytest.fixture
def hr(location):
    return factories.actor(Role.HR, location)


@pytest.fixture
def dana(location):
    """An employee with an account and a supervisor."""
    return factories.EmployeeFactory(
        given_name="Dana",
        family_name="Kim",
        user=factories.UserFactory(role=Role.NURSE, at=[location], name="Dana Kim"),
        at=[location],
    )


@pytest.fixture
def as_dana(dana):
    return factories.actor_of(dana.user)


@pytest.fixture
def days(location):
    """`days(16, 18)`: from the morning of the 16th to the end of the 18th of November."""

    def span(first, last=None):
        month = MONDAY.replace(day=1)
        return clock.days(month.replace(day=first), month.replace(day=last or first), location.zone)

    return span


@pytest.fixture
def asked(dana, as_dana, days):
    """`asked(16, 18)`: Dana's request for these days."""

    def ask(first, last=None, **more):
        return actions.request_time_off(
            employee=dana,
            leave_type="vacation",
            period=days(first, last),
            by=as_dana,
            **more,
        )

    return ask


@pytest.fixture
def now():
    return at("09:00")


@pytest.fixture
def whitfield(location):
    """A bookable physician whose license can be made to lapse."""
    return factories.PractitionerFactory(
        family_name="Whitfield", given_name="Ann", qualification="MD", available=location
    )


@pytest.fixture
def license_of():
    """`license_of(practitioner, "2026-11-15")`: a required license and its expiry."""

    def make(practitioner, expires, **more):
        return factories.CredentialFactory(
            employee=practitioner.employee,
            expires_date=date.fromisoformat(expires) if expires else None,
            **more,
        )

    return make
