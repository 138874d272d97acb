"""A POST with an Idempotency-Key is done once, however often and however close together it is sent."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from access import tokens
from kernel import tasks
from kernel.models import IdempotencyKey
from office.roles import Role
from scheduling.models import Appointment
from tests import factories
from tests.clock import at

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/appointments/"
KEYS, TWINS = 12, 3


@pytest.fixture
def token(location):
    user = factories.UserFactory(role=Role.FRONT_DESK, at=[location])
    return tokens.make(user, scopes=[], days=1, at=timezone.now())[0]


@pytest.fixture
def bodies(location, practitioner):
    """A different free time and patient for each key."""
    kind = factories.AppointmentTypeFactory(minutes=15)
    return [
        {
            "patient": str(factories.PatientFactory(at=[location]).pk),
            "practitioner": str(practitioner.pk),
            "location": str(location.pk),
            "appointment_type": str(kind.pk),
            "start": (at("09:00") + timedelta(minutes=15 * number)).isoformat(),
        }
        for number in range(KEYS)
    ]


def post(token, body, key):
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    return Client().post(PATH, json.dumps(body), content_type="application/json", headers=headers)


def test_each_key_makes_exactly_one_visit_between_twins(token, bodies):
    answers, lock = [], threading.Lock()
    together = threading.Barrier(TWINS, timeout=20)

    def twin():
        try:
            for number, body in enumerate(bodies):
                together.wait()
                answer = post(token, body, f"key-{number}")
                with lock:
                    answers.append((number, answer.status_code, answer.json().get("id")))
        finally:
            connection.close()

    twins = [threading.Thread(target=twin) for _ in range(TWINS)]
    for each in twins:
        each.start()
    for each in twins:
        each.join()

    assert {status for _, status, _ in answers} == {201}
    assert len(answers) == KEYS * TWINS
    assert len({(number, made) for number, _, made in answers}) == KEYS
    assert Appointment.objects.count() == KEYS


def test_a_twin_that_waits_too_long_is_told_to_ask_again(token, bodies):
    """The first is still at work: the second neither books nor hangs."""
    user_id = tokens.find(token).actor.id
    working, finish = threading.Event(), threading.Event()

    def first():
        with transaction.atomic():
            IdempotencyKey.objects.create(actor_id=user_id, key="k", fingerprint="x")
            working.set()
            finish.wait(20)
        connection.close()

    at_work = threading.Thread(target=first)
    at_work.start()
    working.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '300ms'")
    try:
        answer = post(token, bodies[0], "k")
    finally:
        finish.set()
        at_work.join()
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")

    assert (answer.status_code, answer.json()["code"]) == (409, "in-progress")
    assert Appointment.objects.count() == 0


def test_what_was_answered_is_not_kept_for_long(token, bodies):
    post(token, bodies[0], "old")
    post(token, bodies[1], "new")
    old = Now() - timedelta(hours=tasks.IDEMPOTENCY_HOURS, minutes=1)
    IdempotencyKey.objects.filter(key="old").update(made_at=old)

    tasks.forget_old_keys()

    assert IdempotencyKey.objects.get().key == "new"
