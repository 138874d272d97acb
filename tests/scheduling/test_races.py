"""Two clerks at once, with real connections."""

import threading

import pytest
from django.db import connection

from scheduling.actions.booking import book_appointment
from scheduling.actions.cancelling import cancel_appointment
from scheduling.actions.moving import move_appointment
from scheduling.actions.reserving import TimeTaken
from scheduling.models import Appointment, Reservation
from tests import factories
from tests.clock import at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def terms(location, practitioner, desk):
    return {
        "practitioner": practitioner,
        "location": location,
        "appointment_type": factories.AppointmentTypeFactory(minutes=30),
        "by": desk,
    }


def all_at_once(jobs):
    """Run the jobs together; the outcome of each, in order."""
    together, outcomes = threading.Barrier(len(jobs), timeout=10), [None] * len(jobs)

    def run(place, job):
        together.wait()
        try:
            job()
            outcomes[place] = "done"
        except TimeTaken:
            outcomes[place] = "refused"
        except Exception as error:  # shown by the assertion
            outcomes[place] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def overlapping_pairs():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM scheduling_reservation a JOIN scheduling_reservation b"
            " ON a.id < b.id AND a.resource_id = b.resource_id AND a.lane = b.lane AND a.period && b.period"
            " WHERE a.is_live AND b.is_live"
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize("attempt", range(3))
def test_of_eight_clerks_who_book_at_once_one_wins(terms, attempt):
    patients = factories.PatientFactory.create_batch(8)

    outcomes = all_at_once(
        [
            lambda patient=patient: book_appointment(patient=patient, start=at("09:00"), **terms)
            for patient in patients
        ]
    )

    assert sorted(outcomes) == ["done", *["refused"] * 7]
    assert Appointment.objects.count() == 1


def test_valid_bookings_of_one_practitioner_are_never_refused(terms):
    patients = factories.PatientFactory.create_batch(8)

    outcomes = all_at_once(
        [
            lambda patient=patient, hour=hour: book_appointment(
                patient=patient, start=at(f"{hour:02}:00"), **terms
            )
            for hour, patient in enumerate(patients, start=8)
        ]
    )

    assert outcomes == ["done"] * 8


def test_two_visits_that_swap_places_do_not_deadlock(terms, desk):
    first, second = (
        book_appointment(patient=factories.PatientFactory(), start=at(clock), **terms)
        for clock in ("09:00", "10:00")
    )

    outcomes = all_at_once(
        [
            lambda: move_appointment(appointment=first, start=at("10:00"), by=desk),
            lambda: move_appointment(appointment=second, start=at("09:00"), by=desk),
        ]
    )

    assert outcomes == ["refused", "refused"]
    assert overlapping_pairs() == 0


def test_bookings_moves_and_cancels_mixed_never_overlap(terms, desk):
    visits = [
        book_appointment(patient=factories.PatientFactory(), start=at(f"{hour:02}:00"), **terms)
        for hour in (9, 11, 13)
    ]
    patients = factories.PatientFactory.create_batch(4)

    all_at_once(
        [
            lambda: move_appointment(appointment=visits[0], start=at("11:15"), by=desk),
            lambda: cancel_appointment(
                appointment=visits[1],
                cancelled_by="patient",
                reason="Asked",
                by=desk,
                at=at("08:00"),
            ),
            lambda: move_appointment(appointment=visits[2], start=at("11:00"), by=desk),
            *(
                lambda patient=patient: book_appointment(
                    patient=patient, start=at("11:00"), **terms
                )
                for patient in patients
            ),
        ]
    )

    assert overlapping_pairs() == 0


def test_clerks_who_want_the_last_rooms_share_them_out(terms, location):
    kind = factories.AppointmentTypeFactory(minutes=30, room_kind="exam")
    factories.RoomFactory.create_batch(2, location=location)
    people = [factories.PractitionerFactory(available=location) for _ in range(4)]
    patients = factories.PatientFactory.create_batch(4)

    outcomes = all_at_once(
        [
            lambda who=who, patient=patient: book_appointment(
                patient=patient,
                start=at("09:00"),
                **(terms | {"practitioner": who, "appointment_type": kind}),
            )
            for who, patient in zip(people, patients, strict=True)
        ]
    )

    assert sorted(outcomes) == ["done", "done", "refused", "refused"]
    assert Reservation.objects.filter(resource_kind="room", is_live=True).count() == 2
