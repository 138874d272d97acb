"""Booking as pages: what is kept, what is offered instead, who may."""

from datetime import date
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from kernel.models import GateVerdict
from office.roles import Role
from scheduling.actions.holding import hold_time
from scheduling.models import Appointment, Hold
from tests import factories
from tests.clock import MONDAY, at
from tests.scheduling.answers import HTMX, triggers

NEW, LOOK, BOOK = (reverse(f"scheduling:{name}") for name in ("new", "look", "book"))
FIND = reverse("scheduling:find")

pytestmark = pytest.mark.usefixtures("half_past_ten")


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


@pytest.mark.parametrize(
    ("typed", "family", "given"), [("Qqzy Newperson", "Newperson", "Qqzy"), ("smi,jo", "smi", "jo")]
)
def test_the_name_one_looked_for_stands_in_the_five_fields(front, terms, typed, family, given):
    door = reverse("scheduling:new-patient", args=["new"])

    sent = front.post(door, terms(patient="", patient_text=typed), headers=HTMX)

    assert family not in sent.url
    form = front.get(sent.url, headers=HTMX).context["form"]
    assert (form["family_name"].value(), form["given_name"].value()) == (family, given)
    again = front.get(sent.url, headers=HTMX).context["form"]
    assert again["family_name"].value() == ""  # told once


def test_who_was_picked_is_not_entered_again(front, terms, rosa):
    door = reverse("scheduling:new-patient", args=["new"])

    sent = front.post(door, terms(patient=rosa.pk, patient_text="DELGADO, Rosa"), headers=HTMX)

    assert "DELGADO" not in front.get(sent.url, headers=HTMX).text


def test_who_may_not_register_is_not_offered_a_new_patient(signed_in, location, front, follow_up):
    assert "+ New patient" in front.post(reverse("scheduling:patients"), {"q": "nobody"}).text
    physician = signed_in(Role.PHYSICIAN, location)
    assert "+ New patient" not in physician.post(reverse("scheduling:patients"), {"q": "x"}).text


def test_a_drawer_books_where_it_was_opened_although_the_browser_has_moved_on(
    signed_in, location, elsewhere, terms, practitioner
):
    browser = signed_in(Role.FRONT_DESK, location, elsewhere)
    browser.post(reverse("me-place"), {"location": location.pk})
    opened = browser.get(NEW, headers=HTMX)
    practitioner.locations.add(elsewhere)
    browser.get(reverse("scheduling:day"), {"at": elsewhere.pk})  # a link in another tab

    sent = terms(at=opened.wsgi_request.place.pk)
    assert f'name="at" value="{sent["at"]}"' in opened.text
    assert browser.post(BOOK, sent, headers=HTMX).status_code == 204

    assert Appointment.objects.get().location == location


def test_a_drawer_of_a_place_where_one_does_not_work_books_nothing(front, elsewhere, terms):
    assert front.post(BOOK, terms(at=elsewhere.pk), headers=HTMX).status_code == 404

    assert not Appointment.objects.exists()


def test_a_slot_of_an_old_sheet_opens_where_the_sheet_was(
    signed_in, location, elsewhere, practitioner
):
    browser = signed_in(Role.FRONT_DESK, location, elsewhere)
    browser.post(reverse("me-place"), {"location": location.pk})
    sheet = browser.get(f"{reverse('scheduling:day')}?day={MONDAY}").context["new_url"]
    browser.post(reverse("me-place"), {"location": elsewhere.pk})  # in another tab

    opened = browser.post(sheet, {"column": practitioner.pk, "start": "11:00"}, headers=HTMX)

    assert f'name="at" value="{location.pk}"' in opened.text


def test_nobody_is_sent_to_a_door_that_is_closed_to_them(
    front, signed_in, location, terms, practitioner
):
    factories.CredentialFactory(employee=practitioner.employee, expires_date=MONDAY)

    blocked = front.post(BOOK, terms(), headers=HTMX).text
    by_the_manager = signed_in(Role.MANAGER, location).post(BOOK, terms(), headers=HTMX).text

    assert "Open the credentials" not in blocked
    assert "Your practice manager may go past this rule" in blocked
    assert "Open the credentials" in by_the_manager
