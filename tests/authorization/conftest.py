"""One practice for a module, people of their own for each test; whatever a look does is undone."""

import pytest
import time_machine
from django.test import override_settings

from kernel import memo
from tests.authorization import watching
from tests.authorization.world import World
from tests.clock import at


@pytest.fixture(scope="module")
def practice_of_two_sites(django_db_setup, django_db_blocker):
    """At half past ten of the tests' Monday."""
    moment = time_machine.travel(at("10:30"), tick=False)
    with django_db_blocker.unblock(), override_settings(MEMO_SECONDS=600), moment:
        with watching.undone():
            memo.forget_all()
            yield World()
        memo.forget_all()


@pytest.fixture
def world(db, practice_of_two_sites):
    with practice_of_two_sites.as_it_was():
        yield practice_of_two_sites
