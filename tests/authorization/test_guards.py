"""A guard that is dropped is noticed: permissions and scopes of acts, of pages, of the API's verbs."""

import pytest

from tests.authorization import guards


@pytest.mark.parametrize("kind", [guards.of_acts, guards.of_pages, guards.of_verbs])
def test_no_declared_right_can_be_dropped_unnoticed(world, kind):
    guards.remember(world)
    unnoticed = []
    for guard in kind():
        with guard.without():
            if not guard.noticed(world):
                unnoticed.append(guard.name)

    assert unnoticed == []


def test_places_that_are_guarded_twice_exist():
    assert guards.DOUBLE.keys() - set(guards.names()) == set()
