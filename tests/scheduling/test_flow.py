"""From the door to the door; every click goes back."""

import base64

import pytest

from kernel import undo
from kernel.models import AuditEvent, OutboxEvent
from kernel.refusals import Invalid, OutOfScope, StaleVersion
from office.roles import Role
from patients.actions.encounters import StepRefused
from scheduling.actions.cancelling import cancel_appointment, mark_no_show, reinstate_appointment
from scheduling.actions.flow import advance, arrive, step_back, walk_in
from scheduling.actions.life import TransitionRefused
from scheduling.actions.moving import move_appointment
from scheduling.actions.reserving import TimeTaken
from scheduling.models import Appointment, Reservation
from tests import factories
from tests.clock import at


def test_a_visit_runs_from_the_door_to_the_door(book, desk, location):
    appointment = book("09:00")
    room = factories.RoomFactory(location=location)

    arrive(appointment=appointment, by=desk, at=at("08:55"))
    for step, clock in [
        ("check-in", "08:57"),
        ("room", "09:05"),
        ("see", "09:10"),
        ("ready", "09:25"),
        ("leave", "09:30"),
    ]:
        appointment = advance(
            appointment=appointment,
            step=step,
            by=desk,
            at=at(clock),
            room=room if step == "room" else None,
        )

    encounter = appointment.encounter
    encounter.refresh_from_db()
    assert (appointment.status, encounter.status) == ("fulfilled", "finished")
    assert (encounter.arrived_at, encounter.roomed_at, encounter.left_at) == (
        at("08:55"),
        at("09:05"),
        at("09:30"),
    )
    assert OutboxEvent.objects.filter(topic="encounter.finished").count() == 1


def test_a_mis_click_on_arrived_goes_back(book, desk):
    appointment = arrive(appointment=book("09:00"), by=desk, at=at("08:55"))

    appointment = undo.take(appointment.undo_token, by=desk)

    assert (appointment.status, appointment.encounter) == ("booked", None)
    assert arrive(appointment=appointment, by=desk, at=at("08:58")).status == "arrived"


def test_a_token_takes_back_one_step_and_not_the_one_before_it(book, desk):
    visit = arrive(appointment=book("09:00"), by=desk, at=at("08:55"))
    advance(appointment=visit, step="check-in", by=desk, at=at("08:57"))
    visit = advance(appointment=visit, step="room", by=desk, at=at("09:00"))
    undo.take(visit.undo_token, by=desk)

    with pytest.raises(undo.CannotUndo):
        undo.take(visit.undo_token, by=desk)

    visit.refresh_from_db()
    assert visit.status == "checked-in"


def test_an_old_token_does_not_take_back_a_later_step(book, desk):
    arrived = arrive(appointment=book("09:00"), by=desk, at=at("08:55"))
    token = arrived.undo_token
    advance(appointment=arrived, step="check-in", by=desk, at=at("08:57"))

    with pytest.raises(undo.CannotUndo):
        undo.take(token, by=desk)


def test_a_token_is_nobody_elses(book, desk, location):
    token = arrive(appointment=book("09:00"), by=desk, at=at("08:55")).undo_token

    with pytest.raises(undo.CannotUndo):
        undo.take(token, by=factories.actor(Role.FRONT_DESK, location))


def test_tomorrows_visit_does_not_arrive_today(book, desk):
    appointment = book("09:00")

    with pytest.raises(TransitionRefused, match="not today"):
        arrive(appointment=appointment, by=desk, at=at("09:00", at("09:00").date().replace(day=15)))


def test_nobody_is_roomed_before_they_arrive(book, desk):
    with pytest.raises(TransitionRefused, match="arrived first"):
        advance(appointment=book("09:00"), step="room", by=desk, at=at("09:00"))


def test_a_step_is_not_repeated(book, desk):
    appointment = arrive(appointment=book("09:00"), by=desk, at=at("08:55"))
    appointment = advance(appointment=appointment, step="see", by=desk, at=at("09:00"))

    with pytest.raises(StepRefused):
        advance(appointment=appointment, step="check-in", by=desk, at=at("09:01"))


def test_an_unknown_step_is_named(book, desk):
    with pytest.raises(Invalid, match="no step"):
        advance(appointment=book("09:00"), step="dance", by=desk, at=at("09:00"))


def test_the_flow_elsewhere_is_not_ours(book, elsewhere):
    with pytest.raises(OutOfScope):
        arrive(appointment=book("09:00"), by=factories.actor(Role.NURSE, elsewhere), at=at("08:55"))


def test_a_clerk_with_an_old_screen_cannot_undo_a_cancellation(book, desk):
    appointment = book("09:00", "09:30")
    on_an_old_screen = Appointment.objects.get(pk=appointment.pk)
    cancel_appointment(
        appointment=appointment, cancelled_by="patient", reason="Asked", by=desk, at=at("08:00")
    )

    with pytest.raises(TransitionRefused, match="canceled by now"):
        arrive(appointment=on_an_old_screen, by=desk, at=at("09:00"))


@pytest.mark.parametrize(("who", "why"), [("nobody", "Asked"), ("patient", "  ")])
def test_a_cancellation_says_who_and_why(book, desk, who, why):
    with pytest.raises(Invalid):
        cancel_appointment(
            appointment=book("09:00"), cancelled_by=who, reason=why, by=desk, at=at("08:00")
        )


def test_nobody_is_a_no_show_before_the_visit_begins(book, desk):
    with pytest.raises(TransitionRefused, match="not begun"):
        mark_no_show(appointment=book("09:00"), by=desk, at=at("08:59"))


def test_a_no_show_who_comes_after_all_is_put_back(book, desk):
    appointment = mark_no_show(appointment=book("09:00"), by=desk, at=at("09:20"))

    assert (
        reinstate_appointment(appointment=appointment, by=desk, at=at("09:25")).status == "booked"
    )
    assert Reservation.objects.live().filter(appointment=appointment).count() == 2


def test_a_canceled_visit_does_not_come_back_over_another(book, desk):
    first = book("09:00")
    cancel_appointment(
        appointment=first, cancelled_by="patient", reason="Asked", by=desk, at=at("08:00")
    )
    book("09:00")

    with pytest.raises(TimeTaken):
        reinstate_appointment(appointment=first, by=desk, at=at("08:30"))


def test_a_visit_moves_and_moves_back(book, desk):
    appointment = move_appointment(appointment=book("09:00"), start=at("11:00"), by=desk)
    assert appointment.period.lower == at("11:00")

    appointment = undo.take(appointment.undo_token, by=desk)
    assert appointment.period.lower == at("09:00")


def test_a_refused_move_leaves_the_visit_where_it_was(book, desk):
    book("11:00")
    appointment = book("09:00")

    with pytest.raises(TimeTaken):
        move_appointment(appointment=appointment, start=at("11:15"), by=desk)

    appointment.refresh_from_db()
    assert appointment.period.lower == at("09:00")
    assert (
        Reservation.objects.live()
        .filter(appointment=appointment, period__contains=at("09:00"))
        .count()
        == 2
    )


def test_a_visit_grows_into_its_own_time(book, desk):
    appointment = move_appointment(
        appointment=book("09:00"), start=at("09:00"), minutes=60, by=desk
    )

    assert appointment.period.upper == at("10:00")


def test_who_is_here_is_not_moved(book, desk):
    appointment = arrive(appointment=book("09:00"), by=desk, at=at("08:55"))

    with pytest.raises(TransitionRefused, match="cannot be moved"):
        move_appointment(appointment=appointment, start=at("11:00"), by=desk)


def test_a_walk_in_is_booked_and_arrived_in_one_act(
    desk, location, practitioner, follow_up, patient, book
):
    book("09:00")

    visit = walk_in(
        patient=patient,
        practitioner=practitioner,
        location=location,
        appointment_type=follow_up,
        by=desk,
        at=at("09:03"),
    )

    assert (visit.status, visit.lane, visit.is_walk_in) == ("arrived", 1, True)


def test_steps_back_end_at_the_booking(book, desk):
    appointment = arrive(appointment=book("09:00"), by=desk, at=at("08:55"))
    appointment = advance(appointment=appointment, step="room", by=desk, at=at("09:00"))

    assert step_back(appointment=appointment, by=desk, at=at("09:01")).status == "arrived"
    assert step_back(appointment=appointment, by=desk, at=at("09:02")).status == "booked"
    with pytest.raises(TransitionRefused, match="no step to take back"):
        step_back(appointment=appointment, by=desk, at=at("09:03"))


def test_a_move_from_an_older_copy_does_not_take_back_what_somebody_changed(book, desk, location):
    visit = book("09:00")
    older = Appointment.objects.select_related("location").get(pk=visit.pk)
    other = factories.PractitionerFactory(available=location)
    move_appointment(appointment=visit, start=at("09:00"), practitioner=other, by=desk)

    with pytest.raises(StaleVersion):
        move_appointment(appointment=older, start=at("10:00"), by=desk)

    visit.refresh_from_db()
    assert (visit.practitioner, visit.period.lower) == (other, at("09:00"))


def test_nobody_is_put_back_on_the_schedule_whose_record_is_closed(book, desk, patient):
    visit = book("09:00", patient=patient)
    cancel_appointment(
        appointment=visit, cancelled_by="patient", reason="Died", by=desk, at=at("08:00")
    )
    patient.save_changes(deceased_at=at("07:00"))

    with pytest.raises(Invalid, match="record is closed"):
        reinstate_appointment(
            appointment=Appointment.objects.get(pk=visit.pk), by=desk, at=at("08:30")
        )

    assert not Reservation.objects.filter(is_live=True).exists()


def test_nobodys_words_stand_in_the_address_or_the_trail_of_a_move(book, manager):
    words = "Rosa Delgado, her mother insists"
    kind = factories.AppointmentTypeFactory(name="Sick", minutes=30, overbook_cap=2)
    book("09:00")
    beside = book("09:00", appointment_type=kind, by=manager, overbook_reason=words)

    moved = move_appointment(appointment=beside, start=at("11:00"), by=manager)

    event = AuditEvent.objects.filter(action="scheduling.move_appointment").get()
    assert words not in str(event.details)
    payload = moved.undo_token.split(":")[0].lstrip(".")
    readable = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    assert not moved.undo_token.startswith(".")  # not even compressed
    assert b"Delgado" not in readable
    assert undo.take(moved.undo_token, by=manager).overbook_reason == words
