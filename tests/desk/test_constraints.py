"""What the database refuses about the desk, by name."""

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from desk.models import Task, TaskEntry
from tests.clock import at


@pytest.fixture
def terms(location, maria):
    return {"location": location, "title": "Call the lab", "owner": maria}


DAY = date(2026, 11, 16)
DUE = {"due_date": DAY, "due_at": at("12:00")}


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("task_state_known", {"state": "later", "closed_at": at("12:00")}),
        ("task_urgency_known", {"urgency": "soon"}),
        ("task_title_given", {"title": ""}),
        ("task_has_somebody", {"owner": None}),
        ("task_due_paired", {"due_date": DAY}),
        ("task_due_paired", {"due_at": at("12:00")}),
        ("task_closed_paired", {"state": "done"}),
        ("task_closed_paired", {"closed_at": at("12:00")}),
        ("task_dropped_with_reason", {"state": "dropped", "closed_at": at("12:00")}),
        ("task_dropped_with_reason", {"drop_reason": "Because"}),
        ("task_repeat_fits", {"repeat_unit": "day", "repeat_every": 1}),
        ("task_repeat_fits", {"repeat_unit": "day", **DUE}),
        ("task_repeat_fits", {"repeat_unit": "day", "repeat_every": 0, **DUE}),
        ("task_repeat_fits", {"repeat_unit": "week", "repeat_every": 1, "repeat_on": 7, **DUE}),
        ("task_repeat_fits", {"repeat_unit": "month", "repeat_every": 1, "repeat_on": 32, **DUE}),
        ("task_repeat_fits", {"repeat_unit": "year", "repeat_every": 1, **DUE}),
        ("task_about_paired", {"about_kind": "patients.patient"}),
        ("task_source_paired", {"source": "a.b"}),
    ],
)
def test_a_task_is_whole(terms, constraint, wrong):
    with pytest.raises(IntegrityError, match=constraint):
        Task.objects.create(**terms | wrong)


def test_a_source_makes_one_task(terms):
    Task.objects.create(**terms, source="a.b", source_key="1")

    with pytest.raises(IntegrityError, match="task_once_per_source"):
        Task.objects.create(**terms, source="a.b", source_key="1")


def test_one_task_follows_another_and_not_itself(terms):
    first = Task.objects.create(**terms)
    Task.objects.create(**terms, previous=first)
    with pytest.raises(IntegrityError, match="task_follows_once"), transaction.atomic():
        Task.objects.create(**terms, previous=first)

    with pytest.raises(IntegrityError, match="task_follows_another"):
        Task.objects.filter(pk=first.pk).update(previous=first)


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("task_entry_code_known", {"code": "sung"}),
        ("task_entry_says_something", {"code": "commented"}),
    ],
)
def test_an_entry_is_whole(terms, constraint, wrong):
    task = Task.objects.create(**terms)

    with pytest.raises(IntegrityError, match=constraint):
        TaskEntry.objects.create(task=task, at=timezone.now(), actor_name="Maria", **wrong)


def test_what_was_said_is_neither_changed_nor_taken_away(terms):
    task = Task.objects.create(**terms)
    entry = TaskEntry.objects.create(
        task=task, code="commented", text="Called", at=timezone.now(), actor_name="Maria"
    )
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        TaskEntry.objects.filter(pk=entry.pk).update(text="Never called")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        entry.delete()
