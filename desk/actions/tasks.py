"""
Tasks: made, taken, handed over, talked about, done, dropped.

Rooms above make some of theirs here: `add_task(…, source="communications.call", source_key=…, by=Actor.system(room,
on_behalf_of=…))` makes one only, however often it is delivered.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from access.models import User
from desk.actions import telling
from desk.models.task import RepeatUnit, Task, TaskEntry, Urgency
from desk.permissions import Permission
from desk.queries import due, people
from kernel import acts, clock, subjects, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.durable import violated_constraint
from kernel.keeping import read_again, same_version
from kernel.refusals import Invalid, Refusal
from kernel.text import clean, clean_lines
from office.models import Location

TAKEN_BACK = "The one before it was opened again."
LONGEST = 4000
CHANGEABLE = {
    "title", "text", "urgency", "due_date", "due_time", "repeat_unit", "repeat_every", "about",
}  # fmt: skip

Code = TaskEntry.Code
State = Task.State


class TakenAlready(Refusal):
    """Somebody else has it meanwhile."""

    code = "taken-already"
    title = "Somebody else has taken this"


class ClosedAlready(Refusal):
    """It is done or dropped."""

    code = "closed-already"
    title = "This is not open any more"


class StillOpen(Refusal):
    """It is to be opened again, but it is open."""

    code = "still-open"
    title = "This is open"


def _where(asked: Mapping[str, Any]) -> UUID:
    task: Task = asked["task"]
    return task.location_id


@act(permission=Permission.USE_TASKS, scope=lambda asked: asked["location"])
def add_task(
    *,
    location: Location,
    title: str,
    by: Actor,
    at: datetime,
    text: str = "",
    owner: User | None = None,
    team: Group | None = None,
    urgency: str = Urgency.ROUTINE,
    due_date: date | None = None,
    due_time: time | None = None,
    repeat_unit: str = "",
    repeat_every: int | None = None,
    about: tuple[str, UUID] | None = None,
    source: str = "",
    source_key: str = "",
) -> Task:
    """
    Give somebody, a team, or oneself something to do. With a source it is made once: asked again, it answers
    with what is there.

    :raises Invalid: no title, a day that cannot be, an owner who does not work there, a subject one may not see
    """
    if source and (made := _made_before(source, source_key)):
        return made
    creator = telling.person(by)
    task = Task(
        location=location,
        created_by=creator,
        owner=_at_work(owner, location) if owner else (None if team else creator),
        team=_known(team),
        source=source,
        source_key=source_key,
    )
    _fill(
        task,
        {
            "title": title, "text": text, "urgency": urgency, "due_date": due_date, "due_time": due_time,
            "repeat_unit": repeat_unit, "repeat_every": repeat_every, "about": about,
        },
        by,
    )  # fmt: skip
    if not (task.owner_id or task.team_id or task.created_by_id):
        raise Invalid("Say who is to do it.", field="owner")
    try:
        with transaction.atomic():  # a savepoint: a delivery beside this one may have been quicker
            task.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) != "task_once_per_source":
            raise
        return Task.objects.get(source=source, source_key=source_key)
    telling.entry(task, Code.ADDED, by, at, whose=telling.whose(task))
    return telling.announced(task, "task.added")


@act(permission=Permission.USE_TASKS, scope=_where)
def change_task(*, task: Task, version: int, by: Actor, at: datetime, **changes: Any) -> Task:
    """
    Change what is to be done, until when, how urgent, how often, about what.

    :raises ClosedAlready: it is done or dropped
    :raises StaleVersion: somebody else changed it since the form was opened
    :raises Invalid: as for a new one
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"change_task() does not change {sorted(unknown)}")
    row = _still_open(task, by)
    same_version(row, version, changes)
    before = {name: getattr(row, name) for name in KEPT}
    _fill(row, changes, by)
    after = {name: getattr(row, name) for name in KEPT}
    for name, value in before.items():
        setattr(row, name, value)
    changed = row.save_changes(**after)
    acts.note(row, changed=changed)
    if said := telling.changes(changed):
        telling.entry(row, Code.CHANGED, by, at, text=said)
    return telling.announced(row, "task.changed")


@act(permission=Permission.USE_TASKS, scope=_where)
def take_task(*, task: Task, by: Actor, at: datetime) -> Task:
    """
    It is mine from now on. Of two who take it at once, one has it.

    :raises TakenAlready: somebody else has it; they may hand it over
    :raises ClosedAlready: it is done or dropped
    """
    row = _still_open(task, by)
    if row.owner_id == by.id:
        return row
    if row.owner_id is not None:
        raise TakenAlready(
            f"{row.owner} has this. Ask them to hand it over, or hand it over yourself."
        )
    row.save_changes(owner=User.objects.get(pk=by.own_id))
    telling.entry(row, Code.TAKEN, by, at)
    return telling.announced(row, "task.taken")


@act(permission=Permission.USE_TASKS, scope=_where)
def hand_over_task(
    *,
    task: Task,
    by: Actor,
    at: datetime,
    owner: User | None = None,
    team: Group | None = None,
    note: str = "",
) -> Task:
    """
    Give it to somebody else who works there, or to a team; who made it still sees what becomes of it.

    :raises Invalid: to nobody, or to somebody who does not work there
    :raises ClosedAlready: it is done or dropped
    """
    if (owner is None) == (team is None):
        raise Invalid("Choose one person or one team.", field="to")
    row = _still_open(task, by)
    to = _at_work(owner, row.location) if owner else None
    row.save_changes(owner=to, team=_known(team) if team else row.team)
    telling.entry(row, Code.HANDED_OVER, by, at, text=_text(note), whose=telling.whose(row))
    return telling.announced(row, "task.handed_over")


@act(permission=Permission.USE_TASKS, scope=_where)
def comment_on_task(*, task: Task, text: str, by: Actor, at: datetime) -> Task:
    """
    Say something about it; it stays as it was said. Also when it is done.

    :raises Invalid: nothing was said
    """
    row = read_again(task, by)
    if not (said := _text(text)):
        raise Invalid("Write what you want to say.", field="text")
    telling.entry(row, Code.COMMENTED, by, at, text=said)
    return telling.announced(row, "task.commented")


@act(permission=Permission.USE_TASKS, scope=_where)
def complete_task(*, task: Task, by: Actor, at: datetime, note: str = "") -> Task:
    """
    It is done. Of a repeated one the next is made, once, whoever presses how often.

    :raises ClosedAlready: somebody else has done or dropped it
    """
    row = _still_open(task, by)
    row.save_changes(state=State.DONE, closed_at=at, closed_by=telling.person(by))
    telling.entry(row, Code.DONE, by, at, text=_text(note))
    if row.repeat_unit:
        _make_next(row, by, at)
    return _with_undo(telling.announced(row, "task.done"), "desk.complete_task", by)


@act(permission=Permission.USE_TASKS, scope=_where)
def drop_task(*, task: Task, reason: str, by: Actor, at: datetime) -> Task:
    """
    Nobody is to do it any more, and why; a repeated one ends with it.

    :raises Invalid: no reason
    :raises ClosedAlready: it is done or dropped
    """
    row = _still_open(task, by)
    why = clean(reason)[:300]
    if not why:
        raise Invalid("Say why; whoever made it reads it.", field="reason")
    row.save_changes(
        state=State.DROPPED, closed_at=at, closed_by=telling.person(by), drop_reason=why
    )
    telling.entry(row, Code.DROPPED, by, at, text=why)
    return _with_undo(telling.announced(row, "task.dropped"), "desk.drop_task", by)


@act(permission=Permission.USE_TASKS, scope=_where)
def reopen_task(*, task: Task, by: Actor, at: datetime, version: int | None = None) -> Task:
    """
    It is to be done after all. The next of a repeated one goes, if nobody has touched it.

    :raises StillOpen: it is open
    :raises CannotUndo: it has changed since it was done (`version`)
    """
    row = read_again(task, by)
    if version is not None and row.version != version:
        raise undo.CannotUndo
    if row.is_open:
        raise StillOpen
    row.save_changes(state=State.OPEN, closed_at=None, closed_by=None, drop_reason="")
    telling.entry(row, Code.REOPENED, by, at)
    for later in row.following.select_for_update().filter(state=State.OPEN, version=1):
        later.save_changes(state=State.DROPPED, closed_at=at, drop_reason=TAKEN_BACK)
    return telling.announced(row, "task.reopened")


@undo.reverses("desk.complete_task")
@undo.reverses("desk.drop_task")
def _reopen(*, by: Actor, at: datetime, task_id: str, version: int) -> Task:
    row = Task.objects.visible_to(by).select_related("location").filter(pk=UUID(task_id)).first()
    if row is None:
        raise undo.CannotUndo
    return reopen_task(task=row, version=version, by=by, at=at)


# ---- what a task is made of

KEPT = (
    "title", "text", "urgency", "due_date", "due_time", "due_at", "repeat_unit", "repeat_every",
    "repeat_on", "about_kind", "about_id",
)  # fmt: skip


def _fill(task: Task, values: Mapping[str, Any], by: Actor) -> None:
    """
    What was typed, checked; what was not sent stays.

    :raises Invalid: it makes no sense
    """
    if "title" in values:
        task.title = clean(values["title"])[:200]
        if not task.title:
            raise Invalid("Say what is to be done.", field="title")
    if "text" in values:
        task.text = _text(values["text"])
    if "urgency" in values:
        if values["urgency"] not in Urgency.values:
            raise Invalid("Choose how urgent it is.", field="urgency")
        task.urgency = values["urgency"]
    if "about" in values:
        task.about_kind, task.about_id = _subject(values["about"], task, by)
    for name in ("due_date", "due_time", "repeat_unit", "repeat_every"):
        if name in values:
            setattr(task, name, values[name])
    _time(task)
    _repeat(task)


def _time(task: Task) -> None:
    if task.due_date is None and task.due_time is not None:
        raise Invalid("A time needs a day.", field="due_date")
    if task.due_date and not clock.reasonable(task.due_date):
        raise Invalid(f"The year {task.due_date.year} cannot be right.", field="due_date")
    try:
        task.due_at = due.instant(task.due_date, task.due_time, task.location.zone)
    except Invalid as unclear:
        unclear.field = "due_time"
        raise


def _repeat(task: Task) -> None:
    unit, every = task.repeat_unit, task.repeat_every
    if not unit:
        task.repeat_every = task.repeat_on = None
        return
    if unit not in RepeatUnit.values:
        raise Invalid("It repeats every so many days, weeks or months.", field="repeat_unit")
    if task.due_date is None:
        raise Invalid("What repeats needs a first day.", field="due_date")
    if every is None or not 1 <= every <= 99:
        raise Invalid("Every how many: 1 to 99.", field="repeat_every")
    on = {RepeatUnit.WEEK: task.due_date.weekday(), RepeatUnit.MONTH: task.due_date.day}
    task.repeat_on = on.get(RepeatUnit(unit))


def _subject(about: Any, task: Task, by: Actor) -> tuple[str, UUID | None]:
    if about is None or about == (task.about_kind, task.about_id):  # what stands there may stay
        return ("", None) if about is None else (task.about_kind, task.about_id)
    kind, key = about
    known = subjects.of(kind)
    if known is None or (not by.grants.everything and not known.labels([key], by)):
        raise Invalid("There is nothing like this that you may link to.", field="about")
    return kind, key


def _text(typed: str) -> str:
    return clean_lines(typed)[:LONGEST]


# ---- whose it is


def _at_work(owner: User, location: Location) -> User:
    if not people.who_works_at(location).filter(pk=owner.pk).exists():
        raise Invalid(f"{owner} does not keep tasks at {location}.", field="owner")
    return owner


def _known(team: Group | None) -> Group | None:
    if team is not None and not people.teams().filter(pk=team.pk).exists():
        raise Invalid("This team keeps no tasks.", field="team")
    return team


def _still_open(task: Task, by: Actor) -> Task:
    row = read_again(task, by)
    if not row.is_open:
        word = row.get_state_display().lower()
        who = f" by {row.closed_by}" if row.closed_by else ""
        raise ClosedAlready(f"This has been {word}{who} already.")
    return row


def _made_before(source: str, source_key: str) -> Task | None:
    return Task.objects.filter(source=source, source_key=source_key).first()


def _make_next(row: Task, by: Actor, at: datetime) -> None:
    """In the transaction that ends the one before it; the constraint keeps it one."""
    zone = row.location.zone
    day = due.following(row, clock.today(at, zone))
    if not clock.reasonable(day):
        return
    then = {"due_date": day, "due_at": due.by_rule(day, row.due_time, zone)}
    before = Task.objects.select_for_update().filter(previous=row).first()
    if before is not None:
        if before.drop_reason == TAKEN_BACK:
            open_again = {"state": State.OPEN, "closed_at": None, "drop_reason": "", **then}
            before.save_changes(**open_again)
        return
    same = ("location", "title", "text", "owner", "team", "created_by", "urgency", "due_time",
            "repeat_unit", "repeat_every", "repeat_on", "about_kind", "about_id")  # fmt: skip
    following = Task(previous=row, **{name: getattr(row, name) for name in same}, **then)
    following.save(force_insert=True)
    telling.entry(following, Code.ADDED, by, at, whose=telling.whose(following))


def _with_undo(row: Task, act_name: str, by: Actor) -> Task:
    row.undo_token = undo.offer(act_name, by=by, task_id=row.pk, version=row.version)
    return row
