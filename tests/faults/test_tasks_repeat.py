"""Whatever a worker does may be done twice: by two beats, after a kill, or because a ring came late."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kernel import jobs, outbox, tasks
from kernel.actors import Actor, ActorKind
from kernel.models import Delivery, Job
from office.celery import app
from office.roles import Role
from scheduling.actions.holding import hold_time
from scheduling.models import Hold
from staff.actions.employees import part_employee
from tests import factories
from tests.clock import at

pytestmark = pytest.mark.django_db(transaction=True)
SIGNS = {
    "kernel_heartbeat",
    "kernel_auditpatrol",
}  # of life and of progress: they change by themselves


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path  # the head of the audit trail is written there


def everything():
    """A digest of every table of the house."""
    with connection.cursor() as cursor:
        found = {}
        for table in set(connection.introspection.django_table_names(only_existing=True)) - SIGNS:
            cursor.execute(
                f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t'
            )
            found[table] = cursor.fetchone()[0]
    return found


def our_tasks():
    app.loader.import_default_modules()
    return sorted(name for name in app.tasks if not name.startswith("celery."))


def test_the_tasks_of_the_house_are_the_known_ones():
    """A new one is added here and to the work below, or becomes a chore or a subscriber, as it should."""
    assert our_tasks() == [
        "communications.tasks.send_messages", "kernel.tasks.tick", "kernel.tasks.work"
    ]  # fmt: skip


@pytest.fixture
def waiting_work(location, practitioner, desk, monkeypatch):
    """Something for each of the worker's hands: a lapsed hold, a parted person, a delivery, a job."""
    done = []
    monkeypatch.setitem(outbox._topics, "tests.fact", ["tests.hand"])
    monkeypatch.setitem(outbox._subscribers, "tests.hand", lambda **_: done.append("delivery"))
    monkeypatch.setitem(
        jobs._kinds, "tests.job", ("A job", lambda *_, **__: done.append("job") or {})
    )
    hold_time(
        practitioner=practitioner, location=location, start=at("09:00"),
        appointment_type=factories.AppointmentTypeFactory(minutes=30), by=desk, at=timezone.now(),
    )  # fmt: skip
    Hold.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    user = factories.UserFactory(role=Role.NURSE, at=[location])
    gone = factories.EmployeeFactory(user=user, at=[location], hired_date=date(2020, 1, 1))
    part_employee(
        employee=gone,
        parted_date=date(2026, 1, 5),
        by=factories.actor(Role.HR, location),
        at=timezone.now(),
    )
    with transaction.atomic():
        outbox.publish("tests.fact", number=1)
        jobs.start("tests.job", by=Actor(ActorKind.STAFF, user.pk, "Nurse"))
    return done


def test_everything_a_worker_does_can_be_done_three_times(waiting_work):
    tasks.tick()
    assert sorted(waiting_work) == ["delivery", "job"]
    assert not Hold.objects.filter(expires_at__lt=timezone.now()).exists()
    once = everything()

    for name in our_tasks() * 2:
        app.tasks[name]()

    assert everything() == once
    assert sorted(waiting_work) == ["delivery", "job"]


def test_a_tick_that_breaks_off_is_made_good_by_the_next(waiting_work, monkeypatch):
    """Killed between two chores: the next tick does the rest, and nothing of the first again."""
    whole = list(tasks._chores)

    def dies():
        raise SystemExit

    monkeypatch.setattr(tasks, "_chores", [whole[0], dies, *whole[1:]])
    with pytest.raises(SystemExit):
        tasks.tick()
    assert waiting_work == []

    monkeypatch.setattr(tasks, "_chores", whole)
    tasks.tick()
    once = everything()
    tasks.tick()

    assert everything() == once
    assert Delivery.objects.get(subscriber="tests.hand").state == "done"
    assert Job.objects.get().state == "done"
