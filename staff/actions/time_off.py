"""Time off: asked for, entered, decided, given back. One person's approved time never overlaps."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q

from kernel import acts, clock, consequences, live, outbox, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.consequences import Effect
from kernel.durable import violated_constraint
from kernel.keeping import cleaned, read_again
from kernel.locks import lock_in_order
from kernel.refusals import Forbidden, Invalid, OutOfScope, Refusal
from staff import words
from staff.models import Employee, EmployeeTime, Practitioner
from staff.permissions import Permission
from staff.queries import away

APPROVED = "staff.leave_approved"
GIVEN_BACK = "staff.leave_cancelled"
LONGEST = timedelta(days=366)

Status = EmployeeTime.Status


class AwayAlready(Refusal):
    """The person's time is taken then: other leave, or a shift; decided by the database."""

    code = "away-already"
    title = "This time is taken already"


class DecidedAlready(Refusal):
    """It has been decided, canceled or changed in the meantime."""

    code = "decided-already"
    title = "This has been decided already"


@act(permission=Permission.REQUEST_TIME_OFF)
def request_time_off(
    *, employee: Employee, leave_type: str, period: DateTimeTZRange, by: Actor, note: str = ""
) -> EmployeeTime:
    """
    Ask for time off; whoever decides sees what it would hit.

    :raises OutOfScope: for somebody else
    :raises AwayAlready: away, or asked already, in these days
    :raises Invalid: the span makes no sense, or they do not work here then
    """
    if by.id is None or employee.user_id != by.id:
        raise OutOfScope
    row = _new(employee, leave_type, period, note, Status.REQUESTED)
    lock_in_order([("employee", employee.pk)])
    _refuse_asked_twice(row)
    row.save(force_insert=True)
    return _announced(row, "leave.requested")


@act(permission=Permission.DECIDE_TIME_OFF)
def enter_time_off(
    *,
    employee: Employee,
    leave_type: str,
    period: DateTimeTZRange,
    by: Actor,
    at: datetime,
    note: str = "",
) -> EmployeeTime:
    """
    Enter leave that is agreed on (somebody called in sick): approved at once, with what follows from it.

    :raises AwayAlready: away, or on a shift, in these days
    :raises Invalid: the span makes no sense, or they do not work here then
    """
    row = _new(employee, leave_type, period, note, Status.APPROVED)
    row.decided_by_id, row.decided_at = by.id, at
    facts = _facts(row)
    _lock(APPROVED, facts)
    _refuse_own(read_again(employee, by), by)
    _taking_time(row, lambda: row.save(force_insert=True))
    consequences.apply(APPROVED, by=by, **facts)
    return _with_undo(_announced(row, "leave.approved"), "staff.enter_time_off", by)


@act(permission=Permission.DECIDE_TIME_OFF)
def approve_time_off(*, time: EmployeeTime, by: Actor, at: datetime) -> EmployeeTime:
    """
    Grant what was asked for, with what follows from it in other rooms (point `staff.leave_approved`).

    :raises DecidedAlready: somebody decided or canceled it meanwhile
    :raises AwayAlready: the person has other leave or a shift then
    """
    facts = _facts(time)
    _lock(APPROVED, facts)
    row = _undecided(time, by)
    facts["time"] = row
    _taking_time(
        row,
        lambda: row.save_changes(status=Status.APPROVED, decided_by_id=by.id, decided_at=at),
    )
    consequences.apply(APPROVED, by=by, **facts)
    return _with_undo(_announced(row, "leave.approved"), "staff.approve_time_off", by)


@act(permission=Permission.DECIDE_TIME_OFF)
def decline_time_off(*, time: EmployeeTime, reason: str, by: Actor, at: datetime) -> EmployeeTime:
    """
    Refuse what was asked for; the reason is what the person reads.

    :raises DecidedAlready: somebody decided or canceled it meanwhile
    :raises Invalid: no reason
    """
    row = _undecided(time, by)
    row.save_changes(
        status=Status.DECLINED,
        decided_by_id=by.id,
        decided_at=at,
        decision_reason=_reason(reason, "Say why; the person reads it."),
    )
    return _with_undo(_announced(row, "leave.declined"), "staff.decline_time_off", by)


@act(permission=Permission.REQUEST_TIME_OFF)
def cancel_time_off(
    *, time: EmployeeTime, by: Actor, at: datetime, reason: str = ""
) -> EmployeeTime:
    """
    Give the time back: one's own until it has begun, anybody's for who decides.

    :raises DecidedAlready: declined or canceled already
    :raises Forbidden: one's own leave that has begun
    """
    facts = _facts(time)
    _lock(GIVEN_BACK, facts)
    row = read_again(time, by)
    if row.kind != EmployeeTime.Kind.LEAVE or row.status not in (Status.REQUESTED, Status.APPROVED):
        raise DecidedAlready(f"This has been {row.get_status_display().lower()} already.")
    _refuse_begun(row, by, at)
    was_approved = row.status == Status.APPROVED
    row.save_changes(status=Status.CANCELLED, decision_reason=cleaned({"r": reason})["r"][:300])
    if was_approved:
        consequences.apply(GIVEN_BACK, by=by, **(facts | {"time": row}))
    return _with_undo(_announced(row, "leave.cancelled"), "staff.cancel_time_off", by)


@act(permission=Permission.DECIDE_TIME_OFF)
def reopen_time_off(*, time: EmployeeTime, version: int, by: Actor, at: datetime) -> EmployeeTime:
    """
    Take a decision back: the request waits again.

    :raises CannotUndo: it has changed since
    """
    facts = _facts(time)
    _lock(GIVEN_BACK, facts)
    row = read_again(time, by)
    if row.version != version or row.status not in (Status.APPROVED, Status.DECLINED):
        raise undo.CannotUndo
    was_approved = row.status == Status.APPROVED
    row.save_changes(
        status=Status.REQUESTED, decided_by_id=None, decided_at=None, decision_reason=""
    )
    if was_approved:
        consequences.apply(GIVEN_BACK, by=by, **(facts | {"time": row}))
    return _announced(row, "leave.reopened")


@act(permission=Permission.REQUEST_TIME_OFF)
def restore_time_off(*, time: EmployeeTime, version: int, by: Actor, at: datetime) -> EmployeeTime:
    """
    Take a cancellation back: it is again what it was, approved only if somebody had approved it.

    :raises CannotUndo: it has changed since
    :raises AwayAlready: other leave or a shift has taken the time
    """
    facts = _facts(time)
    _lock(APPROVED, facts)
    row = read_again(time, by)
    if row.version != version or row.status != Status.CANCELLED:
        raise undo.CannotUndo
    before = Status.APPROVED if row.decided_at else Status.REQUESTED
    _taking_time(row, lambda: row.save_changes(status=before, decision_reason=""))
    if before == Status.APPROVED:
        consequences.apply(APPROVED, by=by, **(facts | {"time": row}))
    return _announced(row, "leave.restored")


def preview_time_off(
    *, employee: Employee, period: DateTimeTZRange, by: Actor, time: EmployeeTime | None = None
) -> list[Effect]:
    """What approving it would do, without doing it: also the answer to "what if"."""
    practitioner = Practitioner.objects.filter(employee=employee).first()
    return consequences.preview(
        APPROVED, by=by, employee=employee, practitioner=practitioner, period=period, time=time
    )


@undo.reverses("staff.approve_time_off")
@undo.reverses("staff.decline_time_off")
def _reopen(*, by: Actor, at: datetime, time_id: str, version: int) -> EmployeeTime:
    return reopen_time_off(time=_known(time_id, by), version=version, by=by, at=at)


@undo.reverses("staff.cancel_time_off")
def _restore(*, by: Actor, at: datetime, time_id: str, version: int) -> EmployeeTime:
    return restore_time_off(time=_known(time_id, by), version=version, by=by, at=at)


@undo.reverses("staff.enter_time_off")
def _take_out(*, by: Actor, at: datetime, time_id: str, version: int) -> EmployeeTime:
    time = _known(time_id, by)
    if time.version != version:
        raise undo.CannotUndo
    return cancel_time_off(time=time, by=by, at=at, reason="Entered by mistake")


def _known(time_id: str, by: Actor) -> EmployeeTime:
    row = EmployeeTime.objects.visible_to(by).select_related("employee").filter(pk=UUID(time_id))
    found = row.first()
    if found is None:
        raise undo.CannotUndo
    return found


def _new(
    employee: Employee, leave_type: str, period: DateTimeTZRange, note: str, status: str
) -> EmployeeTime:
    _refuse_nonsense(employee, leave_type, period)
    return EmployeeTime(
        employee=employee,
        kind=EmployeeTime.Kind.LEAVE,
        leave_type=leave_type,
        status=status,
        period=period,
        note=cleaned({"note": note})["note"][:300],
    )


def _refuse_nonsense(employee: Employee, leave_type: str, period: DateTimeTZRange) -> None:
    if leave_type not in EmployeeTime.LeaveType.values:
        raise Invalid("Choose one of the types of leave.", field="leave_type")
    if not period.lower or not period.upper or period.lower >= period.upper:
        raise Invalid("The end lies before the beginning.", field="last_date")
    if period.upper - period.lower > LONGEST:
        raise Invalid("Enter leave of more than a year in parts.", field="last_date")
    if not (clock.reasonable(period.lower.date()) and clock.reasonable(period.upper.date())):
        raise Invalid("Enter a date of these times.", field="first_date")
    zone = away.zone_for(employee)
    first = clock.today(period.lower, zone)
    last = clock.today(period.upper - timedelta(microseconds=1), zone)
    _refuse_not_employed(employee, first, last)


def _refuse_not_employed(employee: Employee, first: date, last: date) -> None:
    if first < employee.hired_date:
        began = words.day(employee.hired_date)
        raise Invalid(f"{employee.called} began on {began}.", field="first_date")
    if employee.parted_date and last > employee.parted_date:
        ended = words.day(employee.parted_date)
        raise Invalid(f"The last day of {employee.called} is {ended}.", field="last_date")


def _refuse_asked_twice(row: EmployeeTime) -> None:
    taken = (
        EmployeeTime.objects.filter(employee=row.employee_id)
        .touching(row.period)
        .filter(Q(status__in=[Status.APPROVED, Status.PUBLISHED, Status.REQUESTED]))
        .order_by("period", "pk")
        .first()
    )
    if taken:
        raise AwayAlready(_taken_words(row, taken))


def _refuse_own(employee: Employee, by: Actor) -> None:
    """Nobody decides on their own leave, unless nobody stands above them."""
    if by.id is not None and employee.user_id == by.id and employee.supervisor_id:
        raise Forbidden("Somebody else decides on your own time off. Ask for it under My time.")


def _refuse_begun(row: EmployeeTime, by: Actor, at: datetime) -> None:
    begun = row.status == Status.APPROVED and row.period.lower <= at
    if begun and not by.may(Permission.DECIDE_TIME_OFF):
        raise Forbidden("It has begun. Ask who approves your time off to change it.")
    if row.employee.user_id != by.id and not by.may(Permission.DECIDE_TIME_OFF):
        raise Forbidden("Only the person, or who approves time off, may cancel it.")


def _undecided(time: EmployeeTime, by: Actor) -> EmployeeTime:
    row = read_again(time, by)
    if row.kind != EmployeeTime.Kind.LEAVE or row.status != Status.REQUESTED:
        raise DecidedAlready(f"This has been {row.get_status_display().lower()} already.")
    _refuse_own(row.employee, by)
    return row


def _facts(time: EmployeeTime) -> dict[str, Any]:
    """What the rooms above are told at the points of leave."""
    practitioner = Practitioner.objects.filter(employee=time.employee_id).first()
    return {
        "employee": time.employee, "practitioner": practitioner, "period": time.period, "time": time
    }  # fmt: skip


def _lock(point: str, facts: dict[str, Any]) -> None:
    """The person's time and, because bookings take it too, the practitioner's: in one sorted step."""
    owners = [("employee", facts["employee"].pk)]
    if facts["practitioner"]:
        owners.append(("practitioner", facts["practitioner"].pk))
    consequences.lock(point, *owners, **facts)


def _taking_time(row: EmployeeTime, write: Any) -> None:
    """
    :raises AwayAlready: the constraint refused
    """
    try:
        with transaction.atomic():  # a savepoint: the sentence below asks the database again
            write()
    except IntegrityError as error:
        if violated_constraint(error) != "employee_time_free":
            raise
        taken = (
            EmployeeTime.objects.filter(employee=row.employee_id)
            .filter(status__in=[Status.APPROVED, Status.PUBLISHED])
            .touching(row.period)
            .exclude(pk=row.pk)
            .order_by("period", "pk")
            .first()
        )
        raise AwayAlready(_taken_words(row, taken)) from error


def _taken_words(row: EmployeeTime, taken: EmployeeTime | None) -> str:
    if taken is None:
        return AwayAlready.title
    span = words.span(taken.period, away.zone_for(row.employee))
    if taken.kind == EmployeeTime.Kind.SHIFT:
        return f"{row.employee.called} has a shift then: {span}."
    if taken.status == Status.REQUESTED:
        return f"{row.employee.called} has asked for this time already: {span}."
    return f"{row.employee.called} is away already: {span}."


def _reason(reason: str, missing: str) -> str:
    why = cleaned({"reason": reason})["reason"]
    if not why:
        raise Invalid(missing, field="reason")
    return why[:300]


def _announced(row: EmployeeTime, topic: str) -> EmployeeTime:
    outbox.publish(topic, time_id=row.pk, employee_id=row.employee_id)
    transaction.on_commit(away.forget_out_now)
    locations = list(row.employee.locations.all())
    for location in locations:
        live.changed("staff.out", location)
    if not locations:
        live.changed("staff.out")
    acts.note(row)
    return row


def _with_undo(row: EmployeeTime, act_name: str, by: Actor) -> EmployeeTime:
    row.undo_token = undo.offer(act_name, by=by, time_id=row.pk, version=row.version)
    return row
