"""A gateway on the loopback, and visits that lie so far from now that a reminder of them is due."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from benchmarks.gateway import Gateway
from communications import gateways
from communications.models import Message, SendingSetting
from communications.sending import claiming, handing
from patients.models import ContactPoint
from scheduling import reminders
from scheduling.models import Appointment, ReminderRule
from tests import factories


@pytest.fixture(autouse=True)
def no_night(db):
    """The tests run at any hour; those about the night set it."""
    return SendingSetting.objects.create(quiet_from=time(0), quiet_until=time(0), per_minute=60_000)


@pytest.fixture
def gateway(settings):
    """It knows its keys, as most do."""
    with Gateway(keys=True) as found:
        settings.GATEWAYS = {"sms": found.address, "email": "mail:"}
        yield found
        gateways.forget()


@pytest.fixture
def blind(settings):
    """It delivers whatever it is handed, as often as it is handed."""
    with Gateway(keys=False) as found:
        settings.GATEWAYS = {"sms": found.address}
        yield found
        gateways.forget()


@pytest.fixture
def patient_with():
    """`patient_with(mobile="(207) 555-0142", email="r@example.org")`."""

    def make(location, mobile="", email="", **details):
        patient = factories.PatientFactory(at=[location], **details)
        if mobile:
            digits = "".join(filter(str.isdigit, mobile))
            ContactPoint.objects.create(
                patient=patient, system="phone", use="mobile", value=mobile, digits=digits, rank=1
            )
        if email:
            ContactPoint.objects.create(patient=patient, system="email", value=email, rank=2)
        return patient

    return make


@pytest.fixture
def visit_in(location, practitioner, patient_with):
    """`visit_in(hours=47)`: a visit that begins then, booked two weeks ago."""
    kind = factories.AppointmentTypeFactory(name="Follow-up", minutes=20)

    def make(hours, patient=None, **details):
        begins = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=hours)
        visit = Appointment.objects.create(
            patient=patient or patient_with(location, mobile="(207) 555-0142"),
            practitioner=practitioner, location=location, appointment_type=kind,
            period=factories.span(begins, 20), **details,
        )  # fmt: skip
        booked = timezone.now() - timedelta(days=14)
        Appointment.objects.filter(pk=visit.pk).update(created_at=booked, updated_at=booked)
        visit.refresh_from_db()
        return visit

    return make


@pytest.fixture
def two_days_before(db):
    """The one rule of the test."""
    ReminderRule.objects.all().update(is_active=False)
    return ReminderRule.objects.create(name="The day before yesterday", lead_minutes=2 * 24 * 60)


@pytest.fixture
def send(two_days_before):
    """Plan, then send what is due; returns the messages by their patient's first name."""

    def do():
        reminders.plan()
        handing.send_due()
        return list(Message.objects.order_by("created_at", "pk"))

    return do


@pytest.fixture
def lease_over():
    """As if a minute had passed since the messages were taken in hand."""

    def do():
        Message.objects.exclude(lease_until=None).update(
            lease_until=timezone.now() - timedelta(hours=1)
        )
        claiming.look_after_the_left()

    return do
