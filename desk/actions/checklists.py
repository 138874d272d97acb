"""
Checklists: made for each day by the house, ticked item by item, ended with what was left out and why.

A number out of its limits asks what was done about it, and makes a task.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from desk import starting
from desk.actions import rhythm, telling
from desk.actions.tasks import add_task
from desk.models import ChecklistItem, ChecklistRun, ChecklistTemplate, RunItem
from desk.models.checklist import Evidence
from desk.models.task import Urgency
from desk.permissions import Permission
from desk.queries.checklists import limits
from kernel import acts, clock, live, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.keeping import read_again
from kernel.refusals import Invalid, Refusal
from kernel.text import clean
from office.actions import keep_row
from office.models import Location

TOPIC = "desk.checklists"
SOURCE = "desk.checklist"
LARGEST = Decimal("9999999.99")
State = ChecklistRun.State


class TickedAlready(Refusal):
    """Somebody else was quicker."""

    code = "ticked-already"
    title = "This has been done already"


class RunOver(Refusal):
    """The list is ended, or its day is long over."""

    code = "checklist-over"
    title = "This checklist is over and stays as it is"


def _where(asked: Mapping[str, Any]) -> UUID:
    item: RunItem = asked["item"]
    return item.run.location_id


def _where_run(asked: Mapping[str, Any]) -> UUID:
    run: ChecklistRun = asked["run"]
    return run.location_id


@act(permission=Permission.RUN_CHECKLISTS, scope=_where)
def tick_item(
    *,
    item: RunItem,
    by: Actor,
    at: datetime,
    number: Decimal | None = None,
    signature: str = "",
    note: str = "",
) -> RunItem:
    """
    It is done, by whom and when, with what it asks for. The last item ends the list.

    :raises Invalid: the number or signature is missing; out of limits, and nothing said what was done about it
    :raises TickedAlready: somebody else was quicker
    :raises RunOver: the list has been ended
    """
    run, row = _locked(item, by)
    if run.state == State.CLOSED:
        raise RunOver
    if row.done_at is not None:
        raise TickedAlready(f"{row.done_by_name} has done this already.")
    kept = _evidence(row, number, clean(signature)[:120], clean(note)[:300])
    person = telling.person(by)
    row.save_changes(done_at=at, done_by=person, done_by_name=telling.name(by), **kept)
    if limits(row) and row.note:
        _make_task(run, row, by, at)
    if not run.items.filter(done_at=None).exists():
        run.save_changes(state=State.CLOSED, closed_at=at, closed_by=person)
    acts.note(row, run=str(run.pk))
    row.undo_token = undo.offer("desk.tick_item", by=by, item_id=row.pk, version=row.version)
    return _announced(run, row)


@act(permission=Permission.RUN_CHECKLISTS, scope=_where)
def untick_item(*, item: RunItem, by: Actor, at: datetime, version: int | None = None) -> RunItem:
    """
    It was not done after all. What was entered stays in the row's history.

    :raises RunOver: its day is over since yesterday; the record stays
    :raises CannotUndo: it has changed since (`version`)
    """
    run, row = _locked(item, by)
    if version is not None and row.version != version:
        raise undo.CannotUndo
    _refuse_old(run, at)
    row.save_changes(
        done_at=None, done_by=None, done_by_name="", number=None, signature="", note=""
    )
    run.save_changes(state=State.OPEN, closed_at=None, closed_by=None, left_out_reason="")
    acts.note(row, run=str(run.pk))
    return _announced(run, row)


@act(permission=Permission.RUN_CHECKLISTS, scope=_where_run)
def close_run(*, run: ChecklistRun, by: Actor, at: datetime, reason: str = "") -> ChecklistRun:
    """
    The list is ended; what was left out stays open on it, with the reason.

    :raises Invalid: something was left out without a word
    :raises RunOver: it has been ended already
    """
    row = read_again(run, by)
    if row.state == State.CLOSED:
        raise RunOver
    why, left = clean(reason)[:300], row.items.filter(done_at=None).count()
    if left and not why:
        what = "1 item is" if left == 1 else f"{left} items are"
        raise Invalid(f"{what} left out. Say why; it is kept.", field="reason")
    row.save_changes(
        state=State.CLOSED,
        closed_at=at,
        closed_by=telling.person(by),
        left_out_reason=why if left else "",
    )
    row.undo_token = undo.offer("desk.close_run", by=by, run_id=row.pk, version=row.version)
    acts.note(row, left_out=left)
    return _announced(row, row)


@act(permission=Permission.RUN_CHECKLISTS, scope=_where_run)
def reopen_run(
    *, run: ChecklistRun, by: Actor, at: datetime, version: int | None = None
) -> ChecklistRun:
    """
    The list goes on.

    :raises RunOver: its day is over since yesterday
    :raises CannotUndo: it has changed since (`version`)
    """
    row = read_again(run, by)
    if version is not None and row.version != version:
        raise undo.CannotUndo
    _refuse_old(row, at)
    row.save_changes(state=State.OPEN, closed_at=None, closed_by=None, left_out_reason="")
    acts.note(row)
    return _announced(row, row)


@undo.reverses("desk.tick_item")
def _untick(*, by: Actor, at: datetime, item_id: str, version: int) -> RunItem:
    mine = ChecklistRun.objects.visible_to(by)
    row = RunItem.objects.filter(pk=UUID(item_id), run__in=mine).select_related("run").first()
    if row is None:
        raise undo.CannotUndo
    return untick_item(item=row, version=version, by=by, at=at)


@undo.reverses("desk.close_run")
def _reopen(*, by: Actor, at: datetime, run_id: str, version: int) -> ChecklistRun:
    row = ChecklistRun.objects.visible_to(by).filter(pk=UUID(run_id)).first()
    if row is None:
        raise undo.CannotUndo
    return reopen_run(run=row, version=version, by=by, at=at)


# ---- what they are made of


@act(permission=Permission.CONFIGURE_CHECKLISTS)
def configure_checklist(
    *, instance: Model, changed: Iterable[str], by: Actor, also: Callable[[], Any] | None = None
) -> Model:
    """
    Keep a checklist or one of its items; lists of days that have begun keep what they asked.

    :raises StaleVersion: somebody else changed it since it was read
    :raises AlreadyThere: the database refuses a second one
    """
    return keep_row(instance, changed, also)


@act(permission=Permission.CONFIGURE_CHECKLISTS, scope=lambda asked: asked["locations"])
def add_starting_checklists(*, locations: Iterable[Location], by: Actor) -> list[ChecklistTemplate]:
    """Opening, closing, weekly and monthly, for these locations; those whose name is there already are left alone."""
    there = set(ChecklistTemplate.objects.values_list("name", flat=True))
    places, roles = list(locations), starting.roles()
    made = []
    for routine in starting.ROUTINES:
        if routine.name in there:
            continue
        template = ChecklistTemplate.objects.create(**routine.template())
        template.locations.set(places)
        ChecklistItem.objects.bulk_create(routine.items(template, roles))
        made.append(template)
    acts.note(*made)
    make_due_runs([each.pk for each in places])
    return made


def make_due_runs(at_places: Iterable[UUID] | None = None) -> int:
    """What every tick does: the lists of today that are not there yet."""
    with transaction.atomic():
        places = rhythm.make_runs(places=at_places)
        for place in places:
            live.changed(TOPIC, place)
    return len(places)


# ---- inside


def _locked(item: RunItem, by: Actor) -> tuple[ChecklistRun, RunItem]:
    """The run first, then its item: everybody in the same order."""
    run = read_again(item.run, by)
    return run, RunItem.objects.select_for_update(of=("self",)).get(pk=item.pk, run=run)


def _refuse_old(run: ChecklistRun, at: datetime) -> None:
    today = clock.today(at, run.location.zone)
    if run.date < today - timedelta(days=1):
        raise RunOver


def _evidence(row: RunItem, number: Decimal | None, signature: str, note: str) -> dict[str, Any]:
    if row.evidence == Evidence.NUMBER:
        if number is None:
            raise Invalid("Enter the number.", field="number")
        if not number.is_finite() or abs(number) > LARGEST:
            raise Invalid("This number cannot be right.", field="number")
        row_number = number.quantize(Decimal("0.01"))
        said = limits(row, row_number)
        if said and not note:
            raise Invalid(f"{said} Say what was done about it.", field="note")
        return {"number": row_number, "note": note}
    if row.evidence == Evidence.SIGNATURE and not signature:
        raise Invalid("Sign with your name.", field="signature")
    return {"signature": signature if row.evidence == Evidence.SIGNATURE else "", "note": note}


def _make_task(run: ChecklistRun, row: RunItem, by: Actor, at: datetime) -> None:
    """Somebody looks after it, not only the list: once per item of a day, however often it is ticked."""
    add_task(
        location=run.location,
        title=f"Out of limits: {row.text}"[:200],
        text=f"{limits(row)} {run.template}, {run.date:%a %d %b}. Done so far: {row.note}",
        team=row.role,
        urgency=Urgency.URGENT,
        due_date=clock.today(at, run.location.zone),
        about=("desk.checklistrun", run.pk),
        source=SOURCE,
        source_key=str(row.pk),
        by=Actor.system("desk", on_behalf_of=by),
        at=at,
    )


def _announced(run: ChecklistRun, row: Any) -> Any:
    live.changed(TOPIC, run.location_id)
    return row
