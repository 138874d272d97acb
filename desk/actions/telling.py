"""What every act on a task leaves behind: a line in its story, and word to the pages that show it."""

from collections.abc import Iterable
from datetime import datetime

from django.core.cache import cache
from django.db import transaction

from access.models import User
from desk.models import Task, TaskEntry
from kernel import acts, live, outbox
from kernel.actors import Actor, ActorKind

TOPIC = "desk.tasks"
WORDS = {
    "title": "what is to be done", "text": "the description", "urgency": "how urgent it is",
    "due_date": "the day", "due_time": "the time", "repeat_unit": "how often",
    "repeat_every": "how often", "about_id": "what it is about",
}  # fmt: skip


def entry(
    task: Task, code: str, by: Actor, at: datetime, *, text: str = "", whose: str = ""
) -> TaskEntry:
    who = by.on_behalf_of or by
    return TaskEntry.objects.create(
        task=task, code=code, at=at, actor_id=who.id, actor_name=who.name[:200], text=text, whose=whose
    )  # fmt: skip


def whose(task: Task) -> str:
    """Who has it, in words; for the story, which keeps how they were called."""
    if task.owner_id:
        return str(task.owner)[:200]
    return f"the team: {task.team}"[:200] if task.team_id else ""


def changes(changed: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(WORDS[name] for name in changed if name in WORDS))


def announced(task: Task, topic: str) -> Task:
    outbox.publish(topic, task_id=task.pk)
    live.changed(TOPIC, task.location_id)
    if task.about_id:
        live.changed(f"{TOPIC}:{task.about_id}")
    concerned = {task.owner_id, task.created_by_id} - {None}
    transaction.on_commit(lambda: cache.delete_many([count_key(each) for each in concerned]))
    acts.note(task)
    return task


def count_key(user_id: object) -> str:
    """Where the number of one's open tasks is remembered for the rail."""
    return f"tasks-of:{user_id}"


def person(by: Actor) -> User | None:
    """The person behind an act: of a system on somebody's behalf, that somebody."""
    who = by.on_behalf_of or by
    if who.id is None or who.kind is not ActorKind.STAFF:
        return None
    return User.objects.filter(pk=who.id).first()


def name(by: Actor) -> str:
    return (by.on_behalf_of or by).name[:200]
