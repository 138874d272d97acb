from datetime import date

import pytest

from kernel.text import clean, read_birth_date, read_name, read_person_query, search_key

TODAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("O'Brien-Łukasz", "o brien lukasz"),
        ("ÉMILE  Zoë", "emile zoe"),
        ("Straße", "strasse"),
        ("محمد", "محمد"),
        ("…", ""),
    ],
)
def test_names_are_compared_without_case_marks_and_punctuation(typed, key):
    assert search_key(typed) == key


def test_a_typed_line_loses_what_cannot_be_seen():
    assert clean(" Ann\u202e  Lee\u200b ") == "Ann Lee"


def test_a_comma_parts_family_and_given_names():
    asked = read_person_query("smi,joh", TODAY)

    assert (asked.family, asked.given) == ("smi", "joh")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Qqzy Newperson", ("Newperson", "Qqzy")),
        ("smi,jo", ("smi", "jo")),
        ("Ana Maria  Vega", ("Vega", "Ana Maria")),
        ("Vega", ("Vega", "")),
        ("7/14/62", ("", "")),
        ("", ("", "")),
    ],
)
def test_who_was_looked_for_has_a_family_and_a_given_name(typed, name):
    assert read_name(typed) == name


def test_digits_are_a_phone_or_chart_number():
    assert read_person_query("555-0142", TODAY).digits == "5550142"


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("7/14/62", date(1962, 7, 14)),
        ("7/14/25", date(2025, 7, 14)),
        ("1962-07-14", date(1962, 7, 14)),
    ],
)
def test_a_birth_date_never_lies_in_the_future(typed, born):
    assert read_birth_date(typed, TODAY) == born


@pytest.mark.parametrize("typed", ["2/30/62", "99/99/9999", "0000-00-00", "July"])
def test_what_is_no_date_is_no_birth_date(typed):
    assert read_birth_date(typed, TODAY) is None


def test_half_a_character_is_not_kept():
    assert clean("Ro\ud800sa") == "Rosa"
