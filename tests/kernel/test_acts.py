"""Every act: one permission, one scope, one transaction, one audit event; a refusal leaves a trace and nothing else."""

import pytest
from django.db import IntegrityError, connection

from kernel import acts, gates, outbox
from kernel.actors import NOBODY
from kernel.acts import act
from kernel.models import AuditEvent, GateVerdict, OutboxEvent
from kernel.refusals import Forbidden, OutOfScope, Refusal
from office.models import Room
from office.permissions import Permission
from tests.factories import RoomFactory


@act(permission=Permission.CONFIGURE_OFFICE, scope=lambda asked: asked["location"])
def open_room(*, location, name, by, refuse=False):
    room = Room.objects.create(location=location, name=name)
    outbox.publish("room.opened", room_id=room.pk)
    if refuse:
        raise Refusal("Not today.")
    return room


def test_an_act_writes_its_audit_event_with_the_change(location, manager):
    room = open_room(location=location, name="Room 1", by=manager)

    event = AuditEvent.objects.get(action=open_room.act.name)
    assert (event.outcome, event.subject_kind, event.subject_ids) == (
        "done",
        "office.room",
        [room.pk],
    )
    assert (event.actor_id, event.location_id) == (manager.id, location.pk)


def test_a_refused_act_leaves_only_its_trace(location, manager):
    with pytest.raises(Refusal, match="Not today"):
        open_room(location=location, name="Room 1", by=manager, refuse=True)

    assert not Room.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert AuditEvent.objects.get().outcome == "refused"


def test_without_the_permission_nothing_happens(location, desk):
    with pytest.raises(Forbidden):
        open_room(location=location, name="Room 1", by=desk)

    assert not Room.objects.exists()
    assert AuditEvent.objects.get().outcome == "denied"


def test_elsewhere_does_not_exist_for_the_actor(elsewhere, manager):
    with pytest.raises(OutOfScope):
        open_room(location=elsewhere, name="Room 1", by=manager)

    assert not Room.objects.exists()


def test_nobody_may_do_anything(location):
    with pytest.raises(Forbidden, match="Sign in"):
        open_room(location=location, name="Room 1", by=NOBODY)


def test_the_database_keeps_the_audit_trail_from_change(location, manager):
    open_room(location=location, name="Room 1", by=manager)

    with pytest.raises(Exception, match="audit_only_grows|Cannot update"):
        AuditEvent.objects.update(reason="nothing happened")


def test_a_note_outside_an_act_is_a_mistake():
    with pytest.raises(RuntimeError):
        acts.note()


def test_publishing_needs_a_transaction():
    assert not connection.in_atomic_block
    with pytest.raises(RuntimeError):
        outbox.publish("room.opened")


@pytest.fixture
def a_rule():
    """A rule at a point of its own, taken away again."""
    answers = {}

    def function(asked):
        return [answers["finding"]() for _ in asked]

    gates.rule(
        "test.point", "test.rule", "A test rule", level="block", override=Permission.LOCK_PERIOD
    )(function)
    yield answers
    gates._rules.pop("test.point")


@act(permission=None)
def go_through(*, by, overrides=None):
    return gates.ask("test.point", by=by, overrides=overrides)


def test_a_block_stops_and_is_kept(a_rule, manager):
    a_rule["finding"] = lambda: gates.Finding("The door is shut.")

    with pytest.raises(gates.Blocked, match="The door is shut"):
        go_through(by=manager)

    assert GateVerdict.objects.get().outcome == "blocked"


def test_who_may_override_goes_on_with_a_reason_that_is_kept(a_rule, manager):
    a_rule["finding"] = lambda: gates.Finding("The door is shut.")

    go_through(by=manager, overrides={"test.rule": "Fire drill"})

    kept = GateVerdict.objects.get()
    assert (kept.outcome, kept.reason) == ("overridden", "Fire drill")


def test_who_may_not_override_is_stopped_all_the_same(a_rule, desk):
    a_rule["finding"] = lambda: gates.Finding("The door is shut.")

    with pytest.raises(gates.Blocked):
        go_through(by=desk, overrides={"test.rule": "I would like to"})


def test_a_rule_that_fails_becomes_a_warning(a_rule, manager, caplog):
    def broken():
        raise ZeroDivisionError

    a_rule["finding"] = broken

    (verdict,) = go_through(by=manager)
    assert verdict.level == "warn"
    assert "could not be checked" in verdict.finding.sentence


def test_a_rule_whose_query_fails_does_not_take_the_act_with_it(a_rule, location, manager):
    def broken():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    a_rule["finding"] = broken

    (verdict,) = go_through(by=manager)
    assert verdict.level == "warn"
    assert RoomFactory(location=location).pk


def test_constraints_are_named_in_errors(location):
    RoomFactory(location=location, name="Room 1")

    with pytest.raises(IntegrityError, match="room_name_once_per_location"):
        RoomFactory(location=location, name="Room 1")
