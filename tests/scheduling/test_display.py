"""What a visit looks like at the desk, at half past ten on the Monday."""

import pytest

from kernel import looks
from scheduling.display import FACTS, Facts, minutes_words, show
from tests.clock import at

NOW = at("10:30")


def visit(status="booked", starts="11:00", confirmation="unconfirmed", **more):
    return Facts(status, confirmation, at(starts), **more)


def here(**times):
    return visit(
        "arrived",
        "10:00",
        encounter_status="arrived",
        **{f"{step}_at": at(clock) for step, clock in times.items()},
    )


@pytest.mark.parametrize(
    ("facts", "state", "word"),
    [
        (visit("proposed"), "requested", "Request"),
        (visit("pending"), "requested", "Request"),
        (visit("waitlist"), "requested", "Request"),
        (visit(), "scheduled", "Scheduled"),
        (visit(confirmation="left-message"), "scheduled", "Scheduled"),
        (visit(confirmation="confirmed"), "confirmed", "Confirmed"),
        (here(arrived="10:18"), "arrived", "Waiting 12 m"),
        (here(arrived="10:00", roomed="10:20"), "inroom", "In room"),
        (here(arrived="10:00", seen="10:20"), "inroom", "With clinician"),
        (here(arrived="10:00", roomed="10:05", ready="10:25"), "checkout", "Checkout"),
        (here(arrived="10:00", left="10:25"), "completed", "Completed"),
        (visit("noshow"), "noshow", "No-show"),
        (visit("cancelled"), "cancelled", "Canceled"),
        (visit("entered-in-error"), "cancelled", "Canceled"),
    ],
)
def test_the_nine_states_follow_from_the_appointment_and_its_encounter(facts, state, word):
    shown = show(facts, NOW)

    assert (shown.state, shown.word) == (state, word)
    assert shown.icon == looks.STATES[state].icon
    assert shown.css == f"st-{state}"


def test_the_room_is_the_word_of_a_visit_in_it():
    assert show(here(arrived="10:00", roomed="10:20")._replace(room="Room 3"), NOW).word == "Room 3"


def test_a_visit_from_an_imported_record_is_over_without_an_encounter():
    assert show(visit("fulfilled"), NOW).state == "completed"


def test_a_visit_is_late_once_its_first_minute_has_passed():
    on_time = show(visit(starts="10:30"), NOW)
    late = show(visit(starts="10:08", confirmation="confirmed"), NOW)

    assert not on_time.is_late
    assert late.state == "confirmed"
    assert (late.word, late.brief, late.icon) == ("22 m late", "22 m", "clock-exclamation")
    assert late.css == "st-confirmed appt--late"


def test_nobody_who_is_here_is_late():
    assert not show(here(arrived="10:10"), NOW).is_late


def test_whoever_waits_twenty_minutes_waits_too_long():
    nineteen, twenty = show(here(arrived="10:11"), NOW), show(here(arrived="10:10"), NOW)

    assert not nineteen.waits_too_long
    assert twenty.waits_too_long
    assert twenty.css == "st-arrived appt--long"
    assert twenty.flags == ("waiting too long",)
    assert not show(here(arrived="10:10"), NOW, long_wait_minutes=30).waits_too_long


def test_an_overbooked_visit_and_one_that_must_move_say_so():
    shown = show(visit(lane=1), NOW, must_move=True)

    assert shown.flags == ("overbooked", "must be moved")
    assert shown.css == "st-scheduled appt--move"


def test_only_a_visit_that_has_not_begun_can_have_to_move():
    assert not show(here(arrived="10:10"), NOW, must_move=True).must_move


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 m"), (31, "31 m"), (60, "1 h"), (65, "1 h 5 m"), (1440, "1 day"), (4000, "2 days")],
)
def test_minutes_are_said_as_the_desk_says_them(minutes, words):
    assert minutes_words(minutes) == words


def test_the_named_columns_are_columns(book):
    from scheduling.models import Appointment

    appointment = book("11:00", "11:30")

    row = Appointment.objects.filter(pk=appointment.pk).values_list(*FACTS).get()

    assert show(Facts(*row), NOW).state == "scheduled"
