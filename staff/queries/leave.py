"""Time off as its pages show it: one's own, what waits for a decision, one request with what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from kernel import clock
from kernel.actors import Actor
from staff import words
from staff.models import Employee, EmployeeTime
from staff.permissions import Permission
from staff.queries.away import zone_for, zone_of

Status = EmployeeTime.Status

# The display state a leave is drawn in; its word is our own.
STATES: dict[str, str] = {
    Status.REQUESTED: "requested",
    Status.APPROVED: "confirmed",
    Status.DECLINED: "noshow",
    Status.CANCELLED: "cancelled",
}


@dataclass(frozen=True)
class Leave:
    """One leave as a list shows it."""

    time: EmployeeTime
    span: str
    is_over: bool

    @property
    def state(self) -> str:
        return STATES[self.time.status]

    @property
    def counts(self) -> bool:
        """Still ahead, or now: asked for or approved, and not over."""
        return not self.is_over and self.time.status in (Status.REQUESTED, Status.APPROVED)

    @property
    def word(self) -> str:
        return self.time.get_status_display()


def span_of(time: EmployeeTime) -> str:
    """When it is, on the person's wall clock."""
    return words.span(time.period, zone_for(time.employee))


def leaves_of(employee: Employee, at: datetime) -> list[Leave]:
    """All leave of one person, the latest first."""
    zone = zone_for(employee)
    rows = employee.times.leave().order_by("-period", "pk")
    return [Leave(row, words.span(row.period, zone), row.period.upper <= at) for row in rows]


@dataclass(frozen=True)
class LeavePage:
    """One leave with what this reader may do with it."""

    leave: Leave
    employee: Employee
    also_away: tuple[str, ...]
    may_decide: bool
    may_cancel: bool
    waits_for: str


def leave_page(actor: Actor, time: EmployeeTime, at: datetime) -> LeavePage:
    zone = zone_for(time.employee)
    leave = Leave(time, words.span(time.period, zone), time.period.upper <= at)
    decides = actor.may(Permission.DECIDE_TIME_OFF)
    is_own = time.employee.user_id is not None and time.employee.user_id == actor.id
    waits = time.status == Status.REQUESTED
    above = time.employee.supervisor
    return LeavePage(
        leave,
        time.employee,
        tuple(_also_away([time], places_of(time.employee)).get(time.pk, ())),
        may_decide=waits and decides and not (is_own and above),
        may_cancel=(waits or time.status == Status.APPROVED)
        and (decides or (is_own and (waits or time.period.lower > at))),
        waits_for="HR or the practice manager",
    )


@dataclass(frozen=True)
class Request:
    """A request that waits: who, when, and who else is away in those days."""

    time: EmployeeTime
    employee: Employee
    span: str
    also_away: tuple[str, ...]
    starts: date


def _to_decide(actor: Actor) -> QuerySet[EmployeeTime]:
    """One's own waits for somebody else, unless nobody stands above."""
    waiting = EmployeeTime.objects.visible_to(actor).awaiting_decision()
    if actor.id is None:
        return waiting
    return waiting.exclude(employee__user=actor.id, employee__supervisor__isnull=False)


def requests_to_decide(actor: Actor) -> list[Request]:
    """What waits for a decision, the nearest first."""
    if not actor.may(Permission.DECIDE_TIME_OFF):
        return []
    waiting = list(
        _to_decide(actor)
        .select_related("employee")
        .annotate(places=ArrayAgg("employee__locations", default=[]))
        .order_by("period", "pk")
    )
    others = _also_away(waiting)
    return [
        Request(
            row,
            row.employee,
            words.span(row.period, zone_of(row.places)),
            tuple(others.get(row.pk, ())),
            clock.local(row.period.lower, zone_of(row.places)).date(),
        )
        for row in waiting
    ]


def places_of(employee: Employee) -> set[UUID]:
    return set(employee.locations.values_list("pk", flat=True))


def _also_away(waiting: Sequence[Any], places: set[UUID] | None = None) -> dict[UUID, list[str]]:
    """Who else, at a shared location, has approved leave in the days asked for: one query for all."""
    if not waiting:
        return {}
    first = min(row.period.lower for row in waiting)
    last = max(row.period.upper for row in waiting)
    approved = list(
        EmployeeTime.objects.leave()
        .approved()
        .touching(DateTimeTZRange(first, last))
        .annotate(places=ArrayAgg("employee__locations", default=[]))
        .select_related("employee")
        .order_by("period", "pk")
    )
    return {
        row.pk: list(
            dict.fromkeys(
                each.employee.called
                for each in approved
                if _both_away(row, places or set(row.places), each)
            )
        )
        for row in waiting
    }


def _both_away(asked: EmployeeTime, places: set[UUID], approved: Any) -> bool:
    overlap = (
        asked.period.lower < approved.period.upper and approved.period.lower < asked.period.upper
    )
    shared = places & set(approved.places) - {None}
    return overlap and bool(shared) and asked.employee_id != approved.employee_id
