"""Messages leave once, say what is true when they leave, and tell what became of them."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from communications import planning, wording
from communications.models import Message, MessageEvent, OptOut, SendingSetting
from communications.sending import claiming, handing, reconciling
from scheduling import reminders
from scheduling.models import Appointment, ReminderRule
from tests import factories

pytestmark = pytest.mark.django_db
AN_HOUR = timedelta(hours=1)


def test_a_reminder_is_planned_once_however_often_it_is_asked(visit_in, two_days_before):
    visit_in(47.9)

    assert [reminders.plan(), reminders.plan()] == [1, 0]


def test_a_reminder_says_who_when_where_and_nothing_else(visit_in, send, gateway):
    visit = visit_in(47.9)

    (message,) = send()

    assert (message.state, message.way, message.address) == ("sent", "sms", "2075550142")
    said = gateway.texts[message.key]["text"]
    assert visit.patient.given_name in said
    assert "{" not in said
    assert (
        str(visit.appointment_type) not in said
    )  # the kind of visit is nobody's business on a phone


def test_sending_twice_delivers_once(visit_in, send, gateway):
    visit_in(47.9)

    send()
    send()

    assert gateway.tally() == {"delivered": 1, "twice": 0, "handed": 1, "hung": 0}


@pytest.mark.parametrize("status", ["cancelled", "noshow", "fulfilled"])
def test_a_visit_that_no_longer_stands_is_not_written_about(
    visit_in, two_days_before, gateway, status
):
    """Complaint 21: reminders went out after cancellations."""
    visit = visit_in(47.9)
    reminders.plan()
    paired = {"cancelled_by": "patient", "cancel_reason": "Sick"} if status == "cancelled" else {}
    Appointment.objects.filter(pk=visit.pk).update(status=status, **paired)

    handing.send_due()

    message = Message.objects.get()
    assert message.state == "dropped"
    assert message.reason.startswith("The visit is")
    assert gateway.tally()["handed"] == 0


def test_a_moved_visit_is_written_about_at_its_new_time_only(visit_in, two_days_before, gateway):
    """Complaints 21 and 22: nothing is scheduled, so nothing is left behind."""
    visit = visit_in(47.9)
    reminders.plan()
    later = visit.starts_at + timedelta(minutes=5)
    Appointment.objects.filter(pk=visit.pk).update(period=factories.span(later, 20))
    reminders.plan()

    handing.send_due()

    states = dict(Message.objects.values_list("occasion", "state"))
    assert sorted(states.values()) == ["dropped", "sent"]
    assert states[f"{visit.pk}@{int(later.timestamp())}"] == "sent"


def test_an_edited_rule_needs_nothing_cancelled(visit_in, two_days_before, gateway):
    """Complaint 22: editing a rule canceled what was scheduled and put nothing in its place."""
    visit_in(20)
    assert reminders.plan() == 0
    ReminderRule.objects.filter(pk=two_days_before.pk).update(lead_minutes=20 * 60)

    assert reminders.plan() == 1


def test_a_visit_of_another_type_is_left_alone(visit_in, two_days_before):
    two_days_before.appointment_types.add(factories.AppointmentTypeFactory(name="Lab"))
    visit_in(47.9)

    assert reminders.plan() == 0


def test_a_visit_booked_after_the_moment_gets_no_late_reminder(visit_in, two_days_before):
    visit = visit_in(40)
    Appointment.objects.filter(pk=visit.pk).update(created_at=timezone.now())

    assert reminders.plan() == 0


def test_the_visits_status_is_never_touched(visit_in, send, gateway):
    """Complaint 3: the reminder job overwrote the arrival status."""
    visit = visit_in(47.9)
    before = Appointment.objects.values().get(pk=visit.pk)

    send()

    assert Appointment.objects.values().get(pk=visit.pk) == before


def test_who_said_stop_hears_nothing_by_that_way(
    visit_in, send, gateway, mailoutbox, location, patient_with
):
    both = patient_with(location, mobile="(207) 555-0177", email="b@example.org")
    visit_in(47.9, patient=both)
    OptOut.objects.create(way="sms", address="2075550177", source="reply", asked_at=timezone.now())

    (message,) = send()

    assert (message.state, message.way) == ("sent", "email")
    assert [letter.to for letter in mailoutbox] == [["b@example.org"]]


def test_who_said_stop_everywhere_is_not_written_to_and_it_says_why(visit_in, send, gateway):
    visit_in(47.9)
    OptOut.objects.create(way="sms", address="2075550142", source="reply", asked_at=timezone.now())

    (message,) = send()

    assert (message.state, message.reason) == ("dropped", "Asked for no more messages.")


def test_nothing_goes_out_at_night(visit_in, two_days_before, gateway, location):
    here = timezone.now().astimezone(factories.zone_of(location))
    night = {
        "quiet_from": (here - timedelta(hours=1)).time(),
        "quiet_until": (here + timedelta(hours=1)).time(),
    }
    SendingSetting.objects.update(**night)
    visit_in(47.9)
    reminders.plan()

    handing.send_due()

    message = Message.objects.get()
    assert message.state == "due"
    assert timedelta(minutes=59) < message.due_at - timezone.now() <= timedelta(hours=1)
    assert gateway.tally()["handed"] == 0


def test_what_would_come_too_late_is_not_sent(visit_in, two_days_before, gateway):
    visit_in(47.9)
    reminders.plan()
    Message.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    handing.send_due()

    assert Message.objects.get().reason == "It would have come too late."


def test_three_automatic_messages_a_week_are_enough(visit_in, send, gateway):
    visit = visit_in(47.9)
    Message.objects.bulk_create(
        Message(
            kind="appointment.reminder", subject_kind="patients.patient", subject_id=visit.patient_id,
            occasion=f"earlier {number}", state="sent", sent_at=timezone.now() - timedelta(days=number),
            way="sms", address="1", text="x", gateway="http", location=visit.location,
        )
        for number in range(3)
    )  # fmt: skip

    messages = [each for each in send() if each.about_id]

    assert messages[0].reason == "3 messages in seven days already."


def test_a_family_gets_one_message_with_everybodys_time(
    visit_in, send, gateway, location, patient_with
):
    for name in ("Ann", "Bob", "Cleo"):
        child = patient_with(location, mobile="(207) 555-0100", given_name=name)
        visit_in(47.9, patient=child)

    messages = send()

    assert [each.state for each in messages] == ["sent"] * 3
    assert gateway.tally()["delivered"] == 1
    (said,) = gateway.texts.values()
    assert said["text"].startswith("Ann, Bob and Cleo,")
    assert "(Cleo)" in said["text"]


def test_a_spanish_speaker_reads_spanish(visit_in, send, gateway, location, patient_with):
    visit_in(47.9, patient=patient_with(location, mobile="(207) 555-0199", language="es-MX"))

    send()

    (said,) = gateway.texts.values()
    assert "le esperamos el" in said["text"]


def test_a_gateway_that_is_busy_gets_it_later(visit_in, send, gateway):
    gateway.answer = 503
    visit_in(47.9)

    (message,) = send()

    assert (message.state, message.attempts) == ("due", 1)
    assert message.due_at > timezone.now() + timedelta(seconds=5)


def test_a_number_that_does_not_exist_fails_and_waits_for_a_person(visit_in, send, gateway, desk):
    gateway.answer = 422
    visit_in(47.9)

    (message,) = send()

    assert (message.state, message.reason) == ("failed", "The gateway refused it (422).")
    assert MessageEvent.objects.filter(message=message, what="failed").exists()


def test_after_the_last_try_it_waits_for_a_person(visit_in, send, gateway):
    gateway.answer = 503
    visit_in(47.9)
    send()
    Message.objects.update(due_at=timezone.now() - AN_HOUR, attempts=claiming.MAX_ATTEMPTS - 1)

    handing.send_due()

    assert Message.objects.get().state == "failed"


def test_a_lost_answer_of_a_gateway_that_knows_keys_is_asked_again(visit_in, send, gateway):
    gateway.hangs = 1000
    visit_in(47.9)
    (message,) = send()
    assert message.state == "due"
    gateway.hangs = 0
    Message.objects.update(due_at=timezone.now() - AN_HOUR)

    handing.send_due()

    assert Message.objects.get().state == "sent"
    assert gateway.tally() == {"delivered": 1, "twice": 0, "handed": 2, "hung": 1}


def test_a_lost_answer_of_a_blind_gateway_is_unknown_and_asked_about(visit_in, send, blind):
    blind.hangs = 1000
    visit_in(47.9)
    (message,) = send()
    assert message.state == "unknown"

    handing.send_due()
    assert blind.tally()["handed"] == 1  # never handed over again by itself
    Message.objects.update(updated_at=timezone.now() - AN_HOUR)
    reconciling.reconcile()

    assert Message.objects.get().state == "sent"


def test_what_a_blind_gateway_never_had_goes_again(visit_in, two_days_before, blind, lease_over):
    visit_in(47.9)
    reminders.plan()
    attempt, (message,) = claiming.claim()
    claiming.take_in_hand(attempt, [_written(message)])
    lease_over()  # the program was ended before it handed over
    assert Message.objects.get().state == "unknown"
    Message.objects.update(updated_at=timezone.now() - AN_HOUR)

    reconciling.reconcile()
    assert Message.objects.get().reason == "The gateway never had it."
    Message.objects.update(due_at=timezone.now() - AN_HOUR)
    handing.send_due()

    assert Message.objects.get().state == "sent"
    assert blind.tally()["delivered"] == 1


def test_what_was_in_a_hand_that_let_go_goes_again_where_keys_are_known(
    visit_in, two_days_before, gateway, lease_over
):
    visit_in(47.9)
    reminders.plan()
    attempt, (message,) = claiming.claim()
    claiming.take_in_hand(attempt, [_written(message)])
    lease_over()

    handing.send_due()

    assert Message.objects.get().state == "sent"


def test_two_workers_never_claim_the_same(visit_in, two_days_before):
    for _ in range(6):
        visit_in(47.9)
    reminders.plan()

    _, mine = claiming.claim(3)
    _, theirs = claiming.claim(10)

    assert len(mine) == len(theirs) == 3
    assert not {each.pk for each in mine} & {each.pk for each in theirs}


def test_a_pause_holds_everything(visit_in, send, gateway, no_night):
    no_night.save_changes(is_paused=True)
    visit_in(47.9)

    assert [each.state for each in send()] == ["due"]


def test_the_pace_is_kept(visit_in, send, gateway, no_night):
    no_night.save_changes(per_minute=2)
    for number in range(5):
        visit_in(47.9, patient=None) if number else visit_in(47.9)
    Message.objects.all().delete()

    states = sorted(each.state for each in send())

    assert states.count("due") >= 1
    assert gateway.tally()["handed"] <= 2


def test_the_database_keeps_one_message_an_occasion(visit_in, send, gateway):
    visit_in(47.9)
    (message,) = send()
    message.pk, message._state.adding = factories.new_id(), True

    with pytest.raises(IntegrityError, match="message_once"):
        message.save(force_insert=True)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "failed", "reason": ""}, "message_says_why_not"),
        ({"state": "sent", "sent_at": None}, "message_sent_is_dated"),
        ({"state": "lost", "sent_at": None}, "message_state_known"),
        ({"text": ""}, "message_handed_over_whole"),
        ({"lease_until": timezone.now(), "attempt_id": None}, "message_leased_is_named"),
    ],
)
def test_the_database_refuses_half_a_message(visit_in, send, gateway, change, constraint):
    visit_in(47.9)
    (message,) = send()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**change)


def test_planning_takes_one_statement_however_many_visits(
    visit_in, two_days_before, django_assert_num_queries
):
    for _ in range(5):
        visit_in(47.9)

    with django_assert_num_queries(1):
        assert reminders.plan() == 5


def test_a_round_of_sending_takes_no_statement_a_message(
    visit_in, send, gateway, django_assert_max_num_queries
):
    for number in range(20):
        visit_in(47.9, patient=None) if number else visit_in(47.9)
    reminders.plan()

    with django_assert_max_num_queries(40):
        handing.send_due()


def test_a_plan_brings_the_columns_that_the_statement_wants():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({reminders.BEFORE_IT_BEGINS}) AS wanted LIMIT 0")
        names = ", ".join(column.name for column in cursor.description)

    assert names == planning.COLUMNS


def _written(message):
    return claiming.Written(message, "sms", "http", "2075550142", "en", "", "words", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (0, 1)),
        ("a" * 160, (160, 1)),
        ("a" * 161, (161, 2)),
        ("€" * 80, (160, 1)),
        ("ł" * 70, (70, 1)),
        ("ł" * 71, (71, 2)),
        ("😀" * 35, (70, 1)),
    ],
)
def test_how_many_texts_it_takes(text, expected):
    assert wording.texts_needed(text) == expected


def test_midnight_is_inside_the_night():
    from communications.sending.deciding import _between

    assert _between(time(23), time(20), time(8))
    assert _between(time(3), time(20), time(8))
    assert not _between(time(12), time(20), time(8))
    assert not _between(time(8), time(20), time(8))
