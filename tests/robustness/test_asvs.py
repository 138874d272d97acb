"""Every item of ASVS level 2 that can be tried here has an answer, and every test it names exists."""

from tests.robustness import asvs


def test_every_item_has_one_answer():
    answered = [each.id for each in asvs.items()]

    assert len(asvs.wanted()) == 159
    assert sorted(answered) == sorted(asvs.wanted())


def test_every_answer_is_one_that_is_known():
    assert {each.status for each in asvs.items()} <= set(asvs.STATUSES)
    assert [each.id for each in asvs.items() if not each.by or not all(each.by)] == []


def test_every_named_test_exists():
    named = [(each.id, one) for each in asvs.items() if each.status == "test" for one in each.by]

    assert [pair for pair in named if not asvs.exists(pair[1])] == []


def test_a_test_that_is_not_there_is_noticed():
    assert not asvs.exists("robustness/test_asvs.py::test_nothing_of_the_kind")
    assert not asvs.exists("robustness/nowhere.py::test_every_item_has_one_answer")


def test_the_page_is_written_anew():
    assert asvs.PAGE.read_text() == asvs.page(), "python -m tests.robustness.asvs"
