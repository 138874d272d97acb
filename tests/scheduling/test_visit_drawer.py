"""The drawer of one visit: what it says, what it offers, and what it does."""

import pytest
import time_machine
from django.urls import reverse

from kernel import undo
from kernel.models import AuditEvent, OutboxEvent
from kernel.refusals import Invalid, OutOfScope, StaleVersion
from office.roles import Role
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.details import change_note, confirm_appointment
from scheduling.actions.flow import advance, arrive, step_back
from scheduling.actions.life import TransitionRefused
from scheduling.actions.moving import move_appointment
from scheduling.models import Appointment
from scheduling.queries.visit import history, visit_page
from tests import factories
from tests.clock import at

HTMX = {"HX-Request": "true", "HX-Target": "visit"}


@pytest.fixture
def visit(book):
    return book("09:30")


@pytest.fixture
def at_the_desk(signed_in, location):
    with time_machine.travel(at("09:10"), tick=False):
        yield signed_in(Role.FRONT_DESK, location)


def url(name, visit, *more):
    return reverse(f"scheduling:{name}", args=[visit.pk, *more])


# ---- confirming ----


def test_a_patient_confirms_and_it_goes_back(visit, desk):
    done = confirm_appointment(appointment=visit, confirmation="confirmed", by=desk)

    assert done.confirmation == "confirmed"
    event = AuditEvent.objects.get(action="scheduling.confirm_appointment")
    assert event.details == {"confirmation": "confirmed", "before": "unconfirmed"}
    assert undo.take(done.undo_token, by=desk).confirmation == "unconfirmed"


def test_an_answer_that_is_none_is_refused(visit, desk):
    with pytest.raises(Invalid):
        confirm_appointment(appointment=visit, confirmation="perhaps", by=desk)


def test_who_is_here_has_nothing_left_to_confirm(visit, desk):
    arrive(appointment=visit, by=desk, at=at("09:25"))

    with pytest.raises(TransitionRefused, match="nothing left to confirm"):
        confirm_appointment(appointment=visit, confirmation="confirmed", by=desk)


def test_a_visit_elsewhere_is_not_confirmed(visit, elsewhere):
    with pytest.raises(OutOfScope):
        confirm_appointment(
            appointment=visit,
            confirmation="confirmed",
            by=factories.actor(Role.FRONT_DESK, elsewhere),
        )


# ---- the note ----


def test_a_note_is_kept_clean(visit, desk):
    done = change_note(appointment=visit, note="  bring\u202e x-rays ", version=1, by=desk)

    assert done.note == "bring x-rays"
    assert done.version == 2


def test_the_same_note_again_changes_nothing(visit, desk):
    assert change_note(appointment=visit, note="", version=1, by=desk).version == 1


def test_a_note_over_somebody_elses_change_is_stale(visit, desk):
    change_note(appointment=visit, note="theirs", version=1, by=desk)

    with pytest.raises(StaleVersion) as refused:
        change_note(appointment=visit, note="mine", version=1, by=desk)

    assert refused.value.theirs.note == "theirs"
    assert Appointment.objects.get().note == "theirs"


def test_a_note_has_an_end(visit, desk):
    with pytest.raises(Invalid, match="300"):
        change_note(appointment=visit, note="x" * 301, version=1, by=desk)


# ---- what is offered ----


def steps(actor, visit, clock):
    fresh = Appointment.objects.select_related(
        "patient", "practitioner", "location", "appointment_type", "encounter__room"
    ).get(pk=visit.pk)
    return visit_page(actor, fresh, at(clock))


def test_the_likely_step_stands_first(visit, desk):
    assert [each.to for each in steps(desk, visit, "09:10").ahead] == ["arrive"]
    arrive(appointment=visit, by=desk, at=at("09:25"))
    assert [each.to for each in steps(desk, visit, "09:26").ahead] == [
        "room", "check-in", "see", "leave",
    ]  # fmt: skip
    advance(appointment=visit, step="see", by=desk, at=at("09:30"))
    assert [each.to for each in steps(desk, visit, "09:40").ahead] == ["ready", "leave"]


def test_every_step_that_is_offered_is_taken(visit, desk):
    """What the page offers the acts do not refuse."""
    while ahead := steps(desk, visit, "09:30").ahead:
        step = ahead[-1].to if ahead[-1].to != "leave" else ahead[0].to
        if step == "arrive":
            arrive(appointment=visit, by=desk, at=at("09:30"))
        else:
            advance(appointment=visit, step=step, by=desk, at=at("09:30"))

    visit.encounter_id = Appointment.objects.get().encounter_id
    assert steps(desk, visit, "09:30").shown.state == "completed"


def test_a_telehealth_patient_is_not_taken_to_a_room(book, desk):
    kind = factories.AppointmentTypeFactory(name="Video", is_telehealth=True)
    visit = arrive(appointment=book("09:30", appointment_type=kind), by=desk, at=at("09:28"))

    assert steps(desk, visit, "09:29").ahead[0].to == "see"


def test_a_no_show_is_only_offered_after_the_start(visit, desk):
    assert not steps(desk, visit, "09:29").can_no_show
    assert steps(desk, visit, "09:45").can_no_show


def test_a_physician_moves_patients_but_neither_cancels_nor_confirms(visit, physician_actor):
    page = steps(physician_actor, visit, "09:45")

    assert page.may_flow
    assert not any([page.can_end, page.can_confirm, page.can_no_show, page.can_change])


def test_the_times_that_stand_are_shown_and_those_taken_back_are_not(visit, desk):
    arrive(appointment=visit, by=desk, at=at("09:25"))
    advance(appointment=visit, step="check-in", by=desk, at=at("09:27"))
    step_back(appointment=visit, by=desk, at=at("09:28"))

    assert [(each.label, each.time) for each in steps(desk, visit, "09:30").stamps] == [
        ("Arrived", "9:25")
    ]


def test_the_history_says_who_did_what(visit, desk):
    move_appointment(appointment=visit, start=at("10:00"), by=desk)
    confirm_appointment(appointment=visit, confirmation="left-message", by=desk)
    cancel_appointment(
        appointment=visit, cancelled_by="patient", reason="Sick", by=desk, at=at("08:00")
    )

    lines = history(Appointment.objects.select_related("location").get())

    assert {line.who for line in lines} == {desk.name}
    said = [line.what for line in lines]
    assert "Canceled: Sick" in said
    assert "Left message" in said
    assert "Moved from Mon 16 Nov 9:30" in said
    assert "Booked" in said


# ---- the pages ----


def test_the_drawer_is_a_drawer_and_a_page(at_the_desk, visit):
    drawer = at_the_desk.get(url("appointment", visit), headers={**HTMX, "HX-Target": "drawer"})
    page = at_the_desk.get(url("appointment", visit))

    for answer in (drawer, page):
        assert visit.patient.family_name.upper() in answer.content.decode()
    assert "<html" not in drawer.content.decode()
    assert "<html" in page.content.decode()
    title = page.content.decode().split("<title>")[1].split("</title>")[0]
    assert visit.patient.family_name not in title


def test_opening_a_visit_is_recorded(at_the_desk, visit):
    at_the_desk.get(url("appointment", visit))

    event = AuditEvent.objects.get(outcome="read")
    assert (event.subject_kind, event.subject_ids) == ("patients.patient", [visit.patient_id])


def test_a_step_in_the_drawer_answers_with_the_drawer_and_tells_the_board(at_the_desk, visit):
    answer = at_the_desk.post(url("step", visit, "arrive"), headers=HTMX)

    assert 'id="visit"' in answer.content.decode()
    assert "schedule:2026-11-16" in answer.headers["HX-Trigger"]


def test_one_click_on_a_reason_cancels(at_the_desk, visit):
    form = at_the_desk.get(url("cancel", visit), headers={**HTMX, "HX-Target": "drawer"})
    assert "patient:Sick" in form.content.decode()

    answer = at_the_desk.post(
        url("cancel", visit), {"chosen": "patient:Sick"}, headers={**HTMX, "HX-Target": "drawer"}
    )

    assert answer.status_code == 204
    assert "close-drawer" in answer.headers["HX-Trigger"]
    row = Appointment.objects.get()
    assert (row.status, row.cancelled_by, row.cancel_reason) == ("cancelled", "patient", "Sick")


def test_a_cancellation_without_a_reason_keeps_the_form(at_the_desk, visit):
    answer = at_the_desk.post(
        url("cancel", visit),
        {"cancelled_by": "practice", "reason": " "},
        headers={**HTMX, "HX-Target": "drawer"},
    )

    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    assert not OutboxEvent.objects.filter(topic="appointment.cancelled").exists()


def test_a_no_show_and_back(at_the_desk, book, desk):
    visit = book("09:00")

    assert at_the_desk.post(url("no_show", visit), headers=HTMX).status_code == 200
    visit.refresh_from_db()
    assert visit.status == "noshow"
    assert at_the_desk.post(url("reinstate", visit), headers=HTMX).status_code == 200
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_stale_note_shows_theirs_and_keeps_mine(at_the_desk, visit, desk):
    change_note(appointment=visit, note="theirs", version=1, by=desk)

    answer = at_the_desk.post(url("note", visit), {"note": "mine", "version": 1}, headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "theirs" in page
    assert ">mine</textarea>" in page


@pytest.mark.parametrize("version", ["", "x", None])
def test_a_note_without_its_version_is_refused(at_the_desk, visit, version):
    sent = {"note": "mine"} | ({"version": version} if version is not None else {})

    assert at_the_desk.post(url("note", visit), sent, headers=HTMX).status_code == 422


def test_the_last_step_is_taken_back_from_the_drawer(at_the_desk, visit, desk):
    arrive(appointment=visit, by=desk, at=at("09:05"))

    at_the_desk.post(url("back", visit), headers=HTMX)

    assert Appointment.objects.get().status == "booked"


def test_the_history_opens(at_the_desk, visit):
    assert "Booked" in at_the_desk.get(url("history", visit)).content.decode()


@pytest.mark.parametrize("name", ["confirm", "note", "cancel", "no_show", "reinstate"])
def test_a_physician_may_not_change_the_booking(signed_in, location, visit, name):
    client = signed_in(Role.PHYSICIAN, location)

    assert client.post(url(name, visit), {"version": 1}).status_code == 403
    assert Appointment.objects.get().version == 1


@pytest.mark.parametrize("name", ["appointment", "history", "steps", "cancel"])
def test_a_visit_elsewhere_has_no_pages(signed_in, elsewhere, visit, name):
    assert signed_in(Role.FRONT_DESK, elsewhere).get(url(name, visit)).status_code == 404
