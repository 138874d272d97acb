"""The schedule as pages: who gets what, what a refusal keeps, what an old screen may do."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.models import AuditEvent
from office.roles import Role
from tests import factories
from tests.clock import MONDAY, at

DAY = reverse("scheduling:day")
ON_MONDAY = f"{DAY}?day={MONDAY}"


def named(family):
    return factories.PatientFactory(family_name=family, given_name="Ada")


def test_the_desk_sees_the_day(signed_in, location, book):
    book("09:00", patient=named("Donnelly"))

    answer = signed_in(Role.FRONT_DESK, location).get(ON_MONDAY)

    assert answer.status_code == 200
    assert "Mon 16 Nov 2026" in answer.text
    assert "Donnelly" in answer.text
    assert "Donnelly" not in answer.headers["Content-Type"] + str(answer.request["QUERY_STRING"])


def test_a_stranger_is_sent_to_the_door(client):
    assert client.get(DAY).status_code == 302


def test_whoever_has_no_right_is_told_so(signed_in, location):
    assert signed_in(Role.HR, location).get(DAY).status_code == 403


def test_whoever_works_nowhere_is_told_so(signed_in, practice):
    answer = signed_in(Role.FRONT_DESK).get(DAY)

    assert answer.status_code == 403
    assert "You work at no location yet" in answer.text


def test_the_visits_of_another_location_are_not_on_the_page(signed_in, elsewhere, book):
    book("09:00", patient=named("Donnelly"))

    assert "Donnelly" not in signed_in(Role.FRONT_DESK, elsewhere).get(ON_MONDAY).text


@pytest.mark.parametrize("typed", ["11/16/26", "Mon 16 Nov 2026"])
def test_a_typed_day_becomes_a_plain_address(signed_in, location, typed):
    answer = signed_in(Role.FRONT_DESK, location).get(DAY, {"day": typed, "view": "list"})

    assert answer.status_code == 302
    assert answer.url == f"{ON_MONDAY}&view=list"


@pytest.mark.parametrize(
    "typed", ["someday", "13/45", "9999-12-31", "0000-00-00", "🙂", "x" * 9000]
)
def test_what_is_no_day_says_what_would_be_one(signed_in, location, typed):
    answer = signed_in(Role.FRONT_DESK, location).get(DAY, {"day": typed})

    assert answer.status_code == 422
    assert "Type 12/3, 3 Dec, tue or +2w." in answer.text


def test_views_and_filters_that_do_not_exist_are_the_plain_day(signed_in, location, practitioner):
    client = signed_in(Role.FRONT_DESK, location)

    answer = client.get(f"{ON_MONDAY}&view=moon&show=blue&who=nobody")

    assert answer.status_code == 200


def test_a_live_change_fetches_the_fragment_alone(signed_in, location, practitioner):
    client = signed_in(Role.FRONT_DESK, location)

    answer = client.get(ON_MONDAY, headers={"HX-Request": "true", "X-Background": "1"})

    assert answer.text.lstrip().startswith('<section class="schedule" id="schedule"')
    assert 'data-live="schedule:2026-11-16"' in answer.text


def test_the_list_has_every_visit_and_no_grid(signed_in, location, book):
    book("09:00", patient=named("Donnelly"))

    answer = signed_in(Role.FRONT_DESK, location).get(f"{ON_MONDAY}&view=list")

    assert "Donnelly, Ada" in answer.text
    assert "day-body" not in answer.text


def test_a_phone_is_sent_the_list(signed_in, location, book):
    book("09:00", patient=named("Donnelly"))
    client = signed_in(Role.FRONT_DESK, location)

    for phone in ({"Sec-CH-UA-Mobile": "?1"}, {"User-Agent": "Mozilla/5.0 (iPhone) Mobile/15E148"}):
        answer = client.get(ON_MONDAY, headers=phone)
        assert "agenda--only" in answer.text
        assert "day-body" not in answer.text


def test_who_was_shown_is_recorded_once_per_view(signed_in, location, book):
    patient = named("Donnelly")
    book("09:00", patient=patient)
    client = signed_in(Role.FRONT_DESK, location)

    client.get(ON_MONDAY)
    client.get(ON_MONDAY, headers={"HX-Request": "true", "X-Background": "1"})

    (event,) = AuditEvent.objects.filter(action="scheduling:day")
    assert event.subject_ids == [patient.pk]
    assert event.location_id == location.pk


def test_a_longer_day_costs_no_more_statements(signed_in, location, book, settings):
    client = signed_in(Role.FRONT_DESK, location)
    client.get(ON_MONDAY)
    with CaptureQueriesContext(connection) as empty:
        client.get(ON_MONDAY)
    for number in range(8):
        book(f"{9 + number // 2:02}:{number % 2 * 30:02}")
    client.get(ON_MONDAY)
    with CaptureQueriesContext(connection) as full:
        client.get(ON_MONDAY)

    assert len(full) == len(empty)


def test_an_empty_day_says_so(signed_in, location):
    answer = signed_in(Role.FRONT_DESK, location).get(DAY, {"day": MONDAY + timedelta(days=1)})

    assert "Nobody sees patients on this day" in answer.text


def test_the_list_of_today_walks_a_patient_through_the_office(
    signed_in, location, book, time_machine
):
    time_machine.move_to(at("10:30"), tick=False)
    visit = book("10:30", patient=named("Donnelly"))
    client = signed_in(Role.FRONT_DESK, location)
    step = reverse("scheduling:step", args=[visit.pk, "arrive"])

    assert f'hx-post="{step}"' in client.get(f"{ON_MONDAY}&view=list").text
    answer = client.post(step, headers={"HX-Request": "true", "HX-Target": "schedule"})

    assert answer.status_code == 204
    assert json.loads(answer.headers["HX-Trigger"])["changed"] == {
        "topics": ["schedule:2026-11-16"]
    }
    visit.refresh_from_db()
    assert visit.status == "arrived"
