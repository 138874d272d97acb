"""Booking, as the desk knows it."""

import pytest
from django.db import IntegrityError

from kernel.gates import Blocked
from kernel.models import AuditEvent, GateVerdict, OutboxEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope
from office.roles import Role
from patients.models import PatientLocation
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.reserving import NothingFree, TimeTaken
from scheduling.models import Appointment, Hold, Reservation
from tests import factories
from tests.clock import at, period


@pytest.mark.parametrize(
    ("start", "end"),
    [("09:00", "09:30"), ("08:45", "09:15"), ("09:10", "09:20"), ("08:00", "12:00")],
    ids=["same time", "runs into it", "inside it", "around it"],
)
def test_a_second_booking_may_not_touch_the_first(book, start, end):
    book("09:00", "09:30")

    with pytest.raises(TimeTaken):
        book(start, end)

    assert Appointment.objects.count() == 1
    assert OutboxEvent.objects.count() == 1  # the refused booking announced nothing
    assert AuditEvent.objects.filter(outcome="refused").count() == 1


def test_back_to_back_appointments_are_allowed(book):
    book("09:00", "09:30")
    book("09:30", "10:00")


def test_booking_makes_the_patient_known_at_the_location(book, location):
    appointment = book("09:00")

    assert PatientLocation.objects.filter(patient=appointment.patient, location=location).exists()


def test_a_cancelled_appointment_gives_its_time_back(book, desk):
    first = book("09:00", "09:30")
    cancel_appointment(
        appointment=first, cancelled_by="patient", reason="Asked", by=desk, at=at("08:00")
    )

    book("09:00", "09:30")


def test_the_database_itself_refuses_a_double_booking(book):
    first = book("09:00", "09:30")
    other = Appointment.objects.create(
        patient=factories.PatientFactory(),
        practitioner=first.practitioner,
        location=first.location,
        appointment_type=first.appointment_type,
        period=first.period,
    )

    with pytest.raises(IntegrityError, match="reservation_time_free"):
        Reservation.objects.create(
            appointment=other,
            resource_kind="practitioner",
            resource_id=first.practitioner_id,
            period=first.period,
        )


def test_a_patient_is_in_one_place_only(book, location, desk, patient):
    book("09:00", patient=patient)

    with pytest.raises(TimeTaken, match="another visit then"):
        book(
            "09:00", patient=patient, practitioner=factories.PractitionerFactory(available=location)
        )


def test_who_is_refused_is_told_when_there_is_time(book):
    book("09:00", "09:30")

    with pytest.raises(TimeTaken) as refused:
        book("09:00", "09:30")

    assert all(each.starts_at >= at("08:00") for each in refused.value.alternatives) or not (
        refused.value.alternatives
    )


def test_overbooking_is_a_lane_with_a_reason(book):
    book("09:00")
    beside = book("09:00", overbook_reason="Fever, cannot wait")

    assert (beside.lane, beside.overbook_reason) == (1, "Fever, cannot wait")


def test_overbooking_stops_at_the_cap_of_the_type(book, follow_up):
    book("09:00")
    book("09:00", overbook_reason="Fever")

    with pytest.raises(TimeTaken, match="allows 1 beside one"):
        book("09:00", overbook_reason="Fever too")


def test_overbooking_is_a_right_of_its_own(book, location):
    book("09:00")

    with pytest.raises(Forbidden, match="beside another visit"):
        book("09:00", overbook_reason="Fever", by=factories.actor(Role.NURSE, location))


def test_a_room_of_the_kind_is_chosen_and_the_last_one_refuses(book, location):
    kind = factories.AppointmentTypeFactory(room_kind="exam")
    room = factories.RoomFactory(location=location)
    first = book("09:00", appointment_type=kind)

    assert first.reservations.get(resource_kind="room").resource_id == room.pk
    with pytest.raises(NothingFree, match="No exam room is free"):
        book(
            "09:00",
            appointment_type=kind,
            practitioner=factories.PractitionerFactory(available=location),
        )


def test_elsewhere_is_not_bookable_from_here(book, elsewhere):
    with pytest.raises(OutOfScope):
        book("09:00", location=elsewhere)


@pytest.mark.parametrize("minutes", [0, 4, 481, -30])
def test_a_visit_has_a_length_that_makes_sense(book, minutes):
    with pytest.raises(Invalid, match="between 5 and 480"):
        book("09:00", minutes=minutes)


def test_a_closed_record_is_not_booked(book):
    with pytest.raises(Invalid, match="closed"):
        book("09:00", patient=factories.PatientFactory(is_active=False))


def test_an_imported_practitioner_is_not_bookable(book):
    foreign = factories.PractitionerFactory(is_external=True, is_bookable=False, employee=None)

    with pytest.raises(Invalid, match="does not take visits"):
        book("09:00", practitioner=foreign)


def test_a_lapsed_hold_is_swept_by_whoever_books_over_it(book, location, practitioner):
    hold = Hold.objects.create(
        location=location,
        held_by_id=practitioner.pk,
        held_by_name="Maria",
        expires_at=at("00:01", at("08:00").date()),
    )
    Hold.objects.update(expires_at="2020-01-01T00:00Z")
    Reservation.objects.create(
        hold=hold,
        resource_kind="practitioner",
        resource_id=practitioner.pk,
        period=period("09:00", "09:30"),
    )

    book("09:00")

    assert not Hold.objects.exists()


def test_a_live_hold_keeps_its_time(book, location, practitioner):
    hold = Hold.objects.create(
        location=location,
        held_by_id=practitioner.pk,
        held_by_name="Maria",
        expires_at="2199-01-01T00:00Z",
    )
    Reservation.objects.create(
        hold=hold,
        resource_kind="practitioner",
        resource_id=practitioner.pk,
        period=period("09:00", "09:30"),
    )

    with pytest.raises(TimeTaken, match="held for a moment"):
        book("09:00")


def test_the_same_patient_twice_a_day_is_noted_not_stopped(book, patient):
    book("09:00", patient=patient)
    book("11:00", patient=patient)

    kept = GateVerdict.objects.get()
    assert (kept.rule, kept.outcome) == ("scheduling.same_day", "warned")


def test_outside_hours_is_noted_with_the_hours(book):
    book("17:30")

    assert "sees patients 8:00–5:00" in GateVerdict.objects.get().sentence


def test_a_locked_period_stops_the_booking(book, practice):
    practice.save_changes(locked_through_date=at("09:00").date())

    with pytest.raises(Blocked, match="locked"):
        book("09:00")

    assert not Appointment.objects.exists()
    assert GateVerdict.objects.get().outcome == "blocked"


def test_booking_takes_eight_statements(book, django_assert_max_num_queries, patient, settings):
    """Apart from reservations and audit, with configuration remembered; the seventh wakes who writes to the patient."""
    settings.MEMO_SECONDS = 60
    book("08:00")
    own = ('INSERT INTO "scheduling_reservation"', 'INSERT INTO "kernel_auditevent"')

    with django_assert_max_num_queries(20) as asked:
        book("09:00", patient=patient)

    said = [each["sql"] for each in asked.captured_queries]
    counted = [sql for sql in said if not sql.startswith(("SAVEPOINT", "RELEASE", *own))]
    assert len(counted) <= 7, "\n".join(sql[:120] for sql in counted)
