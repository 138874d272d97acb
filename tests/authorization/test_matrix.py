"""Every route, by who may and who may not, at one's own site and elsewhere."""

import pytest

from office.roles import Role
from tests.authorization import examples, matrix


def test_every_parameter_of_every_address_has_an_example():
    assert list(examples.missing()) == []


def test_each_route_opens_to_exactly_the_rights_it_declares(world):
    assert matrix.problems(world, matrix.by_right(world)) == []


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.name.lower())
def test_each_role_is_answered_as_declared(world, role):
    cells = matrix.by_role(world.role(role), role)

    assert matrix.problems(world, cells) == []
