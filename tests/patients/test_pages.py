"""The pages of the patients' room: who may open them, what they say when refused, what they record."""

import json
from datetime import date

import pytest
from django.urls import reverse

from kernel import subjects
from kernel.models import AuditEvent
from office.roles import Role
from patients import actions
from patients.models import ContactPoint, Encounter, Patient, PatientAddress, RelatedPerson
from tests import factories
from tests.clock import at
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def rosa(location):
    return PatientFactory(family_name="Delgado", given_name="Rosa", at=[location])


@pytest.fixture
def stranger(elsewhere):
    return PatientFactory(family_name="Delgado", given_name="Mateo", at=[elsewhere])


@pytest.fixture
def front_desk(signed_in, location):
    return signed_in(Role.FRONT_DESK, location)


@pytest.fixture
def biller(signed_in, location):
    return signed_in(Role.BILLER, location)


@pytest.fixture
def belongings(rosa):
    """One of each that belongs to a patient, by the name of its page."""
    return {
        "contact": ContactPoint.objects.create(patient=rosa, system="phone", value="555-0142"),
        "address": PatientAddress.objects.create(patient=rosa, line="12 Pier St"),
        "related": RelatedPerson.objects.create(
            patient=rosa, relationship="sister", given_name="Ana"
        ),
    }


def page(name, *ids):
    return reverse(f"patients:{name}", args=ids)


REGISTRATION = {
    "family_name": "Vega",
    "given_name": "Marisol",
    "birth_date": "5/11/1993",
    "gender": "female",
    "phone": "(212) 736-5000",
}
FULL = REGISTRATION | {
    "phone_use": "mobile",
    "race": ["White", "Asian"],
    "address_line": "1 Elm Ave",
}


# ---- finding ----


def test_a_name_is_found_and_its_patient_recorded_as_seen(front_desk, rosa, stranger):
    answer = front_desk.post(page("finder"), {"q": "delg"}, **HTMX)

    assert answer.status_code == 200
    assert "DELGADO, Rosa" in answer.text
    assert page("profile", rosa.pk) in answer.text
    assert page("bring-here", stranger.pk) in answer.text
    event = AuditEvent.objects.get(action="patients:finder")
    assert set(event.subject_ids) == {rosa.pk, stranger.pk}


def test_the_finder_works_without_scripts(front_desk, rosa):
    answer = front_desk.post(page("finder"), {"q": "delg"})

    assert "<html" in answer.text
    assert "DELGADO, Rosa" in answer.text


def test_the_finder_begins_with_whom_one_opened_last(front_desk, rosa):
    assert "Patients you open stand here" in front_desk.get(page("finder")).text

    front_desk.get(page("profile", rosa.pk))

    assert "DELGADO, Rosa" in front_desk.get(page("finder")).text


def test_no_search_term_ever_stands_in_an_address(front_desk, rosa):
    assert "DELGADO" not in front_desk.get(page("finder"), {"q": "delg"}).text


def test_nobody_found_says_what_to_try(front_desk, rosa):
    assert "Try fewer letters" in front_desk.post(page("finder"), {"q": "xyz"}, **HTMX).text


@pytest.mark.parametrize(
    "typed", ["🙂", "ليلى", "\x00", "0/0/0000", "9999-12-31", "a" * 5000, "%_\\'\""]
)
def test_no_search_breaks_the_finder(front_desk, rosa, typed):
    assert front_desk.post(page("finder"), {"q": typed}, **HTMX).status_code == 200


def test_a_list_longer_than_the_page_says_so(front_desk, location):
    for _ in range(26):
        PatientFactory(family_name="Smith", at=[location])

    assert "More patients fit" in front_desk.post(page("finder"), {"q": "smith"}, **HTMX).text


def test_a_longer_list_asks_no_more_questions(front_desk, location, django_assert_max_num_queries):
    front_desk.get(page("finder"))
    for _ in range(20):
        PatientFactory(family_name="Smith", at=[location])

    with django_assert_max_num_queries(9):
        front_desk.post(page("finder"), {"q": "smith"}, **HTMX)


def test_forms_get_suggestions_to_pick_from(front_desk, rosa):
    answer = front_desk.post(page("suggest"), {"q": "delg"})

    assert f'data-value="{rosa.pk}"' in answer.text
    assert rosa.medical_record_number in answer.text


def test_the_palette_finds_patients_of_all_locations(desk, rosa, stranger):
    hits = {hit.id: hit for hit in subjects.search("delgado", desk)}

    assert hits[rosa.pk].url == page("profile", rosa.pk)
    assert hits[stranger.pk].url == page("elsewhere", stranger.pk)
    assert "Female" not in hits[stranger.pk].detail


def test_labels_are_given_only_for_patients_of_mine(desk, rosa, stranger):
    pairs = [("patients.patient", rosa.pk), ("patients.patient", stranger.pk)]

    assert subjects.labels(pairs, desk) == {("patients.patient", rosa.pk): "Delgado, Rosa"}
    assert subjects.of("patients.patient").url(rosa.pk) == page("profile", rosa.pk)


# ---- opening ----


@pytest.mark.parametrize(
    "name", ["profile", "visits", "details", "change", "contact-add", "address-add", "related-add"]
)
def test_a_patient_of_another_location_is_not_there(front_desk, stranger, name):
    assert front_desk.get(page(name, stranger.pk)).status_code == 404


@pytest.mark.parametrize("name", ["profile", "visits", "details", "mini"])
def test_who_may_look_sees_the_patient_and_is_recorded(biller, rosa, name):
    answer = biller.get(page(name, rosa.pk))

    assert "DELGADO" in answer.text
    event = AuditEvent.objects.get(action=f"patients:{name}")
    assert (event.outcome, event.subject_ids) == ("read", [rosa.pk])


@pytest.mark.parametrize("name", ["change", "contact-add", "address-add", "related-add"])
def test_who_may_only_look_changes_nothing(biller, rosa, name):
    assert biller.get(page(name, rosa.pk)).status_code == 403
    assert page(name, rosa.pk) not in biller.get(page("profile", rosa.pk)).text


def test_a_stranger_is_asked_to_sign_in(client, rosa):
    assert client.get(page("profile", rosa.pk)).status_code == 302


def test_no_title_carries_a_name(front_desk, rosa):
    for name in ("profile", "visits", "details", "change"):
        answer = front_desk.get(page(name, rosa.pk)).text
        assert "elgado" not in answer.split("</title>")[0].split("<title>")[1]


def test_the_profile_tells_what_matters(front_desk, rosa, location, practitioner, desk):
    Patient.objects.filter(pk=rosa.pk).update(
        needs_interpreter=True,
        language="pt-BR",
        note="Call after 3",
        deceased_at=at("09:00"),
        is_active=False,
    )
    actions.add_contact(patient=rosa, system="phone", value="555-0142", use="home", by=desk)
    actions.move_patient(
        patient=rosa,
        address=actions.AddressGiven(city="Albany", start_date=date(2020, 1, 1)),
        at=at("09:00"),
        by=desk,
    )
    given = actions.RelatedGiven(
        "sister", given_name="Ana", phone="555-0199", is_emergency_contact=True
    )
    actions.add_related_person(patient=rosa, given=given, by=desk)
    Encounter.objects.create(
        patient=rosa, location=location, practitioner=practitioner, status="finished", kind="Follow-up",
        period=(at("09:02"), at("09:41")), arrived_at=at("09:02"), roomed_at=at("09:15"), left_at=at("09:41"),
    )  # fmt: skip

    seen = front_desk.get(page("profile", rosa.pk)).text

    for words in (
        "Interpreter", "Portuguese", "Call after 3", "Died", "Not a patient", "555-0142", "Not verified", "Albany",
        "Ana", "Emergency", f"Follow-up with {practitioner.family_name}, MD", "In 9:02, room 9:15, out 9:41",
    ):  # fmt: skip
        assert words in seen, words


def test_family_is_seen_from_both_sides(front_desk, rosa, location, desk):
    mateo = PatientFactory(family_name="Delgado", given_name="Mateo", at=[location])
    given = actions.RelatedGiven("grandson", other_patient=mateo)
    actions.add_related_person(patient=rosa, given=given, by=desk)

    assert page("profile", mateo.pk) in front_desk.get(page("profile", rosa.pk)).text
    theirs = front_desk.get(page("profile", mateo.pk)).text
    assert page("profile", rosa.pk) in theirs
    assert "Mateo is grandson" in theirs


def test_a_relative_of_another_location_has_a_name_and_no_door(front_desk, rosa, stranger, desk):
    given = actions.RelatedGiven("grandson", other_patient=stranger)
    actions.add_related_person(patient=rosa, given=given, by=desk)

    seen = front_desk.get(page("profile", rosa.pk)).text

    assert "Mateo Delgado" in seen
    assert page("profile", stranger.pk) not in seen


def test_the_profile_fetches_itself_as_a_fragment(front_desk, rosa):
    assert "<html" not in front_desk.get(page("profile", rosa.pk), **HTMX).text


def test_more_visits_cost_no_more_questions(
    front_desk, rosa, location, practitioner, django_assert_max_num_queries
):
    front_desk.get(page("profile", rosa.pk))
    for hour in range(10, 20):
        Encounter.objects.create(
            patient=rosa, location=location, practitioner=practitioner, status="unknown",
            period=(at(f"{hour}:00"), None),
        )  # fmt: skip

    with django_assert_max_num_queries(25):
        assert "All visits" in front_desk.get(page("profile", rosa.pk)).text


def test_visits_come_by_the_page(front_desk, rosa):
    Encounter.objects.bulk_create(
        Encounter(patient=rosa, status="unknown", kind=f"Visit {n}", period=(at("09:00"), None))
        for n in range(51)
    )

    first = front_desk.get(page("visits", rosa.pk)).text
    second = front_desk.get(page("visits", rosa.pk), {"page": "2"}).text

    assert "1–50 of 51" in first
    assert "51–51 of 51" in second
    assert "51–51 of 51" in front_desk.get(page("visits", rosa.pk), {"page": "99"}).text


def test_details_tell_all_that_is_known(front_desk, rosa, desk):
    Patient.objects.filter(pk=rosa.pk).update(
        race="White; Asian",
        language="xx",
        marital_status="M",
        birth_sex="F",
        deceased_at=at("09:00"),
    )
    address = PatientAddress.objects.create(
        patient=rosa, line="4 Elm Ave", end_date=date(2020, 1, 1)
    )
    PatientAddress.objects.create(patient=rosa, line="12 Pier St", start_date=date(2020, 1, 1))
    rosa.identifiers.create(system="urn:other", value="M-77", kind="MR")
    rosa.identifiers.create(system="http://hl7.org/fhir/sid/us-ssn", value="999-99-5015", kind="SS")

    seen = front_desk.get(page("details", rosa.pk)).text

    for words in (
        "White; Asian",
        "xx",
        "Married",
        str(address),
        "12 Pier St",
        "M-77",
        "16 Nov 2026",
    ):
        assert words in seen, words
    assert "999-99-5015" not in seen


# ---- other locations ----


def test_of_a_patient_elsewhere_one_sees_who_it_is_and_nothing_more(front_desk, stranger):
    Patient.objects.filter(pk=stranger.pk).update(preferred_name="Teo")
    ContactPoint.objects.create(
        patient=stranger, system="phone", value="555-0142", digits="5550142"
    )

    seen = front_desk.get(page("elsewhere", stranger.pk)).text
    small = front_desk.get(page("mini", stranger.pk)).text

    for text in (seen, small):
        assert "DELGADO, Mateo" in text
        assert stranger.medical_record_number in text
        assert "555-0142" not in text
        assert "Teo" not in text
        assert "Female" not in text


def test_a_patient_of_mine_is_not_elsewhere(front_desk, rosa):
    assert front_desk.get(page("elsewhere", rosa.pk)).url == page("profile", rosa.pk)


def test_bringing_a_patient_here_opens_the_profile(front_desk, stranger, location):
    answer = front_desk.post(page("bring-here", stranger.pk), {"location": location.pk})

    assert answer.url == page("profile", stranger.pk)
    assert front_desk.get(answer.url).status_code == 200
    answer = front_desk.post(page("bring-here", stranger.pk), **HTMX)
    assert answer.headers["HX-Redirect"] == page("profile", stranger.pk)


def test_a_biller_brings_nobody(biller, stranger):
    assert biller.post(page("bring-here", stranger.pk)).status_code == 403
    assert "front desk of your location" in biller.get(page("elsewhere", stranger.pk)).text


def test_who_works_nowhere_brings_and_registers_nobody(signed_in, stranger):
    client = signed_in(Role.FRONT_DESK)

    assert client.post(page("bring-here", stranger.pk)).url == page("elsewhere", stranger.pk)
    answer = client.post(page("quick"), REGISTRATION)
    assert answer.status_code == 422
    assert "You work at no location yet" in answer.text


# ---- registering ----


def test_the_registration_page_registers(front_desk, location):
    assert front_desk.get(page("register")).status_code == 200

    answer = front_desk.post(page("register"), FULL | {"location": location.pk})

    patient = Patient.objects.get()
    assert answer.url == page("profile", patient.pk)
    assert (patient.birth_date, patient.race) == (date(1993, 5, 11), "White; Asian")
    assert patient.addresses.get().line == "1 Elm Ave"
    assert patient.contact_points.get().use == "mobile"


def test_five_fields_are_enough(front_desk, location):
    assert front_desk.get(page("quick"), **HTMX).status_code == 200

    answer = front_desk.post(page("quick"), REGISTRATION, **HTMX)

    assert answer.headers["HX-Redirect"] == page("profile", Patient.objects.get().pk)


@pytest.mark.parametrize("back", ["/schedule/book/?start=9", "/schedule/"])
def test_after_the_five_fields_one_goes_on_where_one_was(front_desk, location, back):
    asked = REGISTRATION | {"back": back}
    plain = front_desk.post(page("quick"), asked)
    patient = Patient.objects.get()

    assert plain.url == f"{back}{'&' if '?' in back else '?'}patient={patient.pk}"
    answer = front_desk.post(page("quick"), asked | {"not_a_duplicate": "1"}, **HTMX)
    assert answer.url.startswith("/schedule/")
    assert not {"HX-Location", "HX-Push-Url"} & set(answer.headers)  # the page keeps its address


def test_from_the_five_fields_there_is_a_way_back_to_the_booking(front_desk, location):
    back = "/schedule/new/?draft=1"

    assert f'hx-get="{back}"' in front_desk.get(page("quick"), {"back": back}, **HTMX).text
    assert "Back to the booking" not in front_desk.get(page("quick"), **HTMX).text


@pytest.mark.parametrize(
    "back", ["https://evil.example/x", "//evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_out_of_the_house(front_desk, location, back):
    assert "evil" not in front_desk.get(page("quick"), {"back": back}).text
    assert "evil" not in front_desk.post(page("quick"), REGISTRATION | {"back": back}).url


def test_who_may_be_here_already_is_asked_about_first(front_desk, rosa):
    twin = REGISTRATION | {
        "family_name": "Delgado",
        "given_name": "Roza",
        "birth_date": "7/14/1962",
    }

    asked = front_desk.post(page("quick"), twin, **HTMX)
    full = front_desk.post(page("register"), FULL | twin | {"location": rosa.locations.get().pk})

    for answer in (asked, full):
        assert answer.status_code == 422
        assert "Born on the same day, a similar name" in answer.text
    assert page("profile", rosa.pk) in asked.text
    assert Patient.objects.count() == 1

    assert front_desk.post(page("quick"), twin | {"not_a_duplicate": "1"}).status_code == 302
    assert Patient.objects.count() == 2


def test_while_typing_who_may_be_here_is_shown(front_desk, rosa):
    typed = {
        "family_name": "Delgado",
        "given_name": "Rosa",
        "birth_date": "7/14/62",
        "back": "/schedule/",
    }

    answer = front_desk.post(page("duplicates"), typed, **HTMX)

    assert f"/schedule/?patient={rosa.pk}" in answer.text
    assert AuditEvent.objects.filter(action="patients:duplicates", subject_ids=[rosa.pk]).exists()
    assert "elgado" not in front_desk.post(page("duplicates"), {}, **HTMX).text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"family_name": ""}, "This field is required"),
        ({"family_name": "D" * 101}, "at most 100 characters"),
        ({"birth_date": "yesterday"}, "Type it as 7/14/1962"),
        ({"birth_date": "1/1/0000"}, "Type it as 7/14/1962"),
        ({"birth_date": "1/1/9999"}, "lies in the future"),
        ({"birth_date": "1/1/1066"}, "before 1850"),
        ({"birth_date": ""}, "This field is required"),
        ({"phone": "call me"}, "A phone number has digits"),
        ({"phone": "1" * 61}, "at most 60 characters"),
        ({"gender": "robot"}, "Select a valid choice"),
        ({"given_name": "Ro\x00sa"}, "Null characters are not allowed"),
    ],
)
def test_what_is_refused_says_why_and_keeps_what_was_typed(front_desk, changes, sentence):
    typed = REGISTRATION | {"given_name": "🙂 Marisol"} | changes

    answer = front_desk.post(page("quick"), typed, **HTMX)

    assert answer.status_code == 422
    assert sentence in answer.text
    if "given_name" not in changes:
        assert "🙂 Marisol" in answer.text
    assert not Patient.objects.exists()


def test_the_full_page_refuses_in_the_same_way(front_desk, location):
    typed = FULL | {"location": location.pk, "family_name": "", "given_name": ""}

    answer = front_desk.post(page("register"), typed, **HTMX)

    assert answer.status_code == 422
    assert "A patient has a name." in answer.text
    assert 'value="1 Elm Ave"' in answer.text


def test_nobody_is_registered_at_a_place_where_one_does_not_work(front_desk, elsewhere):
    answer = front_desk.post(page("register"), FULL | {"location": elsewhere.pk})

    assert answer.status_code == 422
    assert not Patient.objects.exists()


def test_an_empty_request_is_answered_with_the_form(front_desk, location):
    for name in ("register", "quick"):
        assert front_desk.post(page(name), {}).status_code == 422


# ---- changing ----


def typed_for(patient, **changes):
    return {
        "version": patient.version,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "birth_date": "7/14/1962",
        "gender": "female",
        "is_active": "on",
    } | changes


def test_details_are_changed_in_the_drawer(front_desk, rosa):
    form = front_desk.get(page("change", rosa.pk), **HTMX).text
    assert 'value="7/14/1962"' in form

    typed = typed_for(rosa, family_name="Santos", deceased_date="11/1/2026", race=["White"])
    answer = front_desk.post(page("change", rosa.pk), typed, **HTMX)

    assert answer.status_code == 204
    assert "close-drawer" in answer.headers["HX-Trigger"]
    assert f"patient:{rosa.pk}" in answer.headers["HX-Trigger"]
    rosa.refresh_from_db()
    assert (rosa.family_name, rosa.race) == ("Santos", "White")
    assert rosa.deceased_at.date() == date(2026, 11, 1)


def test_without_scripts_one_is_led_back_to_the_profile(front_desk, rosa):
    answer = front_desk.post(page("change", rosa.pk), typed_for(rosa, note="Call first"))

    assert answer.url == page("profile", rosa.pk)
    assert (
        "elgado" not in front_desk.get(page("details", rosa.pk)).text.split("data-toast>")[1][:200]
    )


def test_a_death_that_stands_keeps_its_hour(front_desk, rosa):
    Patient.objects.filter(pk=rosa.pk).update(deceased_at=at("03:17", date(2026, 11, 1)))

    front_desk.post(page("change", rosa.pk), typed_for(rosa, deceased_date="11/1/2026"))

    rosa.refresh_from_db()
    assert rosa.deceased_at == at("03:17", date(2026, 11, 1))


def test_what_an_import_brought_is_not_lost_by_a_form(front_desk, rosa):
    imported = {
        "language": "pt-BR",
        "marital_status": "Z",
        "ethnicity": "Other",
        "race": "Irish; White",
        "birth_sex": "X",
    }
    Patient.objects.filter(pk=rosa.pk).update(**imported)
    typed = typed_for(rosa, **imported | {"race": ["Irish", "White"]})

    assert front_desk.post(page("change", rosa.pk), typed).status_code == 302

    assert Patient.objects.filter(pk=rosa.pk, **imported).exists()


def test_two_desks_with_one_form_open_see_theirs_and_yours(front_desk, rosa, desk):
    typed = typed_for(rosa, family_name="Souza", needs_interpreter="on", race=["White"])
    actions.change_patient(patient=rosa, version=1, at=at("09:00"), by=desk, family_name="Santos")

    answer = front_desk.post(page("change", rosa.pk), typed, **HTMX)

    assert answer.status_code == 409
    for words in ("Somebody else changed this", "Santos", "Souza", "White", 'value="2"'):
        assert words in answer.text, words
    assert front_desk.post(page("change", rosa.pk), typed | {"version": 2}).status_code == 302
    assert Patient.objects.get().family_name == "Souza"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"family_name": "", "given_name": ""}, "A patient has a name."),
        ({"deceased_date": "1/1/1950"}, "before the birth date"),
        ({"birth_date": "1/1/2099"}, "lies in the future"),
        ({"note": "x" * 301}, "at most 300"),
    ],
)
def test_a_change_that_cannot_be_keeps_what_was_typed(front_desk, rosa, changes, sentence):
    answer = front_desk.post(
        page("change", rosa.pk), typed_for(rosa, preferred_name="Rosie") | changes, **HTMX
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Rosie"' in answer.text


def test_each_belonging_has_a_form(front_desk, belongings):
    for name, row in belongings.items():
        assert front_desk.get(page(name, row.pk), **HTMX).status_code == 200, name
    assert front_desk.get(page("address-end", belongings["address"].pk)).status_code == 200


def test_belongings_are_added_changed_and_taken_away(front_desk, rosa, belongings):
    sent = {
        ("contact-add", rosa): {"system": "email", "value": "rosa@example.org", "use": "home"},
        ("address-add", rosa): {"line": "4 Elm Ave"},
        ("related-add", rosa): {"relationship": "mother", "given_name": "Inês"},
        ("contact", belongings["contact"]): {
            "version": 1,
            "value": "212 736 5000",
            "use": "mobile",
        },
        ("address", belongings["address"]): {"version": 2, "line": "12 Pier Street"},
        ("address-end", belongings["address"]): {"end_date": "12/1/2026"},
        ("related", belongings["related"]): {
            "version": 1,
            "relationship": "aunt",
            "given_name": "Ana",
        },
        ("contact-remove", belongings["contact"]): {},
        ("related-remove", belongings["related"]): {},
    }
    for (name, row), typed in sent.items():
        answer = front_desk.post(page(name, row.pk), typed, **HTMX)
        assert answer.status_code == 204, (name, answer.text)

    assert rosa.contact_points.get().value == "rosa@example.org"
    assert set(rosa.addresses.values_list("line", flat=True)) == {"12 Pier Street", "4 Elm Ave"}
    assert rosa.related_persons.get(is_active=True).given_name == "Inês"


@pytest.mark.parametrize("name", ["contact", "related"])
def test_what_was_taken_away_can_be_put_back(front_desk, belongings, name):
    row = belongings[name]
    answer = front_desk.post(page(f"{name}-remove", row.pk), **HTMX)
    way_back = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]

    assert front_desk.post(way_back, **HTMX).status_code == 204

    assert page(name, row.pk) in front_desk.get(page("profile", row.patient_id)).text


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("contact-add", {"system": "phone", "value": "555-0142"}, "listed for the patient already"),
        ("contact-add", {"system": "email", "value": "rosa at home"}, "not an e-mail address"),
        ("contact-add", {"system": "phone", "value": "🙂"}, "has digits"),
        ("address-add", {}, "a street, a city or a ZIP"),
        ("address-add", {"line": "x" * 201}, "at most 200"),
        ("related-add", {"relationship": "mother"}, "Give a name"),
        ("related-add", {"relationship": ""}, "This field is required"),
        ("related-add", {"relationship": "son", "other_patient_id": "01930000-0000-7000-8000-000000000000"},
         "Pick one of the patients found"),
        ("related-add", {"relationship": "son", "other_patient_id": "x"}, "valid UUID"),
    ],
)  # fmt: skip
def test_a_belonging_that_cannot_be_says_why(front_desk, rosa, belongings, name, typed, sentence):
    answer = front_desk.post(page(name, rosa.pk), typed, **HTMX)

    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_relative_who_is_a_patient_is_picked(front_desk, rosa, location):
    mateo = PatientFactory(given_name="Mateo", at=[location])
    typed = {"relationship": "grandson", "other_patient_id": str(mateo.pk)}

    assert front_desk.post(page("related-add", rosa.pk), typed, **HTMX).status_code == 204

    person = RelatedPerson.objects.get()
    assert person.other_patient == mateo
    assert "Mateo" in front_desk.get(page("related", person.pk), **HTMX).text


def test_a_belonging_changed_meanwhile_is_shown_beside_mine(front_desk, belongings, desk):
    contact = belongings["contact"]
    actions.change_contact(contact=contact, version=1, value="555-0143", use="home", by=desk)

    answer = front_desk.post(
        page("contact", contact.pk), {"version": 1, "value": "555-0144"}, **HTMX
    )

    assert answer.status_code == 409
    assert "555-0143" in answer.text
    assert "555-0144" in answer.text


def test_belongings_of_another_location_are_not_there(front_desk, belongings, elsewhere, rosa):
    rosa.patientlocation_set.update(location=elsewhere)

    for name, row in belongings.items():
        assert front_desk.get(page(name, row.pk)).status_code == 404, name
    for name in ("contact-remove", "related-remove"):
        row = belongings[name.removesuffix("-remove")]
        assert front_desk.post(page(name, row.pk)).status_code == 404, name


def test_patients_stand_in_the_navigation(front_desk, signed_in, location):
    assert f'href="{page("finder")}"' in front_desk.get(page("finder")).text
    assert (
        signed_in(factories.UserFactory(role=Role.HR, at=[location]))
        .get(page("finder"))
        .status_code
        == 403
    )
