"""Somebody notices, without the broker's help, when nobody works behind the pages."""

import json

import pytest
from django.db import connection
from django.utils import timezone

from kernel import pulse, tasks, watchdog, work
from kernel.models import Delivery, Heartbeat, OutboxEvent
from kernel.pulse import Pulse
from office.roles import Role
from tests import factories


@pytest.fixture(autouse=True)
def _never_signed(monkeypatch):
    monkeypatch.setattr(pulse, "_signed_at", {})


def seen(*, late=0.0, own=0.0):
    return Pulse(oldest_due=late or None, stuck=0, worker=own, beat=0.0, own=own)


@pytest.fixture
def dog(monkeypatch):
    """A watchdog that was started ten minutes ago; its deeds are listed."""
    deeds = []
    made = watchdog.Watchdog(lambda: deeds.append("ring"), lambda: deeds.append("end"))
    made.began -= 600
    made.deeds = deeds
    return made


def overdue(seconds):
    with connection.cursor() as cursor:
        event = OutboxEvent.objects.create(topic="tests.late", payload={})
        Delivery.objects.create(event=event, subscriber="tests.nobody")
        cursor.execute(
            "UPDATE kernel_delivery SET due_at = now() - make_interval(secs => %s)", [seconds]
        )


def test_a_worker_is_left_alone_while_nothing_is_late(dog):
    dog.look(seen(own=3600))

    assert dog.deeds == []


def test_a_busy_worker_is_left_alone_however_late_things_are(dog):
    dog.look(seen(late=500, own=3))

    assert dog.deeds == []


def test_a_worker_that_has_just_started_is_left_alone(dog):
    dog.began += 590
    dog.look(seen(late=500, own=None))

    assert dog.deeds == []


def test_a_silent_worker_is_rung_first_and_ended_when_it_does_not_hear(dog):
    dog.look(seen(late=90, own=90))
    dog.look(seen(late=100, own=100))
    assert dog.deeds == ["ring"]

    dog.rang_at -= 40
    dog.look(seen(late=130, own=130))

    assert dog.deeds == ["ring", "end"]


def test_a_worker_that_hears_the_ring_is_kept(dog):
    dog.look(seen(late=90, own=90))
    dog.look(seen(own=2))
    dog.look(seen(late=90, own=90))

    assert dog.deeds == ["ring", "ring"]


def test_signs_are_left_while_working_and_not_more_often_than_needed(db, django_assert_num_queries):
    tasks.work()
    first = Heartbeat.objects.get(role="worker").seen_at

    with django_assert_num_queries(0):
        pulse.sign_as_worker()

    assert pulse.read().worker < pulse.SILENT_AFTER
    assert Heartbeat.objects.get(role="worker").seen_at == first


def test_processes_of_yesterday_are_forgotten(db):
    Heartbeat.objects.create(
        name="worker gone:1", role="worker", seen_at=timezone.now() - timezone.timedelta(days=2)
    )
    Heartbeat.objects.create(name="worker here:2", role="worker", seen_at=timezone.now())

    pulse.forget_the_gone()

    assert Heartbeat.objects.get().name == "worker here:2"


def test_ready_says_who_is_silent_and_what_is_late(client, db):
    overdue(300)
    Heartbeat.objects.create(
        name="worker w:1", role="worker", seen_at=timezone.now() - timezone.timedelta(seconds=200)
    )

    answer = client.get("/health/ready")

    told = json.loads(answer.content)
    assert answer.status_code == 200  # pages serve all the same
    assert told["status"] == "degraded"
    assert told["worker"].startswith("silent for 20")
    assert told["beat"] == "never seen"
    assert told["deliveries"].startswith("30")


def test_ready_is_ok_when_everybody_works(client, db):
    pulse.sign_as_worker()
    pulse.sign_as_beat()

    told = json.loads(client.get("/health/ready").content)

    assert told["status"] == "ok"
    assert (told["worker"], told["beat"], told["deliveries"]) == ("ok", "ok", "ok")


def test_the_managers_queue_says_that_nobody_works(location):
    manager = factories.actor(Role.MANAGER, location)
    assert "Nobody works behind the pages" not in [
        each.what for each in work.queue_for(manager, timezone.now())
    ]

    overdue(180)

    [item] = [each for each in work.queue_for(manager, timezone.now()) if each.rank == 5]
    assert item.what == "Nobody works behind the pages"
    assert "waited for 3 minutes" in item.why
