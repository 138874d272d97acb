"""Two at once, with two connections."""

import threading
from datetime import date, time

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from desk.actions import tasks as actions
from desk.actions.rhythm import make_runs
from desk.models import ChecklistItem, ChecklistRun, ChecklistTemplate, RunItem, Task
from kernel.refusals import Refusal
from office.roles import Role
from tests import factories
from tests.clock import at

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works):
    """What came of each, done at the same moment."""
    came, gate = [], threading.Barrier(len(works), timeout=10)

    def do(work):
        gate.wait()
        try:
            work()
            came.append("done")
        except Refusal as refusal:
            came.append(refusal.code)
        finally:
            connection.close()

    hands = [threading.Thread(target=do, args=[work]) for work in works]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return sorted(came)


def test_of_two_who_finish_a_repeated_task_one_does_and_one_next_is_made(location):
    by = factories.actor(Role.NURSE, location)
    task = actions.add_task(
        location=location, title="Check", due_date=date(2026, 11, 16), repeat_unit="day", repeat_every=1, by=by,
        at=at("08:00"),
    )  # fmt: skip

    def finish():
        actions.complete_task(task=task, by=by, at=at("09:00"))

    assert together(finish, finish) == ["closed-already", "done"]
    assert Task.objects.open().count() == 1


def test_of_two_who_take_a_task_one_has_it(location):
    first, second = factories.actor(Role.NURSE, location), factories.actor(Role.NURSE, location)
    desk = factories.actor(Role.FRONT_DESK, location)
    team = Group.objects.get(name=Role.NURSE)
    task = actions.add_task(location=location, title="Check", team=team, by=desk, at=at("08:00"))

    came = together(
        lambda: actions.take_task(task=task, by=first, at=at("09:00")),
        lambda: actions.take_task(task=task, by=second, at=at("09:00")),
    )

    assert came == ["done", "taken-already"]


def test_two_ticks_of_the_worker_make_one_list(location):
    template = ChecklistTemplate.objects.create(name="Opening", due_time=time(8))
    template.locations.add(location)
    ChecklistItem.objects.create(template=template, text="Lights")
    ChecklistTemplate.objects.update(created_at=at("08:00", date(2026, 1, 5)))

    assert together(lambda: make_runs(at("06:00")), lambda: make_runs(at("06:00"))) == [
        "done",
        "done",
    ]
    assert ChecklistRun.objects.count() == 1
    assert RunItem.objects.count() == 1
