"""Registering a person, and changing what is known of them."""

import threading
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection

from kernel.models import AuditEvent, OutboxEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope, StaleVersion
from office.roles import Role
from patients import actions
from patients.actions import AddressGiven, ContactGiven, RelatedGiven
from patients.models import ContactPoint, Patient, PatientLocation, RelatedPerson
from tests import factories
from tests.clock import at
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(location, desk):
    def perform(**changes):
        person = {"family_name": "Delgado", "given_name": "Rosa", "birth_date": date(1962, 7, 14)}
        asked = {"location": location, "at": at("09:00"), "by": desk} | person | changes
        return actions.register_patient(**asked)

    return perform


@pytest.fixture
def change(desk):
    def perform(patient, **changes):
        asked = {"version": patient.version, "at": at("09:00"), "by": desk} | changes
        return actions.change_patient(patient=patient, **asked)

    return perform


def test_a_registered_patient_has_a_number_and_a_place(register, location, desk):
    patient = register(middle_name="Maria", preferred_name="Rosie", gender="female")

    assert patient.medical_record_number.isdigit()
    assert list(patient.locations.all()) == [location]
    assert (patient.family_key, patient.given_key) == ("delgado", "rosa maria rosie")
    assert patient.search_key == "delgado rosa maria rosie"
    event = AuditEvent.objects.get()
    assert (event.action, event.subject_kind) == ("patients.register_patient", "patients.patient")
    assert (event.subject_ids, event.location_id) == ([patient.pk], location.pk)
    assert OutboxEvent.objects.get().payload == {"patient_id": str(patient.pk)}


def test_all_that_was_said_at_the_desk_is_kept(register):
    patient = register(
        contacts=[
            ContactGiven("phone", "(212) 736-5000", "mobile"),
            ContactGiven("phone", "555-0142", "home"),
            ContactGiven("phone", "555-0142", "work"),
            ContactGiven("email", "rosa@example.org"),
        ],
        address=AddressGiven(line="12 Pier St", city="Albany", state="NY", postal_code="12207"),
        related=[
            RelatedGiven("husband", "Delgado", "João", phone="555-0143", is_emergency_contact=True)
        ],
    )

    phones = patient.contact_points.filter(system="phone").order_by("rank")
    assert [(each.value, each.digits, each.rank, each.is_verified) for each in phones] == [
        ("(212) 736-5000", "2127365000", 1, True),
        ("555-0142", "5550142", 2, False),
    ]
    assert patient.contact_points.get(system="email").rank == 1
    assert str(patient.addresses.get()) == "12 Pier St, Albany, NY 12207"
    assert patient.related_persons.get().is_emergency_contact


def test_chart_numbers_follow_each_other(register):
    first, second = register(), register()

    assert int(second.medical_record_number) == int(first.medical_record_number) + 1


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"family_name": "", "given_name": " "}, "family_name", "has a name"),
        ({"family_name": "D" * 101}, "family_name", "at most 100 characters"),
        ({"birth_date": date(2026, 11, 17)}, "birth_date", "in the future"),
        ({"birth_date": date(1849, 12, 31)}, "birth_date", "before 1850"),
        ({"birth_date": date(9999, 12, 31)}, "birth_date", "in the future"),
        ({"gender": "robot"}, "gender", "not a valid choice"),
        ({"deceased_at": at("09:00", date(1950, 1, 1))}, "deceased_at", "before the birth date"),
        ({"deceased_at": at("09:00", date(2026, 12, 1))}, "deceased_at", "in the future"),
        ({"contacts": [ContactGiven("phone", "call me")]}, "value", "has digits"),
        ({"contacts": [ContactGiven("email", "rosa at home")]}, "value", "not an e-mail"),
        ({"contacts": [ContactGiven("pigeon", "x")]}, "system", "not a valid choice"),
        ({"contacts": [ContactGiven("phone", "1" * 255)]}, "value", "at most 254"),
        ({"address": AddressGiven(line=" ")}, "line", "a street, a city or a ZIP"),
        ({"address": AddressGiven(city="A" * 101)}, "city", "at most 100"),
        ({"related": [RelatedGiven("mother")]}, "family_name", "Give a name"),
        ({"related": [RelatedGiven("", "Delgado")]}, "relationship", "cannot be blank"),
    ],
)
def test_what_cannot_be_is_refused_whole(register, changes, field, sentence):
    with pytest.raises(Invalid, match=sentence) as refused:
        register(**changes)

    assert refused.value.field == field
    assert not Patient.objects.exists()
    assert not ContactPoint.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert AuditEvent.objects.get().outcome == "refused"


@pytest.mark.parametrize(
    ("family", "given"),
    [
        ("Müller-Łukasz", "Zoë"),
        ("بن سعيد", "ليلى"),
        ("כהן", "נועה"),
        ("🙂", "🙂🙂"),
        ("王", "小明"),
        ("", "Prince"),
    ],
)
def test_every_name_is_kept_as_it_is(register, family, given):
    patient = register(family_name=f"  {family}\u200f ", given_name=given)

    patient.refresh_from_db()
    assert (patient.family_name, patient.given_name) == (family, given)


def test_two_desks_at_once_get_two_numbers(transactional_db):
    together, numbers = threading.Barrier(2, timeout=5), []

    def desk():
        together.wait()
        numbers.extend(actions.take_chart_numbers(50))
        connection.close()

    desks = [threading.Thread(target=desk) for _ in range(2)]
    for each in desks:
        each.start()
    for each in desks:
        each.join()

    assert len(set(numbers)) == 100


def test_who_may_not_register_does_not(register, location):
    with pytest.raises(Forbidden):
        register(by=factories.actor(Role.BILLER, location))

    assert not Patient.objects.exists()


def test_nobody_registers_where_they_do_not_work(register, elsewhere):
    with pytest.raises(OutOfScope):
        register(location=elsewhere)

    assert not Patient.objects.exists()


def test_a_changed_name_is_found_under_the_new_one(change, patient):
    changed = change(patient, family_name="Santos", preferred_name="Rosie")

    assert changed.version == 2
    assert changed.family_key == "santos"
    assert changed.search_key.startswith("santos ")
    assert changed.history.get().family_name == patient.family_name
    event = AuditEvent.objects.get()
    assert sorted(event.details["fields"]) == ["family_name", "preferred_name"]


def test_what_stays_the_same_is_no_change(change, patient):
    assert change(patient, family_name=patient.family_name).version == 1


def test_two_people_with_one_form_open(change, patient):
    on_an_old_screen = Patient.objects.get(pk=patient.pk)
    change(patient, family_name="Santos")

    with pytest.raises(StaleVersion) as refused:
        change(on_an_old_screen, family_name="Souza")

    assert refused.value.theirs.family_name == "Santos"
    assert refused.value.yours["family_name"] == "Souza"
    assert Patient.objects.get().family_name == "Santos"


@pytest.mark.parametrize(
    "changes",
    [
        {"family_name": "", "given_name": ""},
        {"birth_date": date(2030, 1, 1)},
        {"language": "x" * 21},
        {"deceased_at": datetime(1900, 1, 1, tzinfo=ZoneInfo("UTC"))},
    ],
)
def test_a_change_that_cannot_be_is_refused(change, patient, changes):
    with pytest.raises(Invalid):
        change(patient, **changes)

    assert Patient.objects.get().version == 1


def test_a_patient_of_another_location_does_not_exist(change, elsewhere):
    patient = PatientFactory(at=[elsewhere])

    with pytest.raises(OutOfScope):
        change(patient, family_name="Santos")


def test_a_patient_without_a_location_belongs_to_nobody(change):
    with pytest.raises(OutOfScope):
        change(PatientFactory(), family_name="Santos")


def test_one_location_in_common_is_enough(change, location, elsewhere):
    patient = PatientFactory(at=[elsewhere, location])

    assert change(patient, family_name="Santos").family_name == "Santos"


def test_bringing_a_patient_here_opens_the_chart(desk, location, elsewhere):
    patient = PatientFactory(at=[elsewhere])

    actions.bring_patient_here(patient=patient, location=location, by=desk)
    actions.bring_patient_here(patient=patient, location=location, by=desk)

    assert patient in Patient.objects.visible_to(desk)
    assert PatientLocation.objects.count() == 2
    assert AuditEvent.objects.filter(location_id=location.pk, subject_ids=[patient.pk]).count() == 2


def test_nobody_brings_a_patient_where_they_do_not_work(desk, patient, elsewhere):
    with pytest.raises(OutOfScope):
        actions.bring_patient_here(patient=patient, location=elsewhere, by=desk)

    assert PatientLocation.objects.count() == 1


def test_adding_a_location_takes_one_statement(patient, elsewhere, django_assert_num_queries):
    with django_assert_num_queries(1):
        actions.add_patient_location(patient_id=patient.pk, location_id=elsewhere.pk)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"family_name": "", "given_name": ""}, "patient_has_a_name"),
        ({"gender": "robot"}, "patient_gender_known"),
        ({"birth_date": date(1849, 12, 31)}, "patient_born_in_reason"),
        ({"deceased_at": at("09:00", date(1960, 1, 1))}, "patient_died_after_birth"),
    ],
)
def test_the_database_itself_refuses(patient, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        Patient.objects.update(**changes)


def test_the_database_refuses_a_chart_number_twice(patient):
    with pytest.raises(IntegrityError, match="medical_record_number"):
        PatientFactory(medical_record_number=patient.medical_record_number)


def test_the_database_refuses_the_same_place_twice(patient, location):
    with pytest.raises(IntegrityError, match="patient_location_once"):
        PatientLocation.objects.create(patient=patient, location=location)


def test_the_database_refuses_to_relate_somebody_to_themselves(patient):
    with pytest.raises(IntegrityError, match="related_person_not_oneself"):
        RelatedPerson.objects.create(patient=patient, other_patient=patient, relationship="self")


def test_the_database_refuses_nobody_as_a_relative(patient):
    with pytest.raises(IntegrityError, match="related_person_has_a_name"):
        RelatedPerson.objects.create(patient=patient, relationship="mother")
