"""Tasks as their pages show them: lists in bands by day, one with its story, those about somebody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from desk.models import Task, TaskEntry
from desk.models.task import Urgency
from desk.permissions import Permission
from desk.queries import due
from desk.querysets import TaskQuerySet
from kernel import clock, subjects
from kernel.actors import Actor
from kernel.models import DataClass
from office.models import Location

VIEWS = {
    "mine": "Mine",
    "team": "Team",
    "waiting": "Waiting on others",
    "done": "Done",
    "all": "Everybody’s",
}
A_PAGE = 60
REMEMBERED = 30  # seconds; whoever changes a task forgets it at once
PERSONS = {DataClass.PHI, DataClass.PERSONNEL}


@dataclass(frozen=True)
class Row:
    """One task of a list."""

    id: UUID
    title: str
    url: str
    band: str
    due: str
    tone: str
    urgency: str
    who: str
    about: str
    about_url: str
    place: str
    repeats: str
    comments: int
    is_open: bool
    may_take: bool
    closed: str


@dataclass(frozen=True)
class TaskList:
    """A page of tasks. `about`: whom its lines tell of, by kind, for the audit trail."""

    rows: list[Row]
    total: int
    about: dict[str, list[UUID]]


@dataclass(frozen=True)
class Asked:
    """What narrows a list."""

    view: str = "mine"
    text: str = ""
    location: Location | None = None
    urgent: bool = False
    first: int = 0


def of_view(actor: Actor, view: str) -> TaskQuerySet:
    tasks: TaskQuerySet = Task.objects.visible_to(actor)
    if view == "team":
        return tasks.of_my_teams(actor)
    if view == "waiting":
        return tasks.waiting_on_others(actor)
    if view == "done":
        return tasks.closed()
    if view == "all" and actor.may(Permission.VIEW_ALL_TASKS):
        return tasks.open()
    return tasks.mine(actor)


def task_list(actor: Actor, at: datetime, asked: Asked) -> TaskList:
    found = of_view(actor, asked.view)
    if asked.location is not None:
        found = found.filter(location=asked.location)
    if asked.urgent:
        found = found.exclude(urgency=Urgency.ROUTINE)
    if asked.text:
        found = found.matching(asked.text)
    ordered = (
        found.order_by("-closed_at", "pk") if asked.view == "done" else found.most_urgent_first()
    )
    page = list(with_all(ordered)[asked.first : asked.first + A_PAGE])
    total = len(page) if asked.first == 0 and len(page) < A_PAGE else found.count()
    return TaskList(rows(page, actor, at), total, persons(page))


def with_all(tasks: QuerySet[Task]) -> QuerySet[Task]:
    said = Count("entries", filter=Q(entries__code=TaskEntry.Code.COMMENTED))
    return (
        tasks.select_related("location", "owner", "team", "created_by", "closed_by")
        .defer("owner__password", "created_by__password", "closed_by__password")
        .annotate(comments=said)
    )


def rows(tasks: Sequence[Any], actor: Actor, at: datetime) -> list[Row]:
    """`tasks` come from `with_all`."""
    names = subjects.labels(
        {(each.about_kind, each.about_id) for each in tasks if each.about_id}, actor
    )
    several = len(actor.grants.locations) > 1
    return [_row(each, actor, at, names, several) for each in tasks]


def _row(task: Any, actor: Actor, at: datetime, names: Any, several: bool) -> Row:
    today = clock.today(at, task.location.zone)
    late = task.is_open and task.due_at is not None and task.due_at <= at
    label = names.get((task.about_kind, task.about_id), "")
    kind = subjects.of(task.about_kind) if label else None
    return Row(
        id=task.pk,
        title=task.title,
        url=reverse("desk:task", args=[task.pk]),
        band=band(task, today, late=late),
        due=due.words(task, today),
        tone="act" if late else "look" if task.due_date == today else "",
        urgency="" if task.urgency == Urgency.ROUTINE else task.get_urgency_display(),
        who=whose(task, actor),
        about=label,
        about_url=kind.url(task.about_id) if kind else "",
        place=(task.location.code or task.location.name) if several else "",
        repeats=due.repeat_words(task),
        comments=task.comments,
        is_open=task.is_open,
        may_take=task.is_open and task.owner_id is None,
        closed=closed_words(task),
    )


def band(task: Task, today: date, *, late: bool) -> str:
    """Under which heading it stands."""
    if not task.is_open:
        return _closed_band(task, today)
    if task.due_date is None:
        return "No day"
    if late or task.due_date < today:
        return "Overdue"
    if task.due_date == today:
        return "Today"
    return "In the next 7 days" if task.due_date <= today + timedelta(days=7) else "Later"


def _closed_band(task: Task, today: date) -> str:
    days = (today - clock.local(task.closed_at, task.location.zone).date()).days  # type: ignore[arg-type]
    return "Today" if days <= 0 else "In the last 7 days" if days <= 7 else "Before"


def whose(task: Task, actor: Actor) -> str:
    """Who has it, as this reader says it."""
    if task.owner_id:
        return "You" if task.owner_id == actor.id else str(task.owner)
    if task.team_id:
        return f"{task.team}: nobody yet"
    return "You" if task.created_by_id == actor.id else str(task.created_by)


def closed_words(task: Task) -> str:
    if task.is_open or task.closed_at is None:
        return ""
    local = clock.local(task.closed_at, task.location.zone)
    by = f" by {task.closed_by}" if task.closed_by else ""
    why = f": {task.drop_reason}" if task.drop_reason else ""
    return f"{task.get_state_display()} {local:%a} {local.day} {local:%b}{by}{why}"


def persons(tasks: Iterable[Task]) -> dict[str, list[UUID]]:
    """Whom these tasks tell of: patients and people who work here, by kind."""
    found: dict[str, list[UUID]] = {}
    for each in tasks:
        if each.about_id and is_person(each.about_kind):
            found.setdefault(each.about_kind, []).append(each.about_id)
    return found


def is_person(kind: str) -> bool:
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return False
    return getattr(model, "data_class", None) in PERSONS


def counts(actor: Actor) -> dict[str, int]:
    """How many wait under each heading, in one question."""
    tasks = Task.objects.visible_to(actor).open()
    wanted = ("mine", "team", "waiting", *(["all"] if actor.may(Permission.VIEW_ALL_TASKS) else []))
    if actor.id is None:
        return dict.fromkeys(wanted, 0)
    inside = {view: of_view(actor, view).values("pk") for view in wanted}
    return tasks.aggregate(
        **{view: Count("pk", filter=Q(pk__in=ids)) for view, ids in inside.items()}
    )


def open_count(actor: Actor) -> int:
    """One's own, for the rail of every page: remembered for a moment, forgotten when one of them changes."""
    key = f"tasks-of:{actor.id}"
    known = cache.get(key)
    if known is None:
        known = Task.objects.visible_to(actor).mine(actor).count() if actor.id else 0
        cache.set(key, known, REMEMBERED)
    return int(known)


# ---- one


@dataclass(frozen=True)
class Entry:
    """One line of its story."""

    at: datetime
    who: str
    says: str
    text: str


@dataclass(frozen=True)
class TaskPage:
    row: Row
    task: Task
    entries: list[Entry]
    made: str


def task_page(actor: Actor, task: Task, at: datetime) -> TaskPage:
    whole = with_all(Task.objects.filter(pk=task.pk)).get()
    zone = whole.location.zone
    told = [
        Entry(clock.local(each.at, zone), each.actor_name, _says(each), each.text)
        for each in whole.entries.order_by("pk")
    ]
    made = str(whole.created_by) if whole.created_by_id else "The office itself"
    return TaskPage(rows([whole], actor, at)[0], whole, told, made)


def _says(entry: TaskEntry) -> str:
    word = entry.get_code_display()
    return f"{word} to {entry.whose}" if entry.code == TaskEntry.Code.HANDED_OVER else word


# ---- about somebody


def about(actor: Actor, kind: str, subject_id: UUID, at: datetime) -> list[Row]:
    """What is to be done about one subject, as far as this actor sees it."""
    found = Task.objects.visible_to(actor).about(kind, subject_id).open().most_urgent_first()
    return rows(list(with_all(found)[:20]), actor, at)


def next_ones(actor: Actor, at: datetime, count: int) -> TaskList:
    """One's most urgent, for the start page."""
    found = Task.objects.visible_to(actor).mine(actor).most_urgent_first()
    page = list(with_all(found)[:count])
    return TaskList(rows(page, actor, at), open_count(actor), persons(page))
