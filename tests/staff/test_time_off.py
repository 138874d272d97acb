"""Time off: asked for, entered, decided, given back; never twice at once."""

import threading
from datetime import date

import pytest
from django.db import IntegrityError, connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import consequences, undo
from kernel.models import AuditEvent, OutboxEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope
from office.roles import Role
from staff import actions
from staff.models import EmployeeTime
from tests import factories
from tests.clock import at, period


def topics():
    return list(OutboxEvent.objects.order_by("id").values_list("topic", flat=True))


@pytest.fixture
def approve(manager, now):
    return lambda time: actions.approve_time_off(time=time, by=manager, at=now)


@pytest.fixture
def enter(dana, manager, days, now):
    """`enter(16, 18)`: leave of Dana's, entered by the manager."""

    def approved(first, last=None, **more):
        terms = {"employee": dana, "leave_type": "sick", "by": manager, "at": now} | more
        return actions.enter_time_off(period=days(first, last), **terms)

    return approved


@pytest.fixture
def follower(monkeypatch):
    """A room above that follows what leave does: notes what it is told."""

    class Follower:
        told = []  # noqa: RUF012

        def locks(self, **facts):
            self.told.append(("locks", facts))
            return []

        def preview(self, *, by, **facts):
            self.told.append(("preview", facts))
            return [consequences.Effect("3 visits must move.", 3)]

        def apply(self, *, by, **facts):
            self.told.append(("apply", facts | {"by": by}))

    following = Follower()
    following.told = []
    for point in ("staff.leave_approved", "staff.leave_cancelled"):
        monkeypatch.setitem(consequences._followers, point, [("above", following)])
    return following


# Asking


def test_a_person_asks_for_time_off(asked, dana, as_dana, days):
    time = asked(16, 18, note="  Wedding\u200b ")

    assert (time.status, time.period, time.note) == ("requested", days(16, 18), "Wedding")
    assert AuditEvent.objects.get().subject_ids == [time.pk]
    assert topics() == ["leave.requested"]


def test_nobody_asks_for_somebody_else(dana, manager, days):
    with pytest.raises(OutOfScope):
        actions.request_time_off(employee=dana, leave_type="vacation", period=days(16), by=manager)

    assert not EmployeeTime.objects.exists()
    assert topics() == []


def test_the_same_days_are_not_asked_for_twice(asked):
    asked(16, 18)

    with pytest.raises(actions.AwayAlready, match="asked for this time already: Mon 16 Nov – Wed"):
        asked(18, 20)

    assert EmployeeTime.objects.count() == 1
    assert topics() == ["leave.requested"]


def test_declined_days_may_be_asked_for_again(asked, manager, now):
    actions.decline_time_off(time=asked(16), reason="Audit week", by=manager, at=now)

    assert asked(16).status == "requested"


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [
        (at("12:00"), at("12:00"), "last_date"),
        (at("12:00"), at("08:00"), "last_date"),
        (at("08:00"), at("08:00", day=date(2027, 12, 1)), "last_date"),
        (at("08:00", day=date(1, 1, 5)), at("09:00", day=date(1, 1, 5)), "first_date"),
        (at("08:00", day=date(9999, 12, 1)), at("09:00", day=date(9999, 12, 1)), "first_date"),
        (at("08:00", day=date(2019, 5, 1)), at("09:00", day=date(2019, 5, 1)), "first_date"),
    ],
    ids=["no time", "backwards", "over a year", "year 1", "year 9999", "before the first day"],
)
def test_a_span_that_makes_no_sense_is_refused(dana, as_dana, begins, ends, field):
    # psycopg refuses a backward range itself, so it is made of its edges
    span = type("Span", (), {"lower": begins, "upper": ends})()

    with pytest.raises(Invalid) as refused:
        actions.request_time_off(employee=dana, leave_type="vacation", period=span, by=as_dana)

    assert refused.value.field == field
    assert not EmployeeTime.objects.exists()


def test_who_leaves_cannot_be_away_after_the_last_day(asked, dana):
    dana.save_changes(parted_date=date(2026, 11, 17))

    assert asked(16, 17)
    with pytest.raises(Invalid, match="last day of Dana Kim is Tue 17 Nov"):
        asked(18)


def test_an_unknown_type_of_leave_is_refused(dana, as_dana, days):
    with pytest.raises(Invalid, match="types of leave"):
        actions.request_time_off(employee=dana, leave_type="siesta", period=days(16), by=as_dana)


# Deciding


def test_a_request_is_approved(asked, approve, manager, now):
    time = approve(asked(16, 18))

    time.refresh_from_db()
    assert (time.status, time.decided_by_id, time.decided_at) == ("approved", manager.id, now)
    assert topics() == ["leave.requested", "leave.approved"]
    event = AuditEvent.objects.get(action="staff.approve_time_off")
    assert (event.outcome, event.subject_ids) == ("done", [time.pk])


def test_what_is_decided_is_decided(asked, approve, manager, now):
    time = asked(16)
    stale = EmployeeTime.objects.get(pk=time.pk)
    actions.decline_time_off(time=time, reason="Audit week", by=manager, at=now)

    with pytest.raises(actions.DecidedAlready, match="declined already"):
        approve(stale)
    with pytest.raises(actions.DecidedAlready):
        actions.decline_time_off(time=stale, reason="Again", by=manager, at=now)

    assert EmployeeTime.objects.get().status == "declined"


def test_declining_needs_a_reason(asked, manager, now):
    with pytest.raises(Invalid, match="Say why"):
        actions.decline_time_off(time=asked(16), reason=" ", by=manager, at=now)

    assert EmployeeTime.objects.get().status == "requested"


def test_only_who_decides_may_decide(asked, desk, now):
    with pytest.raises(Forbidden):
        actions.approve_time_off(time=asked(16), by=desk, at=now)

    assert EmployeeTime.objects.get().status == "requested"
    assert AuditEvent.objects.get(action="staff.approve_time_off").outcome == "denied"


def test_leave_over_other_leave_is_refused_in_words(asked, enter, approve, days):
    request = asked(16, 18)
    enter(18, 19)

    with pytest.raises(actions.AwayAlready, match="Dana Kim is away already: Wed 18 Nov – Thu 19"):
        approve(request)

    request.refresh_from_db()
    assert (request.status, request.decided_at) == ("requested", None)


def test_leave_over_a_shift_says_so(asked, approve, dana):
    request = asked(16)
    factories.EmployeeTimeFactory(
        employee=dana, kind="shift", leave_type="", status="published",
        period=period("08:00", "12:00"),
    )  # fmt: skip

    with pytest.raises(actions.AwayAlready, match="has a shift then: Mon 16 Nov, 8:00–12:00"):
        approve(request)


def test_who_has_a_supervisor_does_not_decide_for_themselves(location, days, now):
    boss = factories.EmployeeFactory()
    user = factories.UserFactory(role=Role.MANAGER, at=[location])
    deputy = factories.EmployeeFactory(user=user, supervisor=boss, at=[location])
    by = factories.actor_of(user)
    request = actions.request_time_off(
        employee=deputy, leave_type="vacation", period=days(16), by=by
    )

    for decide in (
        lambda: actions.approve_time_off(time=request, by=by, at=now),
        lambda: actions.enter_time_off(
            employee=deputy, leave_type="sick", period=days(20), by=by, at=now
        ),
    ):
        with pytest.raises(Forbidden, match="Somebody else decides"):
            decide()
    assert EmployeeTime.objects.get().status == "requested"


def test_who_stands_above_all_decides_for_themselves(location, days, now):
    user = factories.UserFactory(role=Role.MANAGER, at=[location])
    head = factories.EmployeeFactory(user=user, at=[location])

    time = actions.enter_time_off(
        employee=head, leave_type="sick", period=days(16), by=factories.actor_of(user), at=now
    )
    assert time.status == "approved"


# Entering


def test_the_manager_enters_leave_that_is_approved_at_once(enter, manager, now):
    time = enter(16)

    time.refresh_from_db()
    assert (time.status, time.decided_by_id, time.decided_at) == ("approved", manager.id, now)
    assert topics() == ["leave.approved"]


def test_entered_leave_does_not_overlap_either(enter):
    enter(16, 18)

    with pytest.raises(actions.AwayAlready):
        enter(17)

    assert EmployeeTime.objects.count() == 1


def test_leave_of_one_day_after_another_is_allowed(enter):
    enter(16)
    enter(17)


# Giving back


def test_a_person_takes_a_request_back(asked, as_dana, now):
    time = actions.cancel_time_off(time=asked(16), by=as_dana, at=now)

    assert time.status == "cancelled"
    assert topics() == ["leave.requested", "leave.cancelled"]


def test_approved_leave_is_given_back_until_it_begins(asked, approve, as_dana, now):
    later, begun = approve(asked(20)), approve(asked(16))

    assert actions.cancel_time_off(time=later, by=as_dana, at=now).status == "cancelled"
    with pytest.raises(Forbidden, match="It has begun"):
        actions.cancel_time_off(time=begun, by=as_dana, at=now)


def test_the_manager_cancels_what_has_begun(asked, approve, manager, now):
    time = actions.cancel_time_off(
        time=approve(asked(16, 20)), by=manager, at=at("12:00"), reason="Came back"
    )

    assert (time.status, time.decision_reason) == ("cancelled", "Came back")


def test_the_time_is_free_again_afterwards(enter, manager, now):
    actions.cancel_time_off(time=enter(16, 18), by=manager, at=now)

    assert enter(17).status == "approved"


def test_nothing_is_canceled_twice(asked, as_dana, now):
    time = asked(16)
    actions.cancel_time_off(time=time, by=as_dana, at=now)

    with pytest.raises(actions.DecidedAlready, match="canceled already"):
        actions.cancel_time_off(time=time, by=as_dana, at=now)


def test_a_colleague_cannot_cancel_it(asked, desk, now):
    with pytest.raises(OutOfScope):
        actions.cancel_time_off(time=asked(16), by=desk, at=now)


def test_a_supervisor_without_the_right_sees_but_does_not_cancel(asked, dana, location, now):
    user = factories.UserFactory(role=Role.NURSE, at=[location])
    dana.save_changes(supervisor=factories.EmployeeFactory(user=user))

    with pytest.raises(Forbidden, match="Only the person"):
        actions.cancel_time_off(time=asked(16), by=factories.actor_of(user), at=now)


# Taking back


def test_a_decision_is_taken_back(asked, approve, manager):
    time = approve(asked(16))

    undo.take(time.undo_token, by=manager)

    time.refresh_from_db()
    assert (time.status, time.decided_by_id, time.decided_at) == ("requested", None, None)


def test_a_refused_request_waits_again(asked, manager, now):
    time = actions.decline_time_off(time=asked(16), reason="Audit week", by=manager, at=now)

    undo.take(time.undo_token, by=manager)

    time.refresh_from_db()
    assert (time.status, time.decision_reason) == ("requested", "")


def test_entered_leave_is_taken_out_again(enter, manager):
    time = enter(16)

    undo.take(time.undo_token, by=manager)

    time.refresh_from_db()
    assert time.status == "cancelled"


@pytest.mark.parametrize("approved", [True, False])
def test_a_cancellation_is_taken_back_to_what_it_was(asked, approve, as_dana, now, approved):
    time = asked(20)
    time = approve(time) if approved else time
    before = time.status
    time = actions.cancel_time_off(time=time, by=as_dana, at=now)

    undo.take(time.undo_token, by=as_dana)

    time.refresh_from_db()
    assert time.status == before


def test_a_cancellation_stays_when_the_time_was_taken(asked, approve, enter, as_dana, now):
    time = actions.cancel_time_off(time=approve(asked(20)), by=as_dana, at=now)
    enter(20)

    with pytest.raises(actions.AwayAlready):
        undo.take(time.undo_token, by=as_dana)

    time.refresh_from_db()
    assert time.status == "cancelled"


@pytest.mark.parametrize("act", ["approve_time_off", "enter_time_off", "cancel_time_off"])
def test_what_changed_meanwhile_is_not_undone(asked, approve, manager, now, act):
    time = approve(asked(16))
    right = undo.offer(f"staff.{act}", by=manager, time_id=time.pk, version=time.version)
    actions.cancel_time_off(time=time, by=manager, at=now)

    with pytest.raises(undo.CannotUndo):
        undo.take(right, by=manager)

    time.refresh_from_db()
    assert time.status == "cancelled"


def test_an_undo_of_what_one_no_longer_sees_is_refused(enter, manager, desk):
    right = undo.offer("staff.enter_time_off", by=desk, time_id=enter(16).pk, version=1)

    with pytest.raises(undo.CannotUndo):
        undo.take(right, by=desk)


# What follows in other rooms


def test_approving_tells_the_rooms_above_in_three_phases(asked, dana, manager, now, follower):
    practitioner = factories.PractitionerFactory(employee=dana, family_name="Kim")
    time = asked(16)
    (effect,) = actions.preview_time_off(employee=dana, period=time.period, time=time, by=manager)
    actions.approve_time_off(time=time, by=manager, at=now)

    assert effect.sentence == "3 visits must move."
    assert [phase for phase, _ in follower.told] == ["preview", "locks", "apply"]
    _, facts = follower.told[-1]
    assert facts["practitioner"] == practitioner
    assert (facts["employee"], facts["period"], facts["time"]) == (dana, time.period, time)
    assert facts["time"].status == "approved"
    assert (facts["by"].kind, facts["by"].on_behalf_of) == ("system", manager)


def test_entering_and_giving_back_tell_them_too(enter, manager, now, follower):
    time = enter(16)
    actions.cancel_time_off(time=time, by=manager, at=now)

    assert [phase for phase, _ in follower.told] == ["locks", "apply"] * 2
    assert [facts["time"] for _, facts in follower.told] == [time] * 4


def test_a_request_that_nobody_approved_leaves_no_trace_above(asked, as_dana, now, follower):
    actions.cancel_time_off(time=asked(16), by=as_dana, at=now)

    assert [phase for phase, _ in follower.told] == ["locks"]


def test_what_a_room_above_refuses_is_not_approved(asked, manager, now, follower, monkeypatch):
    def refuse(**facts):
        raise Invalid("Not while the vaccine trial runs.")

    monkeypatch.setattr(follower, "apply", refuse)

    with pytest.raises(Invalid, match="vaccine"):
        actions.approve_time_off(time=asked(16), by=manager, at=now)

    assert EmployeeTime.objects.get().status == "requested"
    assert topics() == ["leave.requested"]


# What the database itself refuses


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("employee_time_bounded", {"period": DateTimeTZRange(at("08:00"), None)}),
        ("employee_time_half_open", {"period": DateTimeTZRange(at("08:00"), at("09:00"), "[]")}),
        ("employee_time_status_fits_kind", {"status": "published"}),
        ("employee_leave_has_type", {"leave_type": ""}),
        ("employee_leave_type_known", {"leave_type": "siesta"}),
        ("employee_time_decision_paired", {"decided_at": at("08:00")}),
        ("employee_time_decline_has_reason", {"status": "declined"}),
    ],
)
def test_the_database_refuses(dana, constraint, wrong):
    right = {"employee": dana, "period": period("08:00", "09:00")}

    with pytest.raises(IntegrityError, match=constraint):
        factories.EmployeeTimeFactory(**right | wrong)


def test_the_database_refuses_overlapping_leave(dana, days):
    factories.EmployeeTimeFactory(employee=dana, period=days(16, 18))

    with pytest.raises(IntegrityError, match="employee_time_free"):
        factories.EmployeeTimeFactory(employee=dana, period=days(18, 20))


# Two managers at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(3))
def test_of_two_managers_who_approve_overlapping_leave_one_wins(attempt, days, now, dana):
    managers = [factories.actor(Role.MANAGER, *dana.locations.all()) for _ in range(2)]
    requests = [
        factories.EmployeeTimeFactory(employee=dana, status="requested", period=span)
        for span in (days(16, 18), days(18, 20))
    ]
    outcomes, together = [], threading.Barrier(2, timeout=10)

    def decide(time, by):
        together.wait()
        try:
            actions.approve_time_off(time=time, by=by, at=now)
            outcomes.append("approved")
        except actions.AwayAlready:
            outcomes.append("refused")
        finally:
            connection.close()

    deciding = [
        threading.Thread(target=decide, args=pair) for pair in zip(requests, managers, strict=True)
    ]
    for each in deciding:
        each.start()
    for each in deciding:
        each.join()

    assert sorted(outcomes) == ["approved", "refused"]
    assert EmployeeTime.objects.filter(status="approved").count() == 1
