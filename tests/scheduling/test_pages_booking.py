"""Booking, moving and finding a time as pages: what is kept, what is offered instead, who may."""

import json
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from kernel.models import GateVerdict
from office.roles import Role
from scheduling.actions import cancelling, flow
from scheduling.actions.holding import hold_time
from scheduling.models import Appointment, AvailabilityException, Hold
from tests import factories
from tests.clock import MONDAY, at, period

NEW, LOOK, BOOK = (reverse(f"scheduling:{name}") for name in ("new", "look", "book"))
FIND = reverse("scheduling:find")
HTMX = {"HX-Request": "true", "HX-Target": "drawer"}


@pytest.fixture(autouse=True)
def half_past_ten():
    with time_machine.travel(at("10:30"), tick=False):
        yield


@pytest.fixture
def front(signed_in, location):
    """A browser at the front desk."""
    return signed_in(Role.FRONT_DESK, location)


@pytest.fixture
def rosa(location):
    return factories.PatientFactory(
        family_name="Delgado", given_name="Rosa", birth_date=date(1962, 7, 14), at=[location]
    )


@pytest.fixture
def terms(rosa, follow_up, practitioner):
    """What the form of the drawer sends for Rosa at eleven."""

    def given(**changes):
        sent = {
            "patient": rosa.pk, "appointment_type": follow_up.pk, "practitioner": practitioner.pk,
            "day": "Mon 16 Nov", "time": "11:00", "minutes": "30", "note": "Bring the glucose log",
        }  # fmt: skip
        return {name: value for name, value in (sent | changes).items() if value is not None}

    return given


def triggers(answer):
    return json.loads(answer.headers["HX-Trigger"])


# ---- the drawer


def test_a_slot_opens_the_drawer_filled_and_held(front, practitioner, follow_up):
    answer = front.post(
        f"{NEW}?day={MONDAY}&view=day",
        {"column": practitioner.pk, "start": "11:15"},
        headers=HTMX,
    )

    assert answer.status_code == 200
    assert 'value="Mon 16 Nov"' in answer.text
    assert 'value="11:15"' in answer.text
    assert 'value="30"' in answer.text
    assert f'value="{practitioner.pk}" selected' in answer.text
    assert "Book 11:15 with" in answer.text
    hold = Hold.objects.get()
    assert hold.held_by_id == front.user.pk
    assert reverse("scheduling:release", args=[hold.pk]) in answer.text


def test_the_type_booked_most_lately_is_chosen(front, book, practitioner, follow_up):
    factories.AppointmentTypeFactory(name="A type nobody books")
    book("09:00")

    answer = front.post(NEW, {"column": practitioner.pk, "start": "11:15"}, headers=HTMX)

    assert f'value="{follow_up.pk}" selected' in answer.text


def test_a_slot_in_a_room_fills_the_room(front, location, follow_up):
    room = factories.RoomFactory(location=location)

    answer = front.post(
        f"{NEW}?day={MONDAY}&view=rooms", {"column": room.pk, "start": "11:15"}, headers=HTMX
    )

    assert f'value="{room.pk}" selected' in answer.text
    assert not Hold.objects.exists()


def test_a_slot_that_is_taken_still_opens_and_says_so(front, book, practitioner):
    book("11:00", "11:30")

    answer = front.post(
        f"{NEW}?day={MONDAY}", {"column": practitioner.pk, "start": "11:15"}, headers=HTMX
    )

    assert answer.status_code == 200
    assert "has another visit 11:00–11:30" in answer.text
    assert not Hold.objects.exists()


def test_looking_by_a_link_holds_nothing(front, practitioner, follow_up):
    answer = front.get(
        NEW, {"day": MONDAY, "column": str(practitioner.pk), "start": "11:15"}, headers=HTMX
    )

    assert 'value="11:15"' in answer.text
    assert not Hold.objects.exists()


def test_the_drawer_is_a_page_of_its_own_without_scripts(front, follow_up):
    answer = front.get(NEW)

    assert "<html" in answer.text
    assert 'action="/schedule/new/book/"' in answer.text


def test_opened_for_a_patient_it_shows_who_it_is(front, rosa, follow_up):
    answer = front.get(NEW, {"patient": rosa.pk}, headers=HTMX)

    assert "DELGADO, Rosa" in answer.text
    assert "Born 14 Jul 1962 (64)" in answer.text


@pytest.mark.parametrize(
    "bad",
    [
        {"column": "nobody", "start": "soon", "day": "never"},
        {"column": str(uuid4()), "start": "99:99"},
        {"patient": "x", "appointment_type": "y", "minutes": "ten", "room": "🙂"},
        {"use": "another-patient"},
        {"use": "nonsense"},
        {"day": "x" * 5000, "note": "n" * 5000},
    ],
    ids=["words", "unknown", "wrong kinds", "change", "chip", "long"],
)
def test_the_drawer_opens_whatever_it_is_asked(front, practitioner, follow_up, bad):
    assert front.post(NEW, bad, headers=HTMX).status_code == 200
    assert front.get(NEW, bad, headers=HTMX).status_code == 200


def test_a_chip_fills_in_its_time_and_keeps_the_rest(front, terms, practitioner):
    answer = front.post(NEW, terms(use=f"2026-11-17 2:15 {practitioner.pk}"), headers=HTMX)

    assert 'value="Tue 17 Nov"' in answer.text
    assert 'value="2:15"' in answer.text
    assert "Bring the glucose log" in answer.text
    assert "DELGADO, Rosa" in answer.text


# ---- what it says while one chooses


def test_what_is_free_is_said_in_one_line(front, terms):
    answer = front.post(LOOK, terms(), headers=HTMX)

    assert answer.status_code == 200
    assert "<b>Free.</b>" in answer.text
    assert 'id="booking-words" hx-swap-oob="true">Book 11:00 with' in answer.text
    assert "Born 14 Jul 1962" in answer.text
    assert not Appointment.objects.exists()
    assert not GateVerdict.objects.exists()


def test_the_first_openings_leave_out_what_is_taken(front, terms, book, practitioner):
    book("10:30", "16:30")

    answer = front.post(LOOK, terms(), headers=HTMX)

    assert "Today 4:30" in answer.text
    assert "Tomorrow 8:00" in answer.text


def test_one_hears_what_the_rules_say(front, terms, practitioner):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=date(2026, 11, 15))

    answer = front.post(LOOK, terms(), headers=HTMX)

    assert "license expired on 15 Nov" in answer.text
    assert "override-staff.credential_expired" not in answer.text  # not for the desk


def test_a_blocked_clinicians_openings_are_those_of_others(front, terms, practitioner, location):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=date(2026, 11, 15))
    other = factories.PractitionerFactory(family_name="Bell", available=location)

    answer = front.post(LOOK, terms(), headers=HTMX)

    assert f'value="2026-11-16 10:30 {other.pk}"' in answer.text
    assert f"10:30 {practitioner.pk}" not in answer.text


def test_whoever_may_override_is_asked_why(signed_in, location, terms, practitioner):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=date(2026, 11, 15))

    answer = signed_in(Role.MANAGER, location).post(LOOK, terms(), headers=HTMX)

    assert 'name="override-staff.credential_expired"' in answer.text
    assert "Override and book" in answer.text


def test_another_type_brings_its_own_length_unless_one_was_typed(front, terms):
    physical = factories.AppointmentTypeFactory(name="Physical", minutes=45)
    kept = terms(appointment_type=physical.pk, usual="30")

    assert 'value="45"' in front.post(LOOK, kept, headers=HTMX).text
    assert 'value="45"' not in front.post(LOOK, kept | {"minutes": "20"}, headers=HTMX).text


def test_ones_own_hold_is_no_clash(front, terms, practitioner, follow_up, location):
    front.post(f"{NEW}?day={MONDAY}", {"column": practitioner.pk, "start": "11:00"}, headers=HTMX)

    assert "Taken." not in front.post(LOOK, terms(), headers=HTMX).text


def test_somebody_elses_hold_is_told_by_first_name(
    front, terms, practitioner, follow_up, location, manager
):
    hold_time(
        practitioner=practitioner, location=location, appointment_type=follow_up,
        start=at("11:00"), by=manager, at=timezone.now(),
    )  # fmt: skip

    answer = front.post(LOOK, terms(), headers=HTMX)

    assert f"{manager.name.split()[0]} is booking 11:00–11:30" in answer.text


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"day": "someday"}, "Type 12/3, 3 Dec, tue or +2w."),
        ({"time": "noonish"}, "Type 11:15, 2pm or 14:30."),
        ({"minutes": "7000"}, "less than or equal to 480"),
        ({"day": "3/14/27", "time": "02:30"}, "does not exist"),
    ],
)
def test_what_cannot_be_read_is_said_while_typing(front, terms, typed, says):
    assert says in front.post(LOOK, terms(**typed), headers=HTMX).text


def test_a_time_that_is_over_is_noted(front, terms):
    assert "this time is over" in front.post(LOOK, terms(time="9:00"), headers=HTMX).text


# ---- booking


def test_booked_closes_the_drawer_and_offers_undo(front, terms, rosa, practitioner):
    answer = front.post(BOOK, terms(), headers=HTMX)

    assert answer.status_code == 204
    booked = Appointment.objects.get()
    assert (booked.patient, booked.practitioner) == (rosa, practitioner)
    assert booked.note == "Bring the glucose log"
    assert booked.starts_at == at("11:00")
    assert triggers(answer)["changed"] == {"topics": ["schedule:2026-11-16"]}
    assert "close-drawer" in triggers(answer)
    toast = triggers(answer)["toast"]
    assert toast["text"].startswith("Rosa Delgado, Today 11:00 with")
    front.post(toast["undo"], headers=HTMX)
    booked.refresh_from_db()
    assert booked.status == "entered-in-error"


def test_without_scripts_one_is_back_on_the_day_and_no_name_is_in_the_message(front, terms):
    answer = front.post(BOOK, terms(), follow=True)

    assert answer.redirect_chain == [("/schedule/?day=2026-11-16", 302)]
    assert "Booked for Today 11:00 with" in answer.text


def test_the_own_hold_is_booked_over(front, terms, practitioner, follow_up):
    front.post(f"{NEW}?day={MONDAY}", {"column": practitioner.pk, "start": "11:00"}, headers=HTMX)

    answer = front.post(BOOK, terms(hold=Hold.objects.get().pk), headers=HTMX)

    assert answer.status_code == 204
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"patient": ""}, "Pick one of the patients found, or enter a new one."),
        ({"patient": str(uuid4())}, "Pick one of the patients found, or enter a new one."),
        ({"patient": "🙂"}, "Pick one of the patients found, or enter a new one."),
        ({"day": "someday"}, "is no day"),
        ({"time": ""}, "This field is required."),
        ({"minutes": "4"}, "greater than or equal to 5"),
        ({"minutes": "x"}, "Enter a whole number."),
        ({"practitioner": ""}, "needs a clinician"),
        ({"practitioner": str(uuid4())}, "Select a valid choice"),
        ({"note": "n" * 301}, "at most 300 characters"),
        ({"day": "1/1/1850"}, "is no day"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(front, terms, wrong, says):
    answer = front.post(BOOK, terms(**wrong), headers=HTMX)

    assert answer.status_code == 422
    assert says in answer.text
    assert "n" * 301 in answer.text or "Bring the glucose log" in answer.text
    assert not Appointment.objects.exists()


def test_taken_meanwhile_keeps_what_was_typed_and_offers_other_times(
    front, terms, book, practitioner
):
    book("11:00", "11:30")

    answer = front.post(BOOK, terms(), headers=HTMX)

    assert answer.status_code == 409
    assert "is taken 11:00–11:30" in answer.text
    assert "Bring the glucose log" in answer.text
    assert "DELGADO, Rosa" in answer.text
    assert f'value="2026-11-16 10:30 {practitioner.pk}"' in answer.text
    assert f'value="2026-11-16 11:30 {practitioner.pk}"' in answer.text
    assert Appointment.objects.count() == 1


def test_a_reason_books_beside_another_visit(front, terms, book):
    book("11:00", "11:30")

    answer = front.post(BOOK, terms(overbook_reason="Fever since the morning"), headers=HTMX)

    assert answer.status_code == 204
    assert Appointment.objects.get(lane=1).overbook_reason == "Fever since the morning"


def test_who_may_not_overbook_is_not_asked_for_a_reason(signed_in, location, terms, book):
    book("11:00", "11:30")
    nurse = signed_in(Role.NURSE, location)

    assert "overbook_reason" not in nurse.post(LOOK, terms(), headers=HTMX).text
    answer = nurse.post(BOOK, terms(overbook_reason="Please"), headers=HTMX)
    assert answer.status_code == 403
    assert "Ask the manager" in answer.text
    assert "Bring the glucose log" in answer.text


def test_a_block_says_why_and_what_else(front, terms, practitioner):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=date(2026, 11, 15))

    answer = front.post(BOOK, terms(), headers=HTMX)

    assert answer.status_code == 409
    assert "license expired on 15 Nov" in answer.text
    assert "Bring the glucose log" in answer.text
    assert GateVerdict.objects.get().outcome == "blocked"


def test_the_manager_overrides_with_a_reason_that_is_kept(signed_in, location, terms, practitioner):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=date(2026, 11, 15))
    manager = signed_in(Role.MANAGER, location)
    name = "override-staff.credential_expired"

    short = manager.post(BOOK, terms(**{name: "ok"}), headers=HTMX)
    assert short.status_code == 422
    assert "At least 20 letters" in short.text
    assert not Appointment.objects.exists()

    reason = "Renewal 4711 granted today, letter is here"
    assert manager.post(BOOK, terms(**{name: reason}), headers=HTMX).status_code == 204
    assert GateVerdict.objects.get(outcome="overridden").reason == reason


def test_rights_decide_who_books(signed_in, location, client, terms):
    assert client.post(BOOK, terms()).status_code == 302
    assert signed_in(Role.BILLER, location).post(BOOK, terms()).status_code == 403
    assert not Appointment.objects.exists()


def test_a_clinician_of_another_location_cannot_be_booked_here(front, terms, elsewhere):
    other = factories.PractitionerFactory(available=elsewhere)

    answer = front.post(BOOK, terms(practitioner=other.pk), headers=HTMX)

    assert answer.status_code == 422
    assert not Appointment.objects.exists()


def test_closing_the_drawer_releases_the_hold(front, practitioner, follow_up):
    front.post(f"{NEW}?day={MONDAY}", {"column": practitioner.pk, "start": "11:00"}, headers=HTMX)
    hold = Hold.objects.get()

    assert front.post(reverse("scheduling:release", args=[hold.pk])).status_code == 204
    assert not Hold.objects.exists()


def test_the_type_ahead_has_todays_patients_first(front, book, location, rosa):
    factories.PatientFactory(family_name="Delgado", given_name="Ana", at=[location])
    book("14:00", patient=rosa)

    answer = front.post(reverse("scheduling:patients"), {"q": "delg"})

    assert answer.text.index("DELGADO, Rosa") < answer.text.index("DELGADO, Ana")
    assert "14 Jul 1962 (64)" in answer.text


# ---- somebody new


def test_a_new_patient_is_entered_and_what_was_written_is_there_again(front, terms, practitioner):
    door = reverse("scheduling:new-patient", args=["new"])

    sent = front.post(door, terms(patient=""), headers=HTMX)

    assert sent.status_code == 303
    assert "glucose" not in sent.url
    five = {"family_name": "Ikeda", "given_name": "Yui", "birth_date": "3/4/1990", "phone": "",
            "gender": "female", "back": parse_qs(urlsplit(sent.url).query)["back"][0]}  # fmt: skip
    registered = front.post(reverse("patients:quick"), five)
    assert registered.status_code == 302
    again = front.get(registered.url, headers=HTMX)
    assert "IKEDA, Yui" in again.text
    assert "Bring the glucose log" in again.text
    assert 'value="11:00"' in again.text
    assert f'value="{practitioner.pk}" selected' in again.text


def test_who_may_not_register_is_not_offered_a_new_patient(signed_in, location, front, follow_up):
    assert "+ New patient" in front.post(reverse("scheduling:patients"), {"q": "nobody"}).text
    physician = signed_in(Role.PHYSICIAN, location)
    assert "+ New patient" not in physician.post(reverse("scheduling:patients"), {"q": "x"}).text


# ---- on the patient's page


def test_the_profile_shows_what_is_planned_and_what_was(front, rosa, book, desk):
    missed = book("08:00", patient=rosa)
    cancelling.mark_no_show(appointment=missed, by=desk, at=at("09:00"))
    book("14:00", patient=rosa)

    page = front.get(reverse("patients:profile", args=[rosa.pk])).text

    assert "Mon 16 Nov, 2:00" in page
    assert "1 no-show in a year" in page
    assert "Mon 16 Nov, 8:00" in page
    assert f"{NEW}?patient={rosa.pk}" in page
    assert f"{FIND}?patient={rosa.pk}" in page


def test_the_profile_tells_nothing_of_visits_elsewhere(front, rosa, book, elsewhere, location):
    there = factories.PractitionerFactory(available=elsewhere)
    both = factories.actor(Role.FRONT_DESK, location, elsewhere)
    book("14:00", patient=rosa, location=elsewhere, practitioner=there, by=both)

    page = front.get(reverse("patients:profile", args=[rosa.pk])).text

    assert "No visit planned" in page


# ---- moving


def url(name, visit, query=f"?day={MONDAY}&view=day"):
    return reverse(f"scheduling:{name}", args=[visit.pk]) + query


def test_dropped_on_a_free_time_it_moves_with_undo(front, book, practitioner, location):
    visit = book("09:00")
    other = factories.PractitionerFactory(available=location)

    answer = front.post(
        url("move-here", visit), {"column": other.pk, "start": "14:00", "version": 1}, headers=HTMX
    )

    assert answer.status_code == 204
    visit.refresh_from_db()
    assert (visit.starts_at, visit.practitioner) == (at("14:00"), other)
    front.post(triggers(answer)["toast"]["undo"], headers=HTMX)
    visit.refresh_from_db()
    assert (visit.starts_at, visit.practitioner) == (at("09:00"), practitioner)


def test_dropped_on_somebody_it_stays_and_two_times_are_offered(front, book, practitioner):
    visit = book("14:00")
    book("11:00", "11:30")

    answer = front.post(
        url("move-here", visit), {"column": practitioner.pk, "start": "11:00", "version": 1},
        headers=HTMX,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "is taken 11:00–11:30" in answer.text
    assert answer.text.count("data-use=") == 2
    visit.refresh_from_db()
    assert visit.starts_at == at("14:00")


def test_an_old_screen_cannot_move_a_visit(front, book, practitioner):
    visit = book("09:00")
    Appointment.objects.filter(pk=visit.pk).update(version=2)

    for name, sent in (
        ("move-here", {"column": practitioner.pk, "start": "14:00"}),
        ("resize", {"minutes": 45}),
        ("move", {"day": "today", "time": "2pm", "minutes": 30, "practitioner": practitioner.pk}),
    ):
        answer = front.post(url(name, visit), sent | {"version": 1}, headers=HTMX)
        assert answer.status_code == 409
        assert "Somebody else changed this visit" in answer.text
    visit.refresh_from_db()
    assert visit.starts_at == at("09:00")


def test_a_visit_is_made_longer(front, book):
    visit = book("09:00", "09:30")

    assert front.post(url("resize", visit), {"minutes": 60, "version": 1}).status_code == 302
    visit.refresh_from_db()
    assert visit.ends_at == at("10:00")


def test_a_visit_is_not_made_longer_into_the_next_one(front, book):
    visit = book("09:00", "09:30")
    book("09:30", "10:00")

    answer = front.post(url("resize", visit), {"minutes": 60, "version": 1}, headers=HTMX)

    assert answer.status_code == 409
    visit.refresh_from_db()
    assert visit.ends_at == at("09:30")


def test_a_visit_goes_into_another_room(front, book, location, desk):
    one, two = (factories.RoomFactory(location=location) for _ in range(2))
    exam = factories.AppointmentTypeFactory(minutes=30, room_kind="exam")
    visit = book("09:00", appointment_type=exam, room=one)

    answer = front.post(
        url("move-here", visit, f"?day={MONDAY}&view=rooms"),
        {"column": two.pk, "start": "09:00", "version": 1}, headers=HTMX,
    )  # fmt: skip

    assert answer.status_code == 204
    visit.refresh_from_db()
    assert visit.room == two
    live = visit.reservations.filter(is_live=True, resource_kind="room")
    assert [each.resource_id for each in live] == [two.pk]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"column": "none", "start": "14:00", "version": 1},
        {"column": "x", "start": "14:00", "version": 1},
        {"start": "later", "version": 1},
        {"start": "14:00", "version": "x"},
        {"minutes": "x"},
    ],
)
def test_a_broken_request_moves_nothing(front, book, practitioner, sent):
    visit = book("09:00")

    given = {"column": str(practitioner.pk)} | sent
    assert front.post(url("move-here", visit), given, headers=HTMX).status_code == 422
    assert front.post(url("resize", visit), sent, headers=HTMX).status_code == 422
    visit.refresh_from_db()
    assert visit.version == 1


def test_overbooking_by_a_drag_asks_for_the_reason_in_the_drawer(front, book, practitioner):
    visit = book("14:00")
    book("11:00", "11:30")

    answer = front.post(
        url("move-here", visit),
        {"column": practitioner.pk, "start": "11:00", "version": 1, "overbook": "1"}, headers=HTMX,
    )  # fmt: skip

    assert answer.headers["HX-Retarget"] == "#drawer"
    assert 'value="11:00"' in answer.text
    assert 'name="overbook_reason"' in answer.text
    visit.refresh_from_db()
    assert visit.starts_at == at("14:00")


def test_a_rule_that_stops_a_drop_is_overridden_in_the_drawer(
    signed_in, location, book, practitioner
):
    visit = book("09:00")
    other = factories.PractitionerFactory(available=location)
    factories.CredentialFactory(employee=other.employee, expires_date=date(2026, 11, 15))
    manager = signed_in(Role.MANAGER, location)

    dropped = manager.post(
        url("move-here", visit), {"column": other.pk, "start": "14:00", "version": 1}, headers=HTMX
    )
    assert dropped.status_code == 409
    assert "license expired on 15 Nov" in dropped.text
    assert "Override…" in dropped.text

    sent = {"day": "today", "time": "2pm", "minutes": 30, "practitioner": other.pk, "version": 1}
    refused = manager.post(url("move", visit), sent, headers=HTMX)
    assert refused.status_code == 409
    assert 'name="override-staff.credential_expired"' in refused.text
    sent["override-staff.credential_expired"] = "Renewal 4711 granted today"
    assert manager.post(url("move", visit), sent, headers=HTMX).status_code == 204


def test_the_drawer_moves_by_one_click_on_a_free_time(front, book, practitioner):
    visit = book("09:00")

    shown = front.get(url("move", visit), headers=HTMX)
    assert "Today 9:00" in shown.text
    chip = f"2026-11-17 8:00 {practitioner.pk}"
    assert f'value="{chip}"' in shown.text
    answer = front.post(
        url("move", visit),
        {"use": chip, "day": "Mon 16 Nov", "time": "9:00", "minutes": 30, "version": 1},
        headers=HTMX,
    )

    assert answer.status_code == 204
    visit.refresh_from_db()
    assert visit.starts_at == at("08:00", MONDAY + timedelta(days=1))


def test_a_patient_who_is_here_is_not_moved(front, book, desk, practitioner):
    visit = flow.arrive(appointment=book("10:30"), by=desk, at=at("10:30"))

    answer = front.post(
        url("move-here", visit),
        {"column": practitioner.pk, "start": "14:00", "version": visit.version}, headers=HTMX,
    )  # fmt: skip

    assert answer.status_code == 409
    assert "arrived" in answer.text


def test_a_visit_of_another_location_does_not_exist(signed_in, elsewhere, book):
    visit = book("09:00")
    stranger = signed_in(Role.FRONT_DESK, elsewhere)

    assert stranger.get(url("move", visit)).status_code == 404
    for name in ("move", "move-here", "resize"):
        assert stranger.post(url(name, visit), {"version": 1}).status_code == 404


def test_who_may_not_book_may_not_move(signed_in, location, book):
    visit = book("09:00")
    physician = signed_in(Role.PHYSICIAN, location)

    assert physician.get(url("move", visit)).status_code == 403
    assert physician.post(url("resize", visit), {"minutes": 45, "version": 1}).status_code == 403


# ---- finding a time


def test_the_first_free_times_day_by_day(front, practitioner, follow_up, book):
    book("10:30", "16:00")

    answer = front.get(FIND, {"type": follow_up.pk, "who": practitioner.pk})

    assert answer.status_code == 200
    assert "Mon 16 Nov" in answer.text
    assert "&amp;start=16:00&amp;" in answer.text
    assert "Tue 17 Nov" in answer.text
    assert "&amp;start=15:45&amp;" not in answer.text


def test_days_and_halves_narrow_it(front, practitioner, follow_up):
    asked = {"type": follow_up.pk, "day": ["2", "4"], "half": "pm"}
    found = front.get(FIND, asked, headers={"HX-Request": "true", "HX-Target": "found-times"}).text

    assert "Wed 18 Nov" in found
    assert "Fri 20 Nov" in found
    assert "Tue 17 Nov" not in found
    assert "start=12:00" in found
    assert "start=11:45" not in found
    assert "<form" not in found


def test_a_day_that_is_none_is_said(front, follow_up):
    assert "is no day" in front.get(FIND, {"type": follow_up.pk, "from": "someday"}).text


def test_nothing_free_says_what_to_try(front, follow_up):
    assert "Nothing fits in the next four months" in front.get(FIND).text


def test_people_on_leave_or_stopped_are_not_offered(front, practitioner, follow_up, location):
    away = factories.PractitionerFactory(family_name="Away", available=location)
    factories.EmployeeTimeFactory(employee=away.employee, period=period("00:00", "23:00"))
    stopped = factories.PractitionerFactory(family_name="Stopped", available=location)
    factories.CredentialFactory(employee=stopped.employee, expires_date=date(2026, 11, 15))

    found = front.get(FIND, {"type": follow_up.pk, "from": "today", "day": "0"}).text

    assert f"column={practitioner.pk}&amp;start=10:30" in found
    assert f"column={stopped.pk}" not in found
    monday = found[found.index("Mon 16 Nov") : found.index("Mon 23 Nov")]
    assert f"column={away.pk}" not in monday


@pytest.mark.parametrize("bad", [{"type": "x"}, {"who": "🙂"}, {"day": "9"}, {"half": "night"}])
def test_a_search_that_makes_no_sense_is_the_plain_one(front, follow_up, practitioner, bad):
    assert front.get(FIND, bad).status_code == 200


def test_blocked_hours_are_not_offered(front, practitioner, follow_up, location):
    AvailabilityException.objects.create(
        practitioner=practitioner, location=location, kind="blocked", date=MONDAY,
        starts=at("10:00").time(), ends=at("16:30").time(),
    )  # fmt: skip

    found = front.get(FIND, {"type": follow_up.pk, "who": practitioner.pk}).text

    assert "start=16:30" in found
    assert "start=16:15" not in found
