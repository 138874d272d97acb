"""How the pages of this room load what they are about; whoever it tells of is named in the trail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from desk.models import Task
from desk.permissions import Permission
from desk.queries import tasks
from kernel.policy import saw
from kernel.refusals import OutOfScope


def task_of(request: HttpRequest, task_id: UUID) -> Task:
    """
    A task this actor sees; a task about somebody is a look at them.

    :raises OutOfScope: there is none for them
    """
    found = Task.objects.visible_to(request.actor).select_related("location", "owner", "team")
    task = found.filter(pk=task_id).first()
    if task is None:
        raise OutOfScope
    looked_at(request, tasks.persons([task]))
    return task


def looked_at(request: HttpRequest, persons: Mapping[str, Iterable[UUID]]) -> None:
    for kind, ids in persons.items():
        saw(request, kind, list(ids))


@dataclass(frozen=True)
class Section:
    """One of the room's pages, as a tab under its head."""

    word: str
    url_name: str
    permission: str


SECTIONS = (
    Section("Tasks", "desk:tasks", Permission.USE_TASKS),
    Section("Checklists", "desk:checklists", Permission.RUN_CHECKLISTS),
    Section("Directory", "desk:parties", Permission.VIEW_PARTIES),
    Section("Documents", "desk:documents", Permission.VIEW_DOCUMENTS),
)


def sections(request: HttpRequest, current: str) -> list[tuple[str, str, bool]]:
    """Word, address, whether it is this one; without the right there is no tab."""
    return [
        (each.word, reverse(each.url_name), each.url_name == current)
        for each in SECTIONS
        if request.actor.may(each.permission)
    ]
