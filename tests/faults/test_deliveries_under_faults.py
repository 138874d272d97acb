"""Everything is killed while facts are published and patients registered: nothing is lost, nothing done twice."""

import pytest

from benchmarks.faults import faults


@pytest.fixture(scope="module")
def struck():
    """Both in one office: it takes longer to set up than to strike."""
    return {line["fault"]: line for line in faults("ci", ("all", "web"))}


def test_no_delivery_is_lost_or_doubled_while_everything_is_killed(struck):
    line = struck["all"]

    assert line["strikes"] >= 4, "the faults did not happen"
    assert line["acknowledged"] > 0
    assert (line["lost"], line["twice"], line["unexpected"]) == (0, 0, 0), line


def test_no_post_is_lost_or_doubled_while_the_web_server_is_killed(struck):
    """Each has an Idempotency-Key and is sent again until it is answered."""
    line = struck["web"]

    assert line["strikes"] >= 4, "the faults did not happen"
    assert line["sent_again"] > 0, "nobody was cut off"
    assert line["acknowledged"] == line["n"] > 0
    assert (line["lost"], line["twice"], line["unexpected"]) == (0, 0, 0), line
