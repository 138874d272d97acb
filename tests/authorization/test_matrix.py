"""Every route, by who may and who may not, at one's own site and elsewhere."""

import pytest

from office.roles import Role
from tests.authorization import examples, guards, matrix

PART = 4  # of the places where it is asked what may be seen one in four is dropped here, all by the bench


def test_every_parameter_of_every_address_has_an_example():
    assert list(examples.missing()) == []


def test_each_route_opens_to_what_it_declares_and_no_place_that_asks_can_be_spared(world):
    """By exactly the declared rights, by all but one, and by every right at one site."""
    watch = guards.Watch()
    with watch.on():
        met, wrong = guards.meet(world, watch, matrix.everything(world))

        assert wrong == []
        assert guards.survivors(watch, met, guards.some(guards.single(), PART)) == []


def test_a_program_reaches_as_far_as_its_token(world):
    assert matrix.problems(world, matrix.by_program(world)) == []


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.name.lower())
def test_each_role_is_answered_as_declared(world, role):
    cells = matrix.by_role(world.role(role), role, one_of=3)

    assert matrix.problems(world, cells) == []
