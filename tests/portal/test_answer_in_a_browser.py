"""The page behind a link, on a phone: what headers and cookies do to it only a browser tells."""

from datetime import timedelta

import pytest
from django.utils import timezone

from communications import links
from communications.models import Message
from scheduling.models import Appointment, PatientAnswer
from tests import factories
from tests.browsing import axe, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_patient_says_that_they_cannot_come(open_page, location, practitioner, patient):
    begins = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=20)
    visit = Appointment.objects.create(
        patient=patient, practitioner=practitioner, location=location, period=factories.span(begins, 20),
        appointment_type=factories.AppointmentTypeFactory(name="Follow-up", minutes=20),
    )  # fmt: skip
    message = Message.objects.create(
        kind="appointment.reminder", subject_kind="patients.patient", subject_id=patient.pk, about_id=visit.pk,
        occasion=f"{visit.pk}@{int(begins.timestamp())}", state="sent", sent_at=timezone.now(), way="sms",
        address="1", text="x", gateway="demo", location=location,
    )  # fmt: skip
    page = open_page(f"/a/{links.token(message.pk)}/", width=320)
    assert overflow(page) <= 0
    assert axe(page) == []

    page.get_by_role("button", name="No, I cannot come").click()

    page.get_by_role("status").filter(has_text="The desk will see to it").wait_for()
    assert PatientAnswer.objects.get().kind == "cancel"
    page.reload()  # asks to send it again: answered once is answered
    assert PatientAnswer.objects.count() == 1
