"""Everything behind the pages is killed while facts are published: none is lost, none told twice."""

from benchmarks.faults import faults


def test_no_delivery_is_lost_or_doubled_while_everything_is_killed():
    lines = list(faults("ci", ("all",)))

    assert [line["fault"] for line in lines] == ["all"]
    for line in lines:
        assert line["strikes"] >= 4, "the faults did not happen"
        assert line["acknowledged"] > 0
        assert (line["lost"], line["twice"], line["unexpected"]) == (0, 0, 0), line
