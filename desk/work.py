"""What waits on somebody's desk."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from desk.models import ChecklistRun, Task
from desk.permissions import Permission
from desk.queries import checklists, due
from desk.queries.tasks import is_person
from kernel import clock, work
from kernel.actors import Actor
from kernel.work import WorkItem

SHOWN = 20


@work.source(Permission.RUN_CHECKLISTS)
def checklists_overdue(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Lists that should have been ended by now, at one's locations."""
    return [_list(checklists.card(each, at), each) for each in checklists.overdue(actor, at)]


def _list(card: checklists.RunCard, run: ChecklistRun) -> WorkItem:
    left = card.total - card.done
    return WorkItem(
        what=f"{card.name}: {left} of {card.total} left",
        why=f"The checklist of {card.place}, {card.day}, has not been ended.",
        verb="Open list",
        url=card.url,
        icon="checkup-list",
        severity="look",
        due_at=run.due_at,
        due_text=card.says,
        rank=22,
        panel="checklists",
    )


@work.source(Permission.USE_TASKS)
def own_tasks_overdue(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """One's own that should be done by now."""
    found = Task.objects.visible_to(actor).mine(actor).overdue().select_related("location")
    return [_late(each, at) for each in found.most_urgent_first()[:SHOWN]]


def _late(task: Task, at: datetime) -> WorkItem:
    was = due.words(task, clock.today(at, task.location.zone))
    return WorkItem(
        what=task.title,
        why=f"Your task, due {was[:1].lower()}{was[1:]}." if was else "Your task.",
        verb="Open task",
        url=reverse("desk:task", args=[task.pk]),
        icon="checklist",
        severity="look" if task.urgency == "routine" else "act",
        due_at=task.due_at,
        due_text=was,
        rank=25,
        panel="tasks",
        about=task.about if task.about and is_person(task.about_kind) else None,
    )


@work.source(Permission.VIEW_ALL_TASKS)
def tasks_nobody_took(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """One line for a team's tasks that should be done and that nobody has."""
    left = Task.objects.visible_to(actor).overdue().filter(owner=None, team__isnull=False)
    count = left.exclude(created_by=actor.id).count()
    if not count:
        return []
    return [
        WorkItem(
            what=f"{count} {'task' if count == 1 else 'tasks'} nobody took",
            why="They were given to a team and are overdue. Who made them has them back; "
            "you may hand them over.",
            verb="See tasks",
            url=f"{reverse('desk:tasks')}?view=all",
            icon="checklist",
            severity="look",
            rank=35,
        )
    ]
