"""The past is not rewritten: refused to the application, noticed of the owner (bench `audit`, small)."""

import os

import pytest

from benchmarks import apart
from launch import services


@pytest.fixture
def lines():
    servers = services.state("test")
    if servers is None:
        pytest.skip("the servers are somebody else's: there is no serving role to try")
    found = apart.lines("benchmarks.trail", "ci", env=os.environ | servers["urls"])
    return {line["what"]: line for line in found}


def test_the_audit_trail_is_not_rewritten_by_anybody_unnoticed(lines):
    assert lines["as the application"]["refused"] == lines["as the application"]["n"] == 60
    assert lines["as the owner"]["missed"] == []
    assert lines["as the owner"]["noticed"] == 60
    assert lines["clean"]["n"] >= 5_000
    assert lines["clean"]["unexpected"] == 0
