"""Who is away: now, in a span, and why, for those who may know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.cache import cache
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from kernel.actors import Actor
from office import queries as office_queries
from staff import words
from staff.models import Employee, EmployeeTime
from staff.permissions import Permission

OUT_NOW = "staff:out-now"  # every page asks; a change of leave forgets it at once


@dataclass(frozen=True)
class Out:
    """Somebody who is not here: `why` is the type of leave only for those who may open the file."""

    employee_id: UUID
    name: str
    position: str
    why: str
    until: str
    practitioner_id: UUID | None = None


def zone_of(location_ids: Iterable[UUID]) -> str:
    """A person's wall clock: their locations' zone if it is one, else the practice's."""
    known = office_queries.location_zones()
    zones = {known[each] for each in location_ids if each in known}
    return zones.pop() if len(zones) == 1 else office_queries.practice_zone()


def zone_for(employee: Employee) -> str:
    return zone_of(employee.locations.values_list("pk", flat=True))


def out_now(actor: Actor, at: datetime, *, fresh: bool = False) -> tuple[Out, ...]:
    """`who_is_out` for the top bar of every page: at most a few seconds old unless `fresh`."""
    rows = None if fresh else cache.get(OUT_NOW)
    if rows is None:
        rows = _rows_out(at)
        cache.set(OUT_NOW, rows, settings.MEMO_SECONDS)
    return _told(rows, actor, at)


def forget_out_now() -> None:
    cache.delete(OUT_NOW)


def who_is_out(actor: Actor, at: datetime, *, everywhere: bool = False) -> tuple[Out, ...]:
    """Who of the actor's locations, or of the whole practice, is on leave at this moment."""
    return _told(_rows_out(at), actor, at, everywhere)


class Row(NamedTuple):
    """What is kept about a leave that holds now, before it is told to somebody."""

    employee_id: UUID
    name: str
    position: str
    leave_type: str
    begins: datetime
    ends: datetime
    user_id: UUID | None
    supervisor_user_id: UUID | None
    practitioner_id: UUID | None
    places: tuple[UUID, ...]


def _rows_out(at: datetime) -> list[Row]:
    out = _with_people(EmployeeTime.objects.leave().approved().at_moment(at))
    return [
        _row(each) for each in out.order_by("employee__family_name", "employee__given_name", "pk")
    ]


def _with_people(times: QuerySet[EmployeeTime]) -> QuerySet[EmployeeTime]:
    return times.select_related("employee__supervisor", "employee__practitioner").annotate(
        places=ArrayAgg("employee__locations", default=[])
    )


def _row(time: Any) -> Row:
    who = time.employee
    return Row(
        who.pk,
        who.called,
        who.position,
        time.leave_type,
        time.period.lower,
        time.period.upper,
        who.user_id,
        who.supervisor.user_id if who.supervisor else None,
        who.practitioner.pk if hasattr(who, "practitioner") else None,
        tuple(each for each in time.places if each),
    )


def _told(
    rows: Sequence[Row], actor: Actor, at: datetime, everywhere: bool = False
) -> tuple[Out, ...]:
    if not actor.may(Permission.VIEW_DIRECTORY):
        return ()
    return tuple(
        Out(
            row.employee_id,
            row.name,
            row.position,
            _why(actor, row),
            words.until(row.ends, zone_of(row.places), at),
            row.practitioner_id,
        )
        for row in rows
        if at < row.ends and (everywhere or _concerns(actor, row))
    )


def _concerns(actor: Actor, row: Row) -> bool:
    return not row.places or row.user_id == actor.id or any(map(actor.works_at, row.places))


def _why(actor: Actor, row: Row) -> str:
    """The type of leave is personnel data; everybody else reads only that somebody is out."""
    own = actor.id is not None and actor.id in (row.user_id, row.supervisor_user_id)
    if own or actor.may(Permission.VIEW_ALL_FILES):
        return EmployeeTime.LeaveType(row.leave_type).label
    return "Out"


@dataclass(frozen=True)
class Absence:
    """One line of who is away when; `why` as in `Out`."""

    employee_id: UUID
    name: str
    position: str
    why: str
    span: str


def away_in(actor: Actor, at: datetime, days: int) -> list[Absence]:
    """Who of the actor's locations is away from now on, for so many days; in order."""
    if not actor.may(Permission.VIEW_DIRECTORY):
        return []
    span = DateTimeTZRange(at, at + timedelta(days=days))
    times = _with_people(EmployeeTime.objects.leave().approved().touching(span))
    rows = [_row(each) for each in times.order_by("period", "pk")]
    return [
        Absence(
            row.employee_id,
            row.name,
            row.position,
            _why(actor, row),
            words.span(DateTimeTZRange(row.begins, row.ends), zone_of(row.places)),
        )
        for row in rows
        if _concerns(actor, row)
    ]


def away_periods(
    practitioner_ids: Sequence[UUID], span: DateTimeTZRange
) -> dict[UUID, list[DateTimeTZRange]]:
    """Approved leave of each practitioner that touches the span, in order; all of them have an entry."""
    away: dict[UUID, list[DateTimeTZRange]] = {each: [] for each in practitioner_ids}
    rows = (
        EmployeeTime.objects.leave()
        .approved()
        .touching(span)
        .filter(employee__practitioner__in=practitioner_ids)
        .order_by("period", "pk")
        .values_list("employee__practitioner__id", "period")
    )
    for practitioner_id, period in rows:
        away[practitioner_id].append(period)
    return away
