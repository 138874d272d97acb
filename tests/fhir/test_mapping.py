"""What is kept of a resource, and what is not."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir.mapping import MAPPERS, map_entry
from fhir.reading import Entry
from fhir.values import Unmappable
from tests.clock import MONDAY, ZONE
from tests.fhir.conftest import (
    appointment,
    encounter,
    organization,
    person,
    place,
    practitioner,
    related,
)

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"


def mapped(resource, **aliases):
    entry = Entry("a.json#1", resource["resourceType"], resource.get("id", ""), resource, aliases)
    return map_entry(entry, ZONE, MONDAY)


def refused(resource):
    with pytest.raises(Unmappable) as reason:
        mapped(resource)
    return str(reason.value)


def kind_of_number(code):
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": code}]}


def test_a_patient_is_kept_with_what_the_desk_needs():
    extension = [
        {"url": US_CORE + "race", "extension": [
            {"url": "ombCategory", "valueCoding": {"display": "White"}},
            {"url": "ombCategory", "valueCoding": {"display": "Asian"}},
        ]},
        {"url": US_CORE + "ethnicity", "extension": [{"url": "text", "valueString": "Not Hispanic or Latino"}]},
        {"url": US_CORE + "birthsex", "valueCode": "F"},
        {"url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", "valueBoolean": True},
    ]  # fmt: skip
    row = mapped(
        person(
            extension=extension,
            maritalStatus={"coding": [{"code": "M"}]},
            communication=[{"language": {"coding": [{"code": "pt-BR"}]}}],
            deceasedDateTime="2019-02-03T04:05:06Z",
            telecom=[
                {"system": "phone", "value": "555-856-9091", "use": "home"},
                {"system": "phone", "value": "555-856-9091"},
                {"system": "fax", "value": "1"},
                {"system": "phone", "value": "555-0000", "use": "old"},
                {"system": "email", "value": "rosa@example.org"},
            ],
            address=[
                {"line": ["12 Pier St", "Apt 2"], "city": "Albany", "state": "NY", "country": "US"},
                {"line": ["another"], "use": "home"},
                {"line": ["before"], "period": {"start": "2001-01-01", "end": "2005-01-01"}},
                {"line": ["once"], "use": "old"},
                {},
            ],
        )
    )

    assert row.fields["race"] == "White; Asian"
    assert row.fields["ethnicity"] == "Not Hispanic or Latino"
    assert row.fields["birth_sex"] == "F"
    assert row.fields["needs_interpreter"]
    assert (row.fields["marital_status"], row.fields["language"]) == ("M", "pt-BR")
    assert row.fields["deceased_at"] == datetime(2019, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert row.more["contacts"] == [
        ["phone", "555-856-9091", "home"],
        ["email", "rosa@example.org", ""],
    ]
    assert [each["line"] for each in row.more["addresses"]] == ["12 Pier St, Apt 2", "before"]


def test_numbers_that_could_harm_a_person_are_not_kept():
    numbers = [
        {"system": "urn:clinic", "value": "M-77", "type": kind_of_number("MR")},
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-99-5015", "type": kind_of_number("SS")},
        {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-99-5015"},
        {"system": "urn:oid:2.16.840.1.113883.4.3.25", "value": "S9", "type": kind_of_number("DL")},
        {"system": "urn:pass", "value": "X4", "type": kind_of_number("PPN")},
        {"value": "without a system"},
        {"system": "urn:other", "value": "1"},
    ]  # fmt: skip

    row = mapped(person(identifier=numbers))

    assert row.more["identifiers"] == [["urn:clinic", "M-77", "MR"], ["urn:other", "1", ""]]


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (
            [{"use": "maiden", "family": "Wolff"}, {"use": "official", "family": "Tremblay"}],
            "Tremblay",
        ),
        ([{"use": "usual", "family": "B"}, {"use": "official", "family": "A"}], "A"),
        ([{"family": "Old", "period": {"end": "2001-01-01"}}, {"family": "New"}], "New"),
        ([{"text": "Prince"}], "Prince"),
    ],
)
def test_the_name_one_goes_by_is_kept(names, kept):
    assert mapped(person() | {"name": names}).fields["family_name"] == kept


def test_a_nickname_is_what_one_is_called():
    names = [
        {"family": "Delgado", "given": ["Rosa"], "suffix": ["Jr."]},
        {"use": "nickname", "given": ["Rosie"]},
    ]

    row = mapped(person() | {"name": names})

    assert (row.fields["preferred_name"], row.fields["suffix"]) == ("Rosie", "Jr.")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": []}, "has no name"),
        ({"name": "Rosa"}, "has no name"),
        ({"name": [{"family": "D" * 101}]}, "longer than 100 characters"),
        ({"birthDate": "soon"}, "birth date is not a date"),
        ({"birthDate": "2026-11-17"}, "in the future"),
        ({"birthDate": "0000-01-01"}, "not a date"),
        ({"birthDate": "9999-12-31"}, "cannot be right"),
        ({"birthDate": "1066-10-14"}, "cannot be right"),
        ({"deceasedDateTime": "1950-01-01"}, "before the birth date"),
        ({"deceasedDateTime": "later"}, "not a time"),
        ({"deceasedDateTime": "9999-12-31T23:59:59Z"}, "cannot be right"),
        (
            {"address": [{"period": {"start": "2001-01-01", "end": "2000-01-01"}, "city": "A"}]},
            "ends before it begins",
        ),
        ({"id": ""}, "has no id"),
        ({"id": "a b"}, "has no id"),
        ({"id": "x" * 65}, "has no id"),
    ],
)
def test_a_patient_that_cannot_be_is_refused(changes, reason):
    assert reason in refused(person() | changes)


@pytest.mark.parametrize("born", ["1962", "1962-07", None, 7, "  "])
def test_half_a_birth_date_is_none(born):
    assert mapped(person(birthDate=born)).fields["birth_date"] is None


def test_strange_letters_do_no_harm():
    row = mapped(person(family="Del\x00ga\ud800do\u202e", given=["🙂"]))

    assert (row.fields["family_name"], row.fields["given_name"]) == ("Delgado", "🙂")


def test_a_death_without_a_time_is_noted():
    assert mapped(person(deceasedBoolean=True)).more["died_some_day"]
    assert mapped(person(deceasedDateTime="2019-02-03")).fields["deceased_at"].hour == 12


def test_an_npi_is_kept_as_given():
    row = mapped(practitioner(qualification=[{"code": {"text": "MD"}}]))

    assert (row.fields["npi"], row.fields["qualification"]) == ("320", "MD")
    assert mapped(practitioner(name=[{"given": ["Cher"]}])).fields["family_name"] == "Cher"
    assert "no name" in refused(practitioner(name=[]))


def test_places_are_kept():
    row = mapped(
        place(
            address={"line": ["1 Bay Rd"], "city": "Albany", "state": "NY", "postalCode": "12207"},
            telecom=[{"system": "phone", "value": "4137940000"}],
            managingOrganization={"reference": "Organization/o1"},
            status="inactive",
        )
    )

    assert row.fields["address"] == "1 Bay Rd, Albany, NY 12207"
    assert (row.fields["phone"], row.fields["is_active"]) == ("4137940000", False)
    assert row.refs["organization"].key == ("Organization", "o1")
    assert mapped(organization(address=[{"city": "Albany"}])).fields["address"]["city"] == "Albany"
    assert "no name" in refused(organization(name=""))


def test_a_role_says_for_whom_and_as_what():
    role = {
        "resourceType": "PractitionerRole",
        "id": "x1",
        "practitioner": {"reference": "Practitioner/d1"},
        "organization": {"reference": "Organization/o1"},
        "specialty": [{"coding": [{"display": "Cardiology"}]}],
    }

    assert mapped(role).fields["specialty"] == "Cardiology"
    assert "names no practitioner" in refused(role | {"practitioner": None})


def test_family_is_kept():
    row = mapped(related())

    assert (row.fields["relationship"], row.fields["phone"]) == ("sister", "555-0199")
    assert mapped(related(relationship=[])).fields["relationship"] == "related"
    assert "no name" in refused(related(name=[]))
    assert "related to" in refused(related(patient=None))


def test_an_encounter_is_kept_with_who_and_where():
    row = mapped(
        encounter(
            participant=[
                {"individual": {"reference": "RelatedPerson/r1"}},
                {"individual": {"reference": "urn:uuid:d1"}},
            ],
            location=[
                {"location": {"reference": "https://fhir.example.org/r4/Location/l1/_history/3"}}
            ],
            serviceProvider={"reference": "Organization?identifier=urn:x|o-77"},
            reasonCode=[{"coding": [{"code": "1"}, {"display": "Cough"}]}],
        )
    )

    assert row.fields["reason"] == "1"
    assert row.refs["practitioner"].key == ("Practitioner", "d1")
    assert row.refs["location"].key == ("Location", "l1")
    assert (row.refs["service_provider"].system, row.refs["service_provider"].id) == (
        "urn:x",
        "o-77",
    )
    assert str(row.refs["service_provider"]) == "Organization urn:x|o-77"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"status": "completed"}, "“completed” is not one of FHIR R4"),
        ({"status": None}, "not one of FHIR R4"),
        ({"status": ["finished"]}, "not one of FHIR R4"),
        ({"period": {}}, "when it began"),
        ({"period": "2020"}, "when it began"),
        ({"period": {"start": "2020-02-30"}}, "not a date"),
        (
            {"period": {"start": "2020-03-01T10:00:00Z", "end": "2020-03-01T09:00:00Z"}},
            "ends before it begins",
        ),
        ({"subject": None}, "whose it is"),
        ({"subject": {"reference": "Group/g1"}}, "is a Group, where a Patient belongs"),
        ({"subject": {"reference": "#p1"}}, "contained"),
        ({"subject": {"reference": "whoever it was"}}, "no reference that can be understood"),
        ({"partOf": {"reference": "Encounter/e1"}}, "a circle of references"),
    ],
)
def test_an_encounter_that_cannot_be_is_refused(changes, reason):
    assert reason in refused(encounter(**changes))


def test_times_are_read_as_they_are_written():
    day = mapped(encounter(period={"start": "2020"})).fields["start"]
    bare = mapped(encounter(period={"start": "2020-03-01T09:00:00"})).fields["start"]

    assert (day.year, day.month, day.day, day.hour) == (2020, 1, 1, 12)
    assert bare.utcoffset().total_seconds() == -5 * 3600


def test_what_is_finished_has_an_end():
    row = mapped(encounter(period={"start": "2020-03-01T09:00:00Z"}))

    assert row.fields["end"] == row.fields["start"]


def test_an_appointment_names_its_people():
    reason = {"coding": [{"code": "pat-cpp"}]}
    asked = appointment("Patient/p1", "Practitioner/d1", "urn:uuid:some", cancelationReason=reason)

    row = mapped(asked, **{"urn:uuid:some": ("Location", "l1")})

    assert {name: each.id for name, each in row.refs.items()} == {
        "patient": "p1",
        "practitioner": "d1",
        "location": "l1",
    }
    assert row.fields["cancelled_by"] == "patient"
    typed = appointment(participant=[
        {"actor": {"reference": "urn:uuid:p1", "type": "Patient"}},
        {"actor": {"identifier": {"value": "9"}}},
        {"actor": {"reference": "Location/l1"}},
    ])  # fmt: skip
    assert mapped(typed).refs["patient"].id == "p1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"end": None}, "needs a start and an end"),
        ({"end": "2020-03-01T09:00:00-05:00"}, "needs a start and an end"),
        ({"status": "gone"}, "not one of FHIR R4"),
        ({"participant": []}, "names no patient"),
        ({"participant": [{"actor": {"reference": "Patient/p1"}}]}, "names no location"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused(changes, reason):
    assert reason in refused(appointment("Patient/p1", "Location/l1", **changes))


def test_a_reference_may_be_by_number():
    who = {"identifier": {"system": "urn:clinic", "value": "M-77"}}

    assert mapped(encounter(subject=who)).refs["patient"].system == "urn:clinic"
    assert "participant" not in mapped(encounter(serviceProvider={"display": "Somewhere"})).refs


def test_the_fingerprint_is_of_what_is_kept():
    plain = mapped(person()).fingerprint

    assert mapped(person(photo=[{"url": "https://example.org/a.png"}])).fingerprint == plain
    assert mapped(person(birthDate="1962-07-15")).fingerprint != plain


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "name", "birthDate", "deceasedDateTime", "identifier", "telecom", "address", "extension", "communication",
    "period", "subject", "participant", "status", "class", "type", "reasonCode", "location", "serviceProvider",
    "partOf", "start", "end", "patient", "relationship", "practitioner", "specialty", "qualification", "active",
]  # fmt: skip


@pytest.mark.parametrize("kind", list(MAPPERS))
@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_json_breaks_the_import(kind, fields):
    entry = Entry("a", kind, "x1", {"resourceType": kind} | fields)

    with suppress(Unmappable):  # anything else is a crash
        assert len(map_entry(entry, ZONE, MONDAY).fingerprint) == 64


def test_dates_of_birth_are_dates():
    assert mapped(person()).fields["birth_date"] == date(1962, 7, 14)
