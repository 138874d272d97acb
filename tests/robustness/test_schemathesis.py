"""The API against its own schema, every kind of case, as those who use it: no fault, no gap, no surprise."""

import pytest

from tests.robustness.schema_runs import run
from tests.test_every_page import ROLES, write_demo

pytestmark = pytest.mark.django_db(transaction=True)

ENOUGH = 0.8  # of the operations are really done by somebody, or the cases prove little


def assert_kept(runs):
    done = set().union(*[each.reached() for each in runs.values()])
    known = set().union(*[set(each.answers) for each in runs.values()])
    faults = [f"{role}: {fault}" for role, each in runs.items() for fault in each.faults]
    assert faults == []
    assert len(done) >= ENOUGH * len(known), f"nobody was let do {sorted(known - done)}"


def test_the_api_keeps_its_word(settings):
    settings.MEMO_SECONDS = 60
    write_demo()
    runs = {
        "frontdesk": run("frontdesk", examples=2),
        "manager": run("manager", examples=2, phases=("examples", "fuzzing")),
        "biller": run("biller", examples=1, phases=("examples", "fuzzing")),
        "hr": run("hr", examples=1, phases=("examples", "fuzzing")),
    }

    assert_kept(runs)
    assert runs["frontdesk"].phases["coverage"] == runs["frontdesk"].phases["fuzzing"] > 40


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_the_api_keeps_its_word_to_everybody_at_length(role, settings):
    settings.MEMO_SECONDS = 60
    write_demo()

    found = run(role, examples=50)

    assert found.faults == []
