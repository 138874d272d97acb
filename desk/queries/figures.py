"""What the key figures of the desk count."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q
from django.db.models.functions import Now

from desk.models import ChecklistRun, Task
from desk.queries import checklists, due, tasks
from desk.querysets import ChecklistRunQuerySet, TaskQuerySet
from kernel import clock, subjects
from kernel.actors import Actor
from kernel.metrics import Behind, Cell, Reading, Span


def open_tasks(actor: Actor, places: Sequence[UUID]) -> TaskQuerySet:
    found: TaskQuerySet = Task.objects.visible_to(actor).open().filter(location__in=places)
    return found


def behind(found: TaskQuerySet, actor: Actor, at: datetime, limit: int) -> Behind:
    """The oldest first; a task leads to itself."""
    with_all = found.select_related("location", "owner", "team", "created_by")
    page = list(with_all.most_urgent_first()[:limit])
    names = subjects.labels({each.about for each in page if each.about}, actor)
    rows = tuple(
        (
            Cell(due.words(each, clock.today(at, each.location.zone)) or "No day"),
            Cell(each.title, "desk.task", each.pk),
            Cell(names[each.about], *each.about) if each.about in names else Cell(""),
            Cell(tasks.whose(each, actor)),
            Cell(each.location.name),
        )
        for each in page
    )
    return Behind(("Due", "Task", "About", "Who has it", "Location"), rows, found.count())


def due_runs(actor: Actor, places: Sequence[UUID]) -> ChecklistRunQuerySet:
    found: ChecklistRunQuerySet = ChecklistRun.objects.visible_to(actor).filter(
        location__in=places, due_at__lte=Now()
    )
    return found


IN_TIME = Q(state="closed", closed_at__lte=F("due_at"))


def on_time(actor: Actor, spans: Sequence[Span], places: Sequence[UUID]) -> list[Reading]:
    """One statement, however many spans: a list belongs to its day."""
    counts = {}
    for place, span in enumerate(spans):
        inside = Q(date__gte=span.first, date__lte=span.last)
        counts[f"due_{place}"] = Count("pk", filter=inside)
        counts[f"kept_{place}"] = Count("pk", filter=inside & IN_TIME)
    found = due_runs(actor, places).aggregate(**counts)
    return [
        Reading.ratio(found[f"kept_{place}"], found[f"due_{place}"], 100)
        for place in range(len(spans))
    ]


def late_runs(actor: Actor, span: Span, places: Sequence[UUID], at: datetime, limit: int) -> Behind:
    """What was late or is, the latest first."""
    found = (
        due_runs(actor, places).filter(date__gte=span.first, date__lte=span.last).exclude(IN_TIME)
    )
    page = checklists.with_counts(found).order_by("-date", "-due_at", "pk")[:limit]
    rows = tuple(
        (
            Cell(card.day),
            Cell(card.name, "desk.checklistrun", card.id),
            Cell(card.place),
            Cell(card.says),
        )
        for card in (checklists.card(each, at) for each in page)
    )
    return Behind(("Day", "Checklist", "Location", "How it stands"), rows, found.count())
