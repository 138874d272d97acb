"""The link in a message: it shows, a press answers, once, and only what the message was about."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from communications import links
from communications.models import Message
from kernel.models import AuditEvent
from scheduling.models import Appointment, PatientAnswer
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(location, practitioner, patient):
    begins = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=20)
    return Appointment.objects.create(
        patient=patient, practitioner=practitioner, location=location, period=factories.span(begins, 20),
        appointment_type=factories.AppointmentTypeFactory(name="Follow-up", minutes=20),
    )  # fmt: skip


def _sent(visit, **details):
    return Message.objects.create(
        **{
            "kind": "appointment.reminder", "subject_kind": "patients.patient", "subject_id": visit.patient_id,
            "about_id": visit.pk, "occasion": f"{visit.pk}@{int(visit.starts_at.timestamp())}", "state": "sent",
            "sent_at": timezone.now(), "way": "sms", "address": "1", "text": "x", "gateway": "demo",
            "location": visit.location,
        } | details
    )  # fmt: skip


@pytest.fixture
def message(visit):
    return _sent(visit)


@pytest.fixture
def door(message):
    return f"/a/{links.token(message.pk)}/"


def test_looking_changes_nothing(client, door, visit):
    """Mail programs and phones open links to look at them."""
    for _ in range(3):
        assert client.get(door).status_code == 200
        assert client.head(door).status_code == 200

    visit.refresh_from_db()
    assert visit.confirmation == "unconfirmed"
    assert not PatientAnswer.objects.exists()


def test_it_says_no_more_than_the_message_did(client, door, visit):
    page = client.get(door).content.decode()

    assert visit.patient.given_name in page
    assert visit.patient.family_name not in page
    assert "Follow-up" not in page
    assert str(visit.patient.birth_date.year) not in page


def test_yes_confirms_and_leaves_the_status_alone(client, door, visit):
    """Complaint 3: confirmation is a state of its own."""
    client.post(door, {"answer": "confirm"})

    visit.refresh_from_db()
    assert (visit.confirmation, visit.status) == ("confirmed", "booked")
    event = AuditEvent.objects.get(action="scheduling.take_answer")
    assert event.on_behalf_of_id == visit.patient_id


def test_no_asks_the_desk_and_does_not_cancel(client, door, visit):
    page = client.post(door, {"answer": "cancel"}).content.decode()

    visit.refresh_from_db()
    assert visit.status == "booked"
    assert PatientAnswer.objects.get().settled_at is None
    assert "The desk will see to it" in page


def test_late_says_how_much(client, door):
    client.post(door, {"answer": "late", "late": "15"})

    assert PatientAnswer.objects.get().late_minutes == 15


def test_a_link_answers_once(client, door, visit):
    client.post(door, {"answer": "confirm"})

    again = client.post(door, {"answer": "cancel"})

    assert again.status_code == 409
    assert PatientAnswer.objects.count() == 1
    visit.refresh_from_db()
    assert visit.confirmation == "confirmed"


@pytest.mark.parametrize(
    "change",
    [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t[:-4], lambda t: t + "AAAA", lambda t: "x",
     lambda t: t.swapcase(), lambda _: links.token(uuid4())],
    ids=["other seal", "cut off", "longer", "a letter", "other case", "nobody's"],
)  # fmt: skip
def test_a_made_up_link_leads_nowhere(client, message, change):
    door = f"/a/{change(links.token(message.pk))}/"

    assert client.get(door).status_code == 404
    assert client.post(door, {"answer": "confirm"}).status_code == 404
    assert not PatientAnswer.objects.exists()


def test_a_link_of_yesterday_leads_nowhere(client, door, visit):
    past = timezone.now() - timedelta(days=2)
    Appointment.objects.filter(pk=visit.pk).update(period=factories.span(past, 20))

    assert client.get(door).status_code == 404


@pytest.mark.parametrize("state", ["due", "dropped"])
def test_a_link_of_a_message_that_was_not_sent_leads_nowhere(client, visit, state):
    message = _sent(visit, state=state, sent_at=None, reason="no", rule=state)

    assert client.get(f"/a/{links.token(message.pk)}/").status_code == 404


def test_a_moved_visit_is_not_confirmed_by_the_old_link(client, door, visit):
    later = visit.starts_at + timedelta(hours=1)
    Appointment.objects.filter(pk=visit.pk).update(period=factories.span(later, 20))

    answer = client.post(door, {"answer": "confirm"})

    assert answer.status_code == 409
    visit.refresh_from_db()
    assert visit.confirmation == "unconfirmed"


def test_a_family_answers_together(client, message, visit, location, practitioner):
    sibling = Appointment.objects.create(
        patient=factories.PatientFactory(at=[location]), practitioner=practitioner, location=location,
        period=factories.span(visit.starts_at + timedelta(minutes=30), 20), appointment_type=visit.appointment_type,
    )  # fmt: skip
    _sent(sibling, carried_by=message, text="", address="", way="", gateway="")

    client.post(f"/a/{links.token(message.pk)}/", {"answer": "confirm"})

    assert set(Appointment.objects.values_list("confirmation", flat=True)) == {"confirmed"}


@pytest.mark.parametrize("posted", [{}, {"answer": "x"}, {"answer": "late"}, {"answer": "late", "late": "7"},
                                    {"answer": "late", "late": "999999"}, {"answer": "words"}])  # fmt: skip
def test_nonsense_is_answered_with_a_sentence(client, door, posted):
    answer = client.post(door, posted)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not PatientAnswer.objects.exists()
