"""Who is meant by what somebody types, and who may be here twice."""

from datetime import date

import pytest

from kernel.text import read_person_query
from office.roles import Role
from patients import queries
from patients.models import ContactPoint, Encounter, Patient
from tests import factories
from tests.clock import MONDAY, at
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(desk, location):
    def ask(text, **more):
        asked = {"actor": desk, "location": location, "today": MONDAY} | more
        return [found.label for found in queries.typeahead(text, **asked)]

    return ask


@pytest.fixture
def person(location):
    def make(family, given, phone="", places=None, **more):
        patient = PatientFactory(
            family_name=family,
            given_name=given,
            at=[location] if places is None else places,
            **more,
        )
        if phone:
            ContactPoint.objects.create(patient=patient, system="phone", value=phone, digits=phone)
        return patient

    return make


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("smi,joh", ["SMITH, John"]),
        ("smi,", ["SMITH, Anna", "SMITH, John"]),
        ("smith j", ["SMITH, John"]),
        ("john smi", ["SMITH, John"]),
        ("smith", ["SMITH, Anna", "SMITH, John", "GOLDSMITH, Ann"]),
        ("oldsm", ["GOLDSMITH, Ann"]),
        ("an", ["SMITH, Anna", "GOLDSMITH, Ann"]),
        ("zo", ["MÜLLER, Zoë (Zo)"]),
        ("muller", ["MÜLLER, Zoë (Zo)"]),
        ("7/4/1970", ["SMITH, John"]),
        ("1970-07-04", ["SMITH, John"]),
        ("736-5000", ["SMITH, John"]),
        ("777001", ["SMITH, Anna"]),
        ("77700", ["SMITH, Anna"]),
        ("x", []),
        ("xyz", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("13/45/1970", []),
    ],
)
def test_what_is_typed_finds_who_is_meant(find, person, typed, found):
    person("Smith", "John", phone="2127365000", birth_date=date(1970, 7, 4))
    person("Smith", "Anna", medical_record_number="777001")
    person("Goldsmith", "Ann")
    person("Müller", "Zoë", preferred_name="Zo")

    assert sorted(find(typed)) == sorted(found)


def test_the_best_match_comes_first(find, person):
    person("Gold", "Smith")
    person("Goldsmith", "Ann")
    person("Smithers", "Bo")

    assert find("smith") == ["SMITHERS, Bo", "GOLD, Smith", "GOLDSMITH, Ann"]


def test_todays_patients_come_before_all(find, person):
    person("Smith", "Aaron")
    today = person("Goldsmith", "Zed")

    assert find("smith", first=[today.pk]) == ["GOLDSMITH, Zed", "SMITH, Aaron"]


def test_todays_patients_are_only_found_when_meant(find, person):
    today = person("Jones", "Zed", phone="2127365000", birth_date=date(1980, 1, 1))

    assert find("smith", first=[today.pk]) == []
    assert find("7365", first=[today.pk]) == ["JONES, Zed"]
    assert find("1/1/80", first=[today.pk]) == ["JONES, Zed"]
    assert find("jon,z", first=[today.pk]) == ["JONES, Zed"]


def test_among_equals_who_is_known_here_comes_first(find, person, elsewhere):
    person("Smith", "Aaron", places=[elsewhere])
    person("Smith", "Zed")

    assert find("smith") == ["SMITH, Zed", "SMITH, Aaron"]


def test_of_patients_elsewhere_only_name_birth_date_and_chart_are_told(
    person, elsewhere, desk, location
):
    theirs = person("Smith", "Aaron", phone="2127365000", places=[elsewhere])

    (found,) = queries.typeahead("smith", actor=desk, location=location, today=MONDAY)

    assert (found.is_mine, found.sex, found.phone) == (False, "", "")
    assert (found.born, found.chart) == (theirs.birth_date, theirs.medical_record_number)


def test_of_patients_here_the_phone_is_told(person, desk, location):
    person("Smith", "Aaron", phone="2127365000")

    (found,) = queries.typeahead("smith", actor=desk, location=None, today=MONDAY)

    assert (found.is_mine, found.sex, found.phone) == (True, "Female", "2127365000")


def test_who_may_not_find_patients_finds_none(find, person, location):
    person("Smith", "Aaron")

    assert find("smith", actor=factories.actor(Role.HR, location)) == []


def test_who_is_not_a_patient_any_more_is_not_offered(find, person):
    person("Smith", "Aaron", is_active=False)

    assert find("smith") == []


@pytest.mark.parametrize(
    ("typed", "statements"), [("smi,a", 1), ("smith", 2), ("7365", 1), ("1/1/80", 1)]
)
def test_a_longer_list_costs_no_more_statements(
    find, person, typed, statements, django_assert_max_num_queries
):
    for place in range(8):
        person("Smith", f"A{place}", phone=f"212736500{place}")

    with django_assert_max_num_queries(statements):
        find(typed)


def test_rows_of_known_ids_keep_their_order(person, desk):
    first, second = person("Smith", "Zed"), person("Smith", "Aaron")

    rows = queries.finder_rows([second.pk, first.pk], actor=desk)

    assert [row.id for row in rows] == [second.pk, first.pk]


def test_the_list_of_a_patient_query_follows_the_same_grammar(person):
    john = person("Smith", "John", phone="2127365000", birth_date=date(1970, 7, 4))
    person("Jones", "Sam", birth_date=date(1971, 1, 1))

    for typed in ("smi,jo", "smith j", "736500", "7/4/70", john.medical_record_number):
        assert list(Patient.objects.matching(read_person_query(typed, MONDAY))) == [john]


@pytest.fixture
def twin(desk):
    def ask(**changes):
        asked = {"family_name": "Delgado", "given_name": "Rosa", "birth_date": date(1962, 7, 14)}
        return queries.possible_duplicates(actor=desk, **asked | changes)

    return ask


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({}, "Born on the same day, the same name"),
        ({"given_name": "Roza"}, "Born on the same day, a similar name"),
        ({"family_name": "Delgada"}, "Born on the same day, a similar name"),
        (
            {"birth_date": date(1963, 7, 14)},
            "The same name, and a birth date that is nearly the same",
        ),
        (
            {"birth_date": date(1962, 7, 4)},
            "The same name, and a birth date that is nearly the same",
        ),
        ({"birth_date": None}, "The same name"),
        (
            {"given_name": "Rosita", "birth_date": date(1999, 1, 2), "phone": "(212) 736-5000"},
            "The same phone number, a similar name",
        ),
    ],
)
def test_who_may_be_here_already_is_told_with_the_reason(twin, person, asked, why):
    person("Delgado", "Rosa", phone="2127365000")

    (found,) = twin(**asked)

    assert found.why == why
    assert found.patient.label == "DELGADO, Rosa"


@pytest.mark.parametrize(
    "asked",
    [
        {"family_name": "Whitfield", "given_name": "Bo"},
        {"birth_date": date(1999, 1, 2)},
        {"given_name": "Rosita", "birth_date": date(1999, 1, 2), "phone": "736"},
        {"family_name": "", "given_name": ""},
        {"family_name": "🙂", "given_name": ""},
    ],
    ids=["other name", "other birth date", "part of a phone", "no name", "no letters"],
)
def test_others_are_not_suspected(twin, person, asked):
    person("Delgado", "Rosa", phone="2127365000")

    assert twin(**asked) == []


def test_a_swapped_day_and_month_is_noticed(twin, person):
    person("Delgado", "Rosa", birth_date=date(1962, 3, 7))

    assert len(twin(birth_date=date(1962, 7, 3))) == 1


def test_duplicates_of_other_locations_are_named_too(twin, person, elsewhere):
    person("Delgado", "Rosa", phone="2127365000", places=[elsewhere])

    (found,) = twin()

    assert (found.patient.is_mine, found.patient.phone) == (False, "")


def test_duplicates_cost_one_statement(twin, person, django_assert_num_queries):
    for _ in range(7):
        person("Delgado", "Rosa")

    with django_assert_num_queries(1):
        assert len(twin(phone="2127365000")) == 5


def test_what_happened_elsewhere_is_seen_where_the_patient_is_known(patient, elsewhere, desk):
    stranger = PatientFactory(at=[elsewhere])
    for who, where in ((patient, None), (stranger, None), (stranger, elsewhere)):
        Encounter.objects.create(
            patient=who, location=where, status="unknown", period=(at("09:00"), None)
        )

    assert [each.patient for each in Encounter.objects.visible_to(desk)] == [patient]


@pytest.mark.parametrize(("family", "given"), [("نجار", "سلمى"), ("Иванова", "Анна"), ("李", "娜")])
def test_the_same_name_is_noticed_in_any_script(twin, person, family, given):
    person(family, given, birth_date=date(1978, 6, 5))

    assert twin(family_name=family, given_name=given, birth_date=date(1978, 6, 5))


@pytest.mark.parametrize("typed", ["%", "_", "%%", "s%h", "sm_th", "\\", ".*", "73_-5000", "[a-z]"])
def test_what_is_typed_is_no_pattern(find, person, typed):
    person("Smith", "John", phone="2077365000")

    assert find(typed) == []
