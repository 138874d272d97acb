"""The bench database, small."""

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from demo import scale
from kernel import clock
from patients.models import ContactPoint, Patient
from scheduling.models import Appointment, Reservation
from staff.models import Practitioner
from tests import factories
from tests.demo.conftest import HOUSE, MONDAY, ZONE, moment

pytestmark = pytest.mark.django_db
SHAPE = """
SELECT tablename || ' ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1
"""
TODAY = 40 + 39 * 30 + 20 * 30  # visits of the first day
HOW_MANY = TODAY + 30 * 800 + 1600


def shape():
    with connection.cursor() as cursor:
        cursor.execute(SHAPE)
        return [row for (row,) in cursor.fetchall()]


def enlarge(how_many):
    scale.make_large(by=HOUSE, at=moment("10:30"), how_many=how_many, home=ZONE)


def test_every_index_and_constraint_is_back_and_has_been_checked():
    before = shape()

    enlarge(TODAY)

    assert shape() == before
    assert any("reservation_time_free" in each for each in before)


def test_the_book_has_the_shape_the_benches_expect():
    enlarge(HOW_MANY)

    assert Appointment.objects.count() == Patient.objects.count() == HOW_MANY
    assert ContactPoint.objects.count() == HOW_MANY
    assert Reservation.objects.live().count() == 2 * HOW_MANY
    first = Practitioner.objects.order_by("pk").first()
    own = Appointment.objects.filter(practitioner=first)
    assert own.starting_in(clock.day(MONDAY, ZONE)).count() == 40
    month = clock.days(MONDAY.replace(day=17), MONDAY.replace(month=12), ZONE)
    assert own.starting_in(month).count() == 30 * 20
    past = Appointment.objects.filter(starts_at__lt=clock.day(MONDAY, ZONE).lower)
    assert past.count() == 1600
    assert set(past.values_list("status", flat=True)) == {"fulfilled"}


def test_the_time_that_was_copied_cannot_be_taken_again():
    enlarge(100)
    held = Reservation.objects.filter(resource_kind="practitioner").first()

    with pytest.raises(IntegrityError, match="reservation_time_free"):
        Reservation.objects.create(
            appointment_id=held.appointment_id,
            resource_kind="practitioner",
            resource_id=held.resource_id,
            period=held.period,
        )


def test_a_practice_that_is_there_is_not_overrun():
    factories.PracticeFactory()

    with pytest.raises(CommandError, match="empty database"):
        call_command("seed_demo", "--scale", "100")
    with pytest.raises(CommandError, match="at least 1"):
        call_command("seed_demo", "--scale", "0")
