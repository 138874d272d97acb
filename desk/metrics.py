"""Key figures of the desk: what is open, what is late."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from desk.permissions import Permission
from desk.queries import figures
from kernel import metrics
from kernel.actors import Actor
from kernel.metrics import Behind, Metric, Reading, Span

Places = Sequence[UUID]


def open_tasks(actor: Actor, spans: Sequence[Span], places: Places) -> list[Reading]:
    """Tasks that are neither done nor dropped, now."""
    count = figures.open_tasks(actor, places).count()
    return [Reading(Decimal(count))] * len(spans)


def overdue_tasks(actor: Actor, spans: Sequence[Span], places: Places) -> list[Reading]:
    """Open tasks whose day or time is over, now."""
    count = figures.open_tasks(actor, places).overdue().count()
    return [Reading(Decimal(count))] * len(spans)


def checklists_on_time(actor: Actor, spans: Sequence[Span], places: Places) -> list[Reading]:
    """Lists ended by the time they were due ÷ lists that were due."""
    return figures.on_time(actor, spans, places)


def late_checklists(actor: Actor, span: Span, places: Places, limit: int) -> Behind:
    return figures.late_runs(actor, span, places, timezone.now(), limit)


def rows_open(actor: Actor, _span: Span, places: Places, limit: int) -> Behind:
    return figures.behind(figures.open_tasks(actor, places), actor, timezone.now(), limit)


def rows_overdue(actor: Actor, _span: Span, places: Places, limit: int) -> Behind:
    found = figures.open_tasks(actor, places).overdue()
    return figures.behind(found, actor, timezone.now(), limit)


def register() -> None:
    seen = Permission.VIEW_ALL_TASKS
    for metric in (
        Metric("open_tasks", "Open tasks", "tasks", "Tasks that are neither done nor dropped, now",
               "our own count", open_tasks, rows_open, seen, higher_is_better=False, order=80, is_of_now=True),
        Metric("overdue_tasks", "Overdue tasks", "tasks", "Open tasks whose day or time is over, now",
               "our own count", overdue_tasks, rows_overdue, seen, leaves_out="tasks without a day",
               higher_is_better=False, order=81, is_of_now=True),
        Metric("checklists_on_time", "Checklists on time", "%",
               "Checklists ended by the time they were due ÷ checklists that were due",
               "our own count", checklists_on_time, late_checklists, Permission.RUN_CHECKLISTS,
               leaves_out="lists that are not due yet", numbers=("on time", "due"), target=Decimal(95),
               order=85),
    ):  # fmt: skip
        metrics.register(metric)
