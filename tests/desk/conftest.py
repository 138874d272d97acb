"""The people of these tests: Tunde and Maria work at the location; the manager too."""

import pytest
import time_machine

from desk.actions import tasks as actions
from office.roles import Role
from tests import factories
from tests.clock import at


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(at("09:00"), tick=False):
        yield


@pytest.fixture
def tunde(location):
    return factories.UserFactory(role=Role.NURSE, at=[location], name="Tunde Adeyemi")


@pytest.fixture
def as_tunde(tunde):
    return factories.actor_of(tunde)


@pytest.fixture
def maria(location):
    return factories.UserFactory(role=Role.FRONT_DESK, at=[location], name="Maria Tully")


@pytest.fixture
def as_maria(maria):
    return factories.actor_of(maria)


@pytest.fixture
def give(location, as_maria):
    """`give("Call the lab", owner=tunde)`: a task that Maria makes."""

    def add(title="Call the lab", **more):
        terms = {"location": location, "by": as_maria, "at": at("08:30")} | more
        return actions.add_task(title=title, **terms)

    return add
