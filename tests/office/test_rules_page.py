"""The page of rules: what each does, what it did, how strict it is, and who may change that."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.utils import timezone

from kernel import gates
from kernel.actors import Actor
from kernel.models import AuditEvent, GateSetting, GateVerdict
from kernel.refusals import Forbidden, Invalid, StaleVersion
from office import actions, queries
from office.permissions import Permission
from office.roles import Role
from tests.factories import LocationFactory

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}
SYSTEM = Actor.system("tests")
RULE = "tests.door"


@pytest.fixture(autouse=True)
def door():
    """A rule of these tests: the door is shut on request."""
    shut = {"now": False}

    def function(asked):
        return [gates.Finding("The door is shut.") if shut["now"] else None for _ in asked]

    gates.point("tests.point", asked_when="Opening the door")
    gates.rule("tests.point", RULE, "A shut door", level="warn", override=Permission.LOCK_PERIOD)(
        function
    )
    yield shut
    gates._rules.pop("tests.point")


@pytest.fixture
def boss(signed_in, location):
    return signed_in(Role.MANAGER, location)


def spoke(outcome="blocked", *, days_ago=0, location=None, reason=""):
    verdict = GateVerdict.objects.create(
        point="tests.point", rule=RULE, outcome=outcome, sentence="The door is shut.", reason=reason,
        actor_kind="staff", actor_name="Maria Lopez", location_id=location and location.pk,
    )  # fmt: skip
    GateVerdict.objects.filter(pk=verdict.pk).update(at=timezone.now() - timedelta(days=days_ago))


def line(client, name=RULE):
    return next(each for each in client.get("/rules/").context["lines"] if each.name == name)


def test_every_registered_rule_has_its_line(boss):
    shown = {each.name for each in boss.get("/rules/").context["lines"]}

    assert shown == {each.name for each in gates.all_rules()}
    assert line(boss).asked_when == "Opening the door"


def test_it_says_how_often_a_rule_spoke_in_the_last_thirty_days(boss, location):
    spoke()
    spoke("overridden", reason="Fire drill", location=location)
    spoke(days_ago=31)

    assert (line(boss).fired, line(boss).overridden) == (2, 1)
    page = boss.get(f"/rules/?rule={RULE}").content.decode()
    assert "Overridden: “Fire drill”" in page


def test_what_happened_elsewhere_is_not_counted(boss, elsewhere):
    spoke(location=elsewhere)

    assert line(boss).fired == 0
    assert boss.get(f"/rules/?rule={RULE}").context["fired"] == []


def test_who_may_override_is_said_in_roles(boss, location):
    actions.change_gate_setting(
        rule=RULE, level="block", override_permission=Permission.LOCK_PERIOD, by=SYSTEM
    )

    assert line(boss).who_overrides == "Practice manager, with reason"


def test_the_page_costs_no_query_per_rule(boss, django_assert_max_num_queries):
    boss.get("/rules/")
    with django_assert_max_num_queries(15):
        boss.get("/rules/")


@pytest.mark.parametrize(
    ("role", "page", "form"), [(Role.PRIVACY, 200, 403), (Role.FRONT_DESK, 403, 403)]
)
def test_who_looks_and_who_changes(signed_in, location, role, page, form):
    client = signed_in(role, location)

    assert client.get("/rules/").status_code == page
    assert client.get(f"/rules/{RULE}/").status_code == form


# ---- changing ----


def change(client, **typed):
    typed = {"level": "block", "override_permission": "", "version": "0", **typed}
    return client.post(f"/rules/{RULE}/", typed, headers=HX)


def test_a_stricter_rule_stops_at_once(boss, door, manager):
    door["now"] = True
    answer = change(boss)

    assert answer.status_code == 204
    with pytest.raises(gates.Blocked):
        gates.ask("tests.point", by=manager)


def test_the_change_can_be_taken_back(boss):
    answer = change(boss)
    undo = json.loads(answer["HX-Trigger"])["toast"]["undo"]

    assert boss.post(undo, headers=HX).status_code == 204
    assert gates.level_of(RULE) == "warn"
    actions_done = [
        event.action for event in AuditEvent.objects.filter(outcome="done").order_by("id")
    ]
    assert actions_done == ["office.change_gate_setting"] * 2


def test_what_waited_for_its_day_waits_again_and_until_then_the_rule_is_as_it_was(boss):
    set_to = partial(actions.change_gate_setting, rule=RULE, override_permission="", by=SYSTEM)
    set_to(level="block", starts_at=timezone.now() + timedelta(days=30))
    undo = json.loads(change(boss, level="off", version="1")["HX-Trigger"])["toast"]["undo"]

    assert boss.post(undo, headers=HX).status_code == 204

    assert gates.level_of(RULE) == "warn"
    assert GateSetting.objects.get().level == "block"


def test_but_not_after_somebody_else_changed_it(boss):
    undo = json.loads(change(boss)["HX-Trigger"])["toast"]["undo"]
    actions.change_gate_setting(rule=RULE, level="off", override_permission="", by=SYSTEM)

    answer = boss.post(undo, headers=HX)

    assert answer.status_code == 409
    assert "Somebody changed this rule in the meantime." in answer.content.decode()
    assert gates.level_of(RULE) == "off"


def test_an_old_form_is_refused_and_keeps_what_was_chosen(boss):
    actions.change_gate_setting(rule=RULE, level="off", override_permission="", by=SYSTEM)

    answer = change(boss)

    assert answer.status_code == 409
    assert "Somebody else changed this rule" in answer.content.decode()
    assert 'value="block"' in answer.content.decode()
    assert change(boss, version="1").status_code == 204


def test_a_rule_can_wait_for_its_day(boss, door, manager):
    tomorrow = (timezone.now() + timedelta(days=2)).date()
    actions.change_gate_setting(rule=RULE, level="off", override_permission="", by=SYSTEM)
    change(boss, version="1", from_date=tomorrow.isoformat())
    door["now"] = True

    assert gates.ask("tests.point", by=manager) == ()  # still off, as it was
    assert line(boss).later == "Blocks"

    GateSetting.objects.update(starts_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(gates.Blocked):
        gates.ask("tests.point", by=manager)


@pytest.mark.parametrize(
    "typed",
    [
        {"level": "maybe"},
        {"override_permission": "tests.nothing"},
        {"from_date": "2020-01-01"},
        {"from_date": "9999-12-31"},
        {"version": "x"},
    ],
)
def test_what_makes_no_sense_is_refused(boss, typed):
    assert change(boss, **typed).status_code == 422
    assert not GateSetting.objects.exists()


def test_a_rule_that_is_none_is_not_there(boss):
    assert boss.get("/rules/tests.nothing/").status_code == 404


def test_without_scripts_the_change_lands_on_the_page(boss):
    answer = boss.post(
        f"/rules/{RULE}/", {"level": "off", "override_permission": "", "version": "0"}
    )

    assert answer["Location"] == f"/rules/?rule={RULE}"


# ---- the act itself ----


def test_the_act_refuses_what_no_form_would_let_through(manager, desk):
    wanted = {"rule": RULE, "level": "block", "override_permission": ""}
    with pytest.raises(Forbidden):
        actions.change_gate_setting(**wanted, by=desk)
    for wrong in (
        {"rule": "tests.nothing"},
        {"level": "maybe"},
        {"override_permission": "tests.x"},
    ):
        with pytest.raises(Invalid):
            actions.change_gate_setting(**{**wanted, **wrong}, by=manager)
    with pytest.raises(StaleVersion):
        actions.change_gate_setting(**wanted, version=7, by=manager)
    assert not GateSetting.objects.exists()


def test_rules_of_locations_one_works_at_are_counted_together(boss, location):
    other = LocationFactory()
    spoke(location=location)
    spoke(location=other)

    assert queries.rule_lines(SYSTEM, timezone.now()) != []
    assert line(boss).fired == 1


def test_what_happened_stands_on_the_practices_clock(boss, practice, time_machine):
    """At eight in the evening in New York it is another day already in UTC."""
    spoke()
    GateVerdict.objects.update(at=datetime(2026, 11, 17, 1, 5, tzinfo=UTC))

    page = boss.get(f"/rules/?rule={RULE}").content.decode()

    assert "Mon 16 Nov" in page
    assert "8:05 pm" in page


def test_the_change_opens_beside_the_page(boss):
    """The list that fetches itself takes its own part of an answer; what is in it must not inherit that."""
    page = boss.get("/rules/").content.decode()

    assert 'hx-select="#rules" hx-disinherit="hx-select"' in page
