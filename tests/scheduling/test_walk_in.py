"""Somebody walks in: booked and arrived by one form."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse

from office.roles import Role
from scheduling.actions.flow import arrive
from scheduling.models import Appointment
from tests import factories
from tests.clock import at

HTMX = {"HX-Request": "true", "HX-Target": "drawer"}
URL = "/today/walk-in/"


@pytest.fixture
def at_the_desk(signed_in, location):
    with time_machine.travel(at("09:12"), tick=False):
        yield signed_in(Role.FRONT_DESK, location)


@pytest.fixture
def terms(patient, practitioner, follow_up):
    return {
        "patient": patient.pk,
        "appointment_type": follow_up.pk,
        "practitioner": practitioner.pk,
    }


def test_a_walk_in_waits_at_once_and_can_be_undone_whole(at_the_desk, terms):
    answer = at_the_desk.post(URL, terms, headers=HTMX)

    assert answer.status_code == 204
    visit = Appointment.objects.get()
    assert (visit.status, visit.is_walk_in, visit.period.lower) == ("arrived", True, at("09:10"))
    undo = re.search(r"/undo/[^\"]+", answer.headers["HX-Trigger"])[0]
    assert at_the_desk.post(undo, headers={"HX-Request": "true"}).status_code == 204
    visit.refresh_from_db()
    assert (visit.status, visit.encounter) == ("entered-in-error", None)


def test_a_walk_in_beside_a_visit_is_an_overbooking(at_the_desk, terms, book):
    book("09:00", "09:30")

    at_the_desk.post(URL, terms, headers=HTMX)

    assert Appointment.objects.get(is_walk_in=True).lane == 1


def test_the_form_comes_back_with_what_was_typed(at_the_desk, terms):
    answer = at_the_desk.post(URL, terms | {"patient": "", "note": "limps"}, headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Pick one of the patients" in page
    assert "limps" in page
    assert not Appointment.objects.exists()


def test_the_patient_of_a_link_is_picked_already(at_the_desk, patient):
    page = at_the_desk.get(f"{URL}?patient={patient.pk}").content.decode()

    assert f'value="{patient.pk}"' in page


def test_somebody_new_is_entered_on_the_way_and_the_note_is_there_again(at_the_desk, terms):
    door = reverse("scheduling:new-patient", args=["walk-in"])
    assert door in at_the_desk.get(URL).text

    sent = at_the_desk.post(door, terms | {"patient": "", "note": "limps"}, headers=HTMX)

    assert "limps" not in sent.url
    back = parse_qs(urlsplit(sent.url).query)["back"][0]
    five = {
        "family_name": "Ikeda",
        "given_name": "Yui",
        "birth_date": "3/4/1990",
        "gender": "female",
    }
    registered = at_the_desk.post(reverse("patients:quick"), five | {"back": back})
    again = at_the_desk.get(registered.url, headers=HTMX).text
    assert "IKEDA, Yui" in again
    assert "limps" in again


def test_who_is_free_first_is_chosen_already(at_the_desk, practitioner, location, book):
    book("09:00", "11:00")
    free = factories.PractitionerFactory(available=location)

    page = at_the_desk.get(URL).text

    assert f'value="{free.pk}" selected' in page
    assert f'value="{practitioner.pk}" selected' not in page


def test_with_nobody_free_today_the_desk_chooses(at_the_desk, follow_up, practitioner):
    practitioner.availabilities.all().delete()

    assert "selected>Choose" in at_the_desk.get(URL).text


@pytest.mark.parametrize("who", ["x", "", "01930000-0000-7000-8000-000000000000"])
def test_a_link_to_nobody_opens_an_empty_form(at_the_desk, practice, who):
    assert at_the_desk.get(f"{URL}?patient={who}").status_code == 200


def test_without_scripts_it_goes_back_to_the_board(at_the_desk, terms):
    answer = at_the_desk.post(URL, terms, follow=True)

    assert answer.redirect_chain == [("/today/", 302)]
    assert [str(message) for message in answer.context["messages"]] == ["Walked in."]


def test_a_patient_whose_record_is_closed_is_refused_with_a_sentence(at_the_desk, terms, patient):
    patient.is_active = False
    patient.save()

    answer = at_the_desk.post(URL, terms, headers=HTMX)

    assert answer.status_code == 422
    assert "record is closed" in answer.content.decode()
    assert not Appointment.objects.exists()


PICKED = "/schedule/new/patients/picked/?for=walk-in"


def test_who_is_expected_later_today_is_marked_arrived_instead(at_the_desk, patient, book):
    visit = book("14:05", patient=patient)

    picked = at_the_desk.post(PICKED, {"patient": patient.pk}, headers=HTMX).text

    assert f"Expected at 2:05 with {visit.practitioner.family_name}." in picked
    button = re.search(r'hx-post="([^"]+/arrive/)"', picked)[1]
    answer = at_the_desk.post(button, {"patient": patient.pk}, headers=HTMX)
    assert answer.status_code == 204
    assert "close-drawer" in answer.headers["HX-Trigger"]
    assert "/undo/" in answer.headers["HX-Trigger"]
    assert Appointment.objects.get().status == "arrived"


def test_a_refused_walk_in_still_says_who_is_expected(at_the_desk, terms, patient, book):
    book("14:05", patient=patient)

    page = at_the_desk.post(URL, terms | {"appointment_type": ""}, headers=HTMX)

    assert page.status_code == 422
    assert "Expected at 2:05" in page.text


def test_visits_of_others_of_other_days_and_those_that_began_are_not_told(
    at_the_desk, patient, book, desk
):
    book("14:00")
    arrive(appointment=book("11:00", patient=patient), by=desk, at=at("09:00"))

    assert "Expected" not in at_the_desk.post(PICKED, {"patient": patient.pk}, headers=HTMX).text


def test_what_was_typed_for_a_patient_stays_when_refused(at_the_desk, terms):
    sent = terms | {"patient": "", "patient_text": "Qqzy Newp"}

    assert 'value="Qqzy Newp"' in at_the_desk.post(URL, sent, headers=HTMX).text


def test_a_physician_does_not_book_walk_ins(signed_in, location, terms):
    assert signed_in(Role.PHYSICIAN, location).post(URL, terms).status_code == 403


def test_a_rule_that_blocks_is_shown_with_its_facts(at_the_desk, terms, practitioner):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=at("00:00").date())

    answer = at_the_desk.post(URL, terms, headers=HTMX)

    assert answer.status_code == 409
    assert "expired" in answer.content.decode()
    assert not Appointment.objects.exists()
