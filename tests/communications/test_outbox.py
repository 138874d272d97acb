"""The outbox: what became of every message, and what a person does where no program can."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communications import actions
from communications.kinds import Words
from communications.models import Message, TemplateVersion
from communications.queries.outbox import needing_a_person
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid, StaleVersion
from office.roles import Role
from scheduling import reminders
from scheduling.models import Appointment
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def lost(location, patient):
    """Nobody knows whether it arrived."""
    return Message.objects.create(
        kind=reminders.REMINDER, subject_kind="patients.patient", subject_id=patient.pk, occasion="x",
        state="unknown", reason="The gateway did not answer.", way="sms", address="2075550142", text="Hello Rosa",
        gateway="http", location=location,
    )  # fmt: skip


def test_who_may_write_says_that_it_arrived(lost, desk):
    actions.say_it_arrived(message=lost, by=desk, at=timezone.now())

    lost.refresh_from_db()
    assert lost.state == "sent"
    assert lost.events.get().by_name == desk.name
    assert AuditEvent.objects.filter(action="communications.say_it_arrived").exists()


def test_sent_again_it_is_another_message_to_the_gateway(lost, desk):
    before = lost.key

    again = actions.send_again(message=lost, by=desk)

    assert (again.state, again.key == before) == ("due", False)


@pytest.mark.parametrize("state", ["due", "sent"])
def test_what_waits_or_was_sent_is_not_repeated(lost, desk, state):
    Message.objects.filter(pk=lost.pk).update(
        state=state, sent_at=timezone.now() if state == "sent" else None
    )

    with pytest.raises(Invalid, match="nothing to repeat"):
        actions.send_again(message=lost, by=desk)


def test_giving_up_needs_a_reason(lost, desk):
    with pytest.raises(Invalid, match="Say why"):
        actions.give_up(message=lost, reason=" ", by=desk)

    lost.refresh_from_db()
    assert lost.state == "unknown"


def test_a_biller_looks_and_does_not_send(lost, location):
    with pytest.raises(Forbidden):
        actions.send_again(message=lost, by=factories.actor(Role.BILLER, location))


def test_what_needs_a_person_is_counted_where_one_works(lost, desk, elsewhere):
    assert needing_a_person(desk) == {"unknown": 1}
    assert needing_a_person(factories.actor(Role.FRONT_DESK, elsewhere)) == {}


def test_the_page_shows_it_and_the_drawer_says_why(signed_in, location, lost, patient):
    desk = signed_in(Role.FRONT_DESK, location)

    page = desk.get(reverse("communications:outbox")).content.decode()
    drawer = desk.get(reverse("communications:message", args=[lost.pk])).content.decode()

    assert str(patient) in page
    assert "Not known whether it arrived" in page
    assert "Hello Rosa" in drawer
    assert "It arrived" in drawer


def test_a_longer_outbox_costs_no_more_statements(
    signed_in, location, patient, django_assert_max_num_queries
):
    desk = signed_in(Role.FRONT_DESK, location)
    Message.objects.bulk_create(
        Message(
            kind=reminders.REMINDER, subject_kind="patients.patient", subject_id=patient.pk,
            occasion=str(number), location=location,
        )
        for number in range(50)
    )  # fmt: skip
    desk.get(reverse("communications:outbox"))

    with django_assert_max_num_queries(14):
        assert desk.get(reverse("communications:outbox")).status_code == 200


# ---- words


def _write(manager, text, *, number=0, way="sms", subject=""):
    return actions.write_template(
        kind=reminders.REMINDER, way=way, language="en", words=Words(text, subject), seen_number=number,
        by=manager, at=timezone.now(),
    )  # fmt: skip


def test_every_change_of_words_is_a_version(manager):
    _write(manager, "Hello {first_name}")
    _write(manager, "Good day {first_name}", number=1)

    assert list(TemplateVersion.objects.order_by("number").values_list("text", flat=True)) == [
        "Hello {first_name}",
        "Good day {first_name}",
    ]


def test_words_over_an_older_version_are_refused(manager):
    _write(manager, "Hello {first_name}")

    with pytest.raises(StaleVersion):
        _write(manager, "Mine")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hello {name}", "There is no field {name} here"),
        ("Hello {first_name.password}", "There is no field {first_name.password} here"),
        ("Hello {", "stands alone"),
        ("  ", "Write what the message says"),
    ],
)
def test_words_with_an_unknown_field_are_refused(manager, text, says):
    with pytest.raises(Invalid, match=says.replace("{", "[{]").replace(".", "[.]")):
        _write(manager, text)

    assert not TemplateVersion.objects.exists()


def test_an_email_needs_a_subject(manager):
    with pytest.raises(Invalid, match="needs a subject"):
        _write(manager, "Hello", way="email")


def test_the_page_of_words_keeps_what_was_typed(signed_in, location):
    manager = signed_in(Role.MANAGER, location)
    page = reverse("communications:template", args=[reminders.REMINDER, "sms", "en"])

    answer = manager.post(page, {"text": "Hello {nmae}", "seen_number": 0})

    assert answer.status_code == 422
    assert "Hello {nmae}" in answer.content.decode()
    assert "There is no field {nmae}" in answer.content.decode()


def test_somebody_elses_words_are_shown_beside_ones_own(signed_in, location):
    manager = signed_in(Role.MANAGER, location)
    _write(factories.actor_of(manager.user), "Theirs {first_name}")
    page = reverse("communications:template", args=[reminders.REMINDER, "sms", "en"])

    answer = manager.post(page, {"text": "Mine {first_name}", "seen_number": 0})

    assert answer.status_code == 409
    assert "Theirs {first_name}" in answer.content.decode()
    assert "Mine {first_name}" in answer.content.decode()


# ---- to everybody booked


@pytest.fixture
def booked(location, practitioner, visit_in):
    """Three patients tomorrow, one of them twice."""
    first = visit_in(24)
    visit_in(25, patient=first.patient)
    return [first, visit_in(26), visit_in(27)]


@pytest.fixture
def closed(manager, location, booked):
    return actions.prepare_broadcast(
        location=location, audience="scheduling.booked", first_at=timezone.now(),
        last_at=timezone.now() + timedelta(days=2), channel="any",
        words=Words("{first_name}, we are closed on {appt_day}.", "Closed"), by=manager,
    )  # fmt: skip


def test_everybody_booked_is_written_to_once(closed, manager):
    actions.start_broadcast(broadcast=closed, by=manager, at=timezone.now())

    assert Message.objects.filter(broadcast=closed).count() == 3


def test_it_is_started_once(closed, manager):
    actions.start_broadcast(broadcast=closed, by=manager, at=timezone.now())

    with pytest.raises(Invalid, match="sent before"):
        actions.start_broadcast(broadcast=closed, by=manager, at=timezone.now())


def test_stopped_nothing_more_leaves(closed, manager, gateway):
    actions.start_broadcast(broadcast=closed, by=manager, at=timezone.now())

    left = actions.stop_broadcast(broadcast=closed, by=manager, at=timezone.now())

    assert left == 3
    assert set(Message.objects.values_list("state", "reason")) == {
        ("dropped", "The broadcast was stopped.")
    }


def test_they_leave_at_a_pace(closed, manager):
    closed.save_changes(per_minute=1)
    actions.start_broadcast(broadcast=closed, by=manager, at=timezone.now())

    first, *_, last = Message.objects.order_by("due_at").values_list("due_at", flat=True)
    assert last - first == timedelta(minutes=2)


def test_nobody_booked_is_said_and_nothing_is_started(manager, location):
    draft = actions.prepare_broadcast(
        location=location, audience="scheduling.booked", first_at=timezone.now(),
        last_at=timezone.now() + timedelta(days=2), channel="any", words=Words("Closed"), by=manager,
    )  # fmt: skip

    with pytest.raises(Invalid, match="Nobody is booked"):
        actions.start_broadcast(broadcast=draft, by=manager, at=timezone.now())

    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_way_through_the_pages(signed_in, location, booked):
    manager = signed_in(Role.MANAGER, location)
    today = timezone.localdate()
    form = {
        "audience": "scheduling.booked", "channel": "any", "first": today.isoformat(),
        "last": (today + timedelta(days=3)).isoformat(), "text": "Closed for snow, {first_name}.",
    }  # fmt: skip
    made = manager.post(reverse("communications:new_broadcast"), form, follow=True)
    assert "Send to 3" in made.content.decode()

    sent = manager.post(made.redirect_chain[-1][0] + "start/", follow=True)

    assert "Stop: 3 have not left" in sent.content.decode()
    assert Appointment.objects.filter(status="booked").count() == 4
