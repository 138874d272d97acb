"""What every test starts from."""

import hypothesis
import pytest
from django.test import Client
from django.urls import get_resolver

from access import sessions
from kernel import memo
from office.roles import Role
from staff.queries import away
from tests import factories
from tests.clock import at

pytest_plugins = ["tests.browsing"]

# A busy machine is no failure: what is slow is measured by the benches.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True, scope="session")
def _routes_as_set_up():
    """A few routes differ between a demo and an office: no test may be the first to ask, with settings of its own."""
    get_resolver().url_patterns  # noqa: B018  loads them


@pytest.fixture(autouse=True)
def _fresh_memory():
    """Configuration and grants are remembered per process; no test inherits another's."""
    yield
    memo.forget_all()
    away.forget_out_now()


@pytest.fixture
def practice(db):
    return factories.PracticeFactory()


@pytest.fixture
def location(practice):
    return factories.LocationFactory()


@pytest.fixture
def elsewhere(practice):
    """A site where the people of a test do not work."""
    return factories.LocationFactory(name="Elsewhere")


@pytest.fixture
def desk(location):
    return factories.actor(Role.FRONT_DESK, location)


@pytest.fixture
def manager(location):
    return factories.actor(Role.MANAGER, location)


@pytest.fixture
def physician_actor(location):
    return factories.actor(Role.PHYSICIAN, location)


@pytest.fixture
def practitioner(location):
    return factories.PractitionerFactory(available=location)


@pytest.fixture
def patient(location):
    return factories.PatientFactory(at=[location])


@pytest.fixture
def signed_in(client):
    """`signed_in(user)` or `signed_in(role, location)`: a client with a session."""

    def sign_in(who, *locations):
        user = who if hasattr(who, "email") else factories.UserFactory(role=who, at=locations)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        sessions.begin(session)
        session.save()
        client.user = user
        return client

    return sign_in


@pytest.fixture
def colleague(db):
    """`colleague(location)`: a browser of its own for one more person, at the front desk unless told otherwise."""

    def do(location, role=Role.FRONT_DESK):
        client = Client()
        user = factories.UserFactory(role=role, at=[location])
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        sessions.begin(session)
        session.save()
        client.user = user
        return client

    return do


@pytest.fixture
def monday():
    """`monday("09:30")` on the tests' Monday."""
    return at
