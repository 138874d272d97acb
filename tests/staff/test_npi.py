"""The NPI's check digit: one wrong digit, or two swapped, is always found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.refusals import Invalid
from staff.npi import checked_npi, has_check_digit

STEMS = st.integers(min_value=10**8, max_value=3 * 10**8 - 1).map(str)


def with_check_digit(stem):
    """By the definition of CMS, not by the code under test: Luhn over 80840 and the number."""
    total = 0
    for place, digit in enumerate(reversed("80840" + stem)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += sum(map(int, str(doubled)))
    return stem + str(-total % 10)


def test_the_published_example_holds():
    assert checked_npi("1234567893") == "1234567893"


@given(STEMS)
def test_the_right_check_digit_is_accepted_and_no_other(stem):
    npi = with_check_digit(stem)

    fitting = [digit for digit in "0123456789" if has_check_digit(stem + digit)]
    assert fitting == [npi[-1]]


@given(STEMS, st.integers(1, 9), st.integers(1, 9))
def test_one_mistyped_digit_is_found(stem, place, step):
    npi = with_check_digit(stem)
    wrong = str((int(npi[place]) + step) % 10)

    with pytest.raises(Invalid, match="check digit"):
        checked_npi(npi[:place] + wrong + npi[place + 1 :])


@pytest.mark.parametrize("typed", ["123 456 7893", "1234-567-893", " 1234567893 "])
def test_spaces_and_hyphens_are_not_part_of_it(typed):
    assert checked_npi(typed) == "1234567893"


@pytest.mark.parametrize("typed", ["", "12345", "12345678931", "123456789X"])
def test_anything_but_ten_digits_is_refused(typed):
    with pytest.raises(Invalid, match="10 digits"):
        checked_npi(typed)
