"""What counts, lists and names of the desk say to somebody who works elsewhere: nothing."""

from datetime import date, time

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from desk.actions import tasks as actions
from desk.actions.rhythm import make_runs
from desk.models import ChecklistItem, ChecklistRun, ChecklistTemplate
from desk.queries import checklists, figures, tasks
from kernel import metrics, subjects, work
from office.roles import Role
from tests import factories
from tests.clock import at

LONG_AGO = date(2020, 1, 2)


@pytest.fixture
def far(elsewhere):
    return factories.actor(Role.MANAGER, elsewhere)


@pytest.fixture
def run(location):
    template = ChecklistTemplate.objects.create(name="Opening", due_time=time(8))
    template.locations.add(location)
    ChecklistItem.objects.create(template=template, text="Lights")
    ChecklistTemplate.objects.update(created_at=at("08:00", date(2026, 1, 5)))
    make_runs(at("06:00"))
    return ChecklistRun.objects.get()


def lines(actor):
    return [item.what for item in work.queue_for(actor, timezone.now())]


def test_an_overdue_list_is_told_where_one_works(run, manager, far):
    assert [each.pk for each in checklists.overdue(manager, at("09:00"))] == [run.pk]
    assert "Opening: 1 of 1 left" in lines(manager)
    assert checklists.overdue(far, at("09:00")) == []
    assert "Opening: 1 of 1 left" not in lines(far)


def test_figures_count_where_one_works(run, give, manager, far, location):
    give("Late", due_date=LONG_AGO)
    span = metrics.Span(date(2026, 11, 1), date(2026, 11, 20))
    for actor, count in ((manager, 1), (far, 0)):
        assert figures.open_tasks(actor, [location.pk]).count() == count
        assert figures.due_runs(actor, [location.pk]).count() == count
        for name in ("open_tasks", "overdue_tasks", "checklists_on_time"):
            metric = metrics.find(name, actor)
            assert metric.rows(actor, span, [location.pk], 10).total == count
        assert (
            metrics.find("open_tasks", actor).measure(actor, [span], [location.pk])[0].value
            == count
        )


def test_ones_own_tasks_of_a_place_one_has_left_are_not_told(
    give, maria, as_maria, location, elsewhere
):
    task = give("Mine", due_date=LONG_AGO)
    assert tasks.open_count(as_maria) == 1
    assert "Mine" in lines(as_maria)
    moved = factories.actor(Role.FRONT_DESK, elsewhere)
    actions.hand_over_task(task=task, owner=maria, by=as_maria, at=at("09:00"))
    moved = type(moved)(moved.kind, maria.pk, maria.name, None, moved.grants)

    from_there = tasks.next_ones(moved, at("09:00"), 5)

    assert from_there.rows == []
    assert "Mine" not in lines(moved)


def test_what_nobody_took_is_told_where_one_works(give, manager, far):
    give("Team", team=Group.objects.get(name=Role.NURSE), due_date=LONG_AGO)

    assert "1 task nobody took" in lines(manager)
    assert "1 task nobody took" not in lines(far)


def test_names_are_told_to_who_sees_the_thing(give, run, manager, far):
    task = give("Call the lab")
    pairs = [("desk.task", task.pk), ("desk.checklistrun", run.pk)]

    assert set(subjects.labels(pairs, manager)) == set(pairs)
    assert subjects.labels(pairs, far) == {}
    assert [hit.label for hit in subjects.search("lab", manager) if hit.kind == "desk.task"] == [
        "Call the lab"
    ]
    assert [hit for hit in subjects.search("lab", far) if hit.kind == "desk.task"] == []


def test_the_rail_counts_where_one_works(give, maria, elsewhere):
    give("Mine")
    there = factories.actor(Role.FRONT_DESK, elsewhere)
    moved = type(there)(there.kind, maria.pk, maria.name, None, there.grants)

    assert tasks.open_count(moved) == 0
