"""How to reach a patient, where they live, and who else matters."""

from datetime import date

import pytest
from django.db import IntegrityError

from kernel import undo
from kernel.models import AuditEvent
from kernel.refusals import Invalid, OutOfScope, StaleVersion
from patients import actions
from patients.actions import AddressGiven, ContactTwice, RelatedGiven
from patients.models import ContactPoint, PatientAddress, RelatedPerson
from patients.phones import read_phone
from tests.clock import at
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(patient, desk):
    def perform(value, system="phone", **more):
        return actions.add_contact(patient=patient, system=system, value=value, by=desk, **more)

    return perform


@pytest.fixture
def move(patient, desk):
    def perform(line, start=None, **more):
        address = AddressGiven(line=line, start_date=start, **more)
        return actions.move_patient(patient=patient, address=address, at=at("09:00"), by=desk)

    return perform


@pytest.fixture
def relate(patient, desk):
    def perform(**given):
        return actions.add_related_person(patient=patient, given=RelatedGiven(**given), by=desk)

    return perform


@pytest.mark.parametrize(
    ("typed", "digits", "is_valid"),
    [
        ("(212) 736-5000", "2127365000", True),
        ("+1 212 736 5000", "2127365000", True),
        ("+49 30 901820", "4930901820", True),
        ("555-856-9091", "5558569091", False),
        ("555-0142", "5550142", False),
        ("ask for Rosa", "", False),
        ("9" * 300, "9" * 40, False),
    ],
)
def test_a_phone_is_compared_by_its_digits(typed, digits, is_valid):
    phone = read_phone(typed)

    assert (phone.given, phone.digits, phone.is_valid) == (typed, digits, is_valid)


def test_the_first_number_is_asked_first(add):
    assert add("212 736 5000").rank == 1
    assert add("212 736 5001").rank == 2
    assert add("rosa@example.org", system="email").rank == 1


def test_another_number_can_be_asked_first(add, patient):
    add("212 736 5000")
    add("212 736 5001", is_first=True)

    first = patient.contact_points.get(rank=1)
    assert first.value == "212 736 5001"


def test_the_same_number_is_not_listed_twice(add, patient):
    add("212 736 5000")

    with pytest.raises(ContactTwice, match="listed for the patient already"):
        add("212 736 5000")

    assert patient.contact_points.count() == 1


def test_a_corrected_number_is_compared_anew(add, desk):
    contact = add("555-0142")

    changed = actions.change_contact(
        contact=contact, version=1, value="212 736 5000", use="mobile", is_first=True, by=desk
    )

    assert (changed.digits, changed.is_verified, changed.use) == ("2127365000", True, "mobile")
    assert changed.version == 2
    assert ContactPoint.history.field.model.objects.get().value == "555-0142"


def test_a_number_that_changed_meanwhile_is_not_overwritten(add, desk):
    contact = add("555-0142")
    actions.change_contact(contact=contact, version=1, value="555-0143", by=desk)

    with pytest.raises(StaleVersion):
        actions.change_contact(contact=contact, version=1, value="555-0144", by=desk)

    assert ContactPoint.objects.get().value == "555-0143"


def test_a_number_is_not_corrected_into_another_one(add, desk):
    add("555-0142")
    second = add("555-0143")

    with pytest.raises(ContactTwice):
        actions.change_contact(contact=second, version=1, value="555-0142", by=desk)


def test_when_the_first_number_goes_the_next_is_asked(add, patient, desk):
    first, second = add("555-0142"), add("555-0143")

    actions.remove_contact(contact=first, by=desk)

    second.refresh_from_db()
    assert (patient.contact_points.get(), second.rank) == (second, 1)
    event = AuditEvent.objects.get(action="patients.remove_contact")
    assert event.subject_ids == [patient.pk]


def test_a_later_number_goes_quietly(add, patient, desk):
    add("555-0142")

    actions.remove_contact(contact=add("555-0143"), by=desk)

    assert patient.contact_points.get().rank == 1


@pytest.mark.parametrize(
    "act", [actions.add_contact, actions.move_patient, actions.add_related_person]
)
def test_patients_of_other_locations_do_not_exist(act, elsewhere, desk):
    asked = {
        actions.add_contact: {"system": "phone", "value": "555-0142"},
        actions.move_patient: {"address": AddressGiven(city="Albany"), "at": at("09:00")},
        actions.add_related_person: {"given": RelatedGiven("mother", "Delgado")},
    }[act]

    with pytest.raises(OutOfScope):
        act(patient=PatientFactory(at=[elsewhere]), by=desk, **asked)


def test_a_contact_of_another_location_does_not_exist(elsewhere, desk):
    foreign = ContactPoint.objects.create(
        patient=PatientFactory(at=[elsewhere]), system="phone", value="555-0142"
    )

    with pytest.raises(OutOfScope):
        actions.remove_contact(contact=foreign, by=desk)

    assert ContactPoint.objects.exists()


def test_who_moves_keeps_the_old_address_in_the_history(move, patient):
    move("12 Pier St", date(2020, 1, 1))
    move("4 Elm Ave", date(2026, 3, 1))

    old, new = patient.addresses.order_by("start_date")
    assert (old.end_date, new.end_date) == (date(2026, 3, 1), None)


def test_a_move_begins_today_unless_said_otherwise(move):
    assert move("12 Pier St").start_date == date(2026, 11, 16)


def test_a_move_does_not_begin_before_the_one_it_follows(move, patient):
    move("12 Pier St", date(2020, 1, 1))

    with pytest.raises(Invalid, match="began on 01 Jan 2020"):
        move("4 Elm Ave", date(2019, 1, 1))

    assert patient.addresses.get().end_date is None


def test_a_mistyped_address_is_corrected_in_place(move, patient, desk):
    address = move("12 Peir St")

    changed = actions.change_address(
        address=address, version=1, given=AddressGiven(line="12 Pier St"), by=desk
    )

    assert (str(changed), changed.version) == ("12 Pier St", 2)
    assert patient.addresses.count() == 1


def test_an_address_keeps_something(move, desk):
    with pytest.raises(Invalid, match="at least"):
        actions.change_address(address=move("12 Pier St"), version=1, given=AddressGiven(), by=desk)


def test_an_address_that_changed_meanwhile_is_not_overwritten(move, desk):
    address = move("12 Peir St")
    actions.change_address(
        address=address, version=1, given=AddressGiven(line="12 Pier St"), by=desk
    )

    with pytest.raises(StaleVersion):
        actions.change_address(address=address, version=1, given=AddressGiven(line="x"), by=desk)


def test_an_address_ends(move, desk):
    ended = actions.end_address(address=move("12 Pier St"), end_date=date(2026, 12, 1), by=desk)

    assert ended.end_date == date(2026, 12, 1)


def test_an_address_does_not_end_before_it_began(move, desk):
    address = move("12 Pier St", date(2020, 1, 1))

    with pytest.raises(Invalid, match="before it began"):
        actions.end_address(address=address, end_date=date(2019, 1, 1), by=desk)


def test_an_ended_address_does_not_begin_after_its_end(move, desk):
    address = actions.end_address(
        address=move("12 Pier St", date(2020, 1, 1)), end_date=date(2021, 1, 1), by=desk
    )

    with pytest.raises(Invalid, match="after it ended"):
        actions.change_address(
            address=address,
            version=address.version,
            given=AddressGiven(line="12 Pier St", start_date=date(2022, 1, 1)),
            by=desk,
        )


def test_a_relative_who_is_a_patient_is_linked(relate, location):
    mateo = PatientFactory(at=[location])

    assert relate(relationship="grandson", other_patient=mateo).other_patient == mateo


def test_nobody_is_related_to_themselves(relate, patient):
    with pytest.raises(Invalid, match="related to themselves"):
        relate(relationship="self", other_patient=patient)


def test_a_relative_is_changed_and_removed(relate, desk):
    person = relate(relationship="mother", given_name="Ana")

    changed = actions.change_related_person(
        person=person, version=1, given=RelatedGiven("aunt", given_name="Ana"), by=desk
    )
    actions.remove_related_person(person=changed, by=desk)

    assert changed.relationship == "aunt"
    assert not RelatedPerson.objects.get().is_active


def test_a_removed_relative_comes_back(relate, desk):
    person = relate(relationship="mother", given_name="Ana")
    token = actions.remove_related_person(person=person, by=desk)

    undo.take(token, by=desk)

    assert RelatedPerson.objects.get().is_active
    with pytest.raises(undo.CannotUndo):
        undo.take(token, by=desk)


def test_a_removed_number_comes_back_as_it_was(add, patient, desk):
    contact = add("212 736 5000", use="mobile")
    add("555-0142")
    token = actions.remove_contact(contact=contact, by=desk)

    undo.take(token, by=desk)

    first, second = patient.contact_points.order_by("rank")
    assert (first.pk, first.value, first.use, first.digits) == (
        contact.pk, "212 736 5000", "mobile", "2127365000",
    )  # fmt: skip
    assert second.value == "555-0142"


def test_a_removed_number_that_was_entered_again_stays_as_it_is(add, patient, desk):
    token = actions.remove_contact(contact=add("555-0142"), by=desk)
    add("555-0142")

    with pytest.raises(ContactTwice):
        undo.take(token, by=desk)

    assert patient.contact_points.count() == 1


def test_nothing_is_put_back_that_was_not_removed(patient, desk):
    token = undo.offer("patients.remove_contact", by=desk, contact_id=patient.pk)

    with pytest.raises(undo.CannotUndo):
        undo.take(token, by=desk)


def test_a_relative_who_changed_meanwhile_is_not_overwritten(relate, desk):
    person = relate(relationship="mother", given_name="Ana")
    given = RelatedGiven("aunt", given_name="Ana")
    actions.change_related_person(person=person, version=1, given=given, by=desk)

    with pytest.raises(StaleVersion):
        actions.change_related_person(person=person, version=1, given=given, by=desk)


def test_the_database_refuses_a_number_twice(add, patient):
    add("555-0142")

    with pytest.raises(IntegrityError, match="contact_point_once"):
        ContactPoint.objects.create(patient=patient, system="phone", value="555-0142")


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [({"system": "pigeon"}, "contact_point_system_known"), ({"rank": 0}, "contact_point_ranked")],
)
def test_the_database_refuses_strange_contacts(add, changes, constraint):
    add("555-0142")

    with pytest.raises(IntegrityError, match=constraint):
        ContactPoint.objects.update(**changes)


def test_the_database_refuses_two_homes_at_once(move, patient):
    move("12 Pier St")

    with pytest.raises(IntegrityError, match="address_current_once_per_use"):
        PatientAddress.objects.create(patient=patient, line="4 Elm Ave")


def test_the_database_refuses_an_address_that_runs_backward(move):
    move("12 Pier St")

    with pytest.raises(IntegrityError, match="address_forward"):
        PatientAddress.objects.update(start_date=date(2020, 1, 2), end_date=date(2020, 1, 1))
