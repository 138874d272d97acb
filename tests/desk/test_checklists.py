"""Checklists: made for each day, ticked with their evidence, ended with what was left out and why."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from desk.actions import checklists as actions
from desk.actions.rhythm import make_runs
from desk.models import ChecklistItem, ChecklistRun, ChecklistTemplate, RunItem, Task
from kernel import undo
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope
from office.models import Closure, OpeningHours
from office.roles import Role
from tests import factories
from tests.clock import MONDAY, at

LONG_AGO = at("08:00", date(2026, 1, 5))


@pytest.fixture
def checklist(location):
    """`checklist("Opening", weekday=…)`: with a tick, a temperature and a signature."""

    def make(name="Opening", rhythm="daily", **more):
        template = ChecklistTemplate.objects.create(
            name=name, rhythm=rhythm, due_time=more.pop("due_time", time(8)), **more
        )
        template.locations.add(location)
        nurse = Group.objects.get(name=Role.NURSE)
        ChecklistItem.objects.bulk_create(
            [
                ChecklistItem(template=template, position=1, text="Lights on"),
                ChecklistItem(template=template, position=2, text="Refrigerator", evidence="number", unit="°C",
                              low=2, high=8, role=nurse, is_critical=True),
                ChecklistItem(template=template, position=3, text="Second person", evidence="signature"),
                ChecklistItem(template=template, position=4, text="Old", is_active=False),
            ]
        )  # fmt: skip
        ChecklistTemplate.objects.update(created_at=LONG_AGO)
        return template

    return make


@pytest.fixture
def run(checklist):
    """Today's opening list."""
    checklist()
    make_runs(at("06:00"))
    return ChecklistRun.objects.get()


@pytest.fixture
def tick(run, as_tunde):
    """`tick("Lights on")`, `tick("Refrigerator", number=Decimal("4.5"))`."""

    def do(text, **more):
        item = run.items.get(text=text)
        return actions.tick_item(item=item, **({"by": as_tunde, "at": at("07:30")} | more))

    return do


def days():
    return sorted(ChecklistRun.objects.values_list("date", flat=True))


# Made


def test_a_daily_list_is_made_once_with_its_items(run, location):
    assert (run.date, run.due_at, run.location) == (MONDAY, at("08:00"), location)
    assert list(run.items.order_by("position").values_list("text", flat=True)) == [
        "Lights on", "Refrigerator", "Second person",
    ]  # fmt: skip
    assert make_runs(at("06:01")) == []
    assert ChecklistRun.objects.count() == 1


def test_no_daily_list_on_a_closed_day(checklist, location):
    checklist()
    Closure.objects.create(name="Snow", first_date=MONDAY, last_date=MONDAY)
    make_runs(at("06:00"))
    assert not ChecklistRun.objects.exists()

    OpeningHours.objects.filter(location=location, weekday=1).delete()
    make_runs(at("06:00", date(2026, 11, 17)))
    assert not ChecklistRun.objects.exists()

    make_runs(at("06:00", date(2026, 11, 18)))
    assert days() == [date(2026, 11, 18)]


def test_each_location_has_its_own_day(checklist):
    template = checklist()
    far = factories.LocationFactory(name="Far", zone="Pacific/Auckland")
    template.locations.add(far)

    make_runs(at("18:00"))

    runs = {
        each.location.name: each.date for each in ChecklistRun.objects.select_related("location")
    }
    assert runs.pop("Far") == date(2026, 11, 17)
    assert list(runs.values()) == [MONDAY]


@pytest.mark.parametrize(
    ("rhythm", "more", "asked", "made"),
    [
        ("weekly", {"weekday": 0}, MONDAY, [MONDAY]),
        ("weekly", {"weekday": 1}, MONDAY, []),
        ("weekly", {"weekday": 0}, date(2026, 11, 18), [MONDAY]),  # nobody was there on its day
        ("weekly", {"weekday": 0}, date(2026, 11, 21), []),
        ("monthly", {"day_of_month": 16}, MONDAY, [MONDAY]),
        ("monthly", {"day_of_month": 31}, date(2026, 11, 30), [date(2026, 11, 30)]),
        ("monthly", {"day_of_month": 31}, MONDAY, []),
    ],
)
def test_weekly_and_monthly_lists_come_on_their_day(checklist, rhythm, more, asked, made):
    checklist(rhythm=rhythm, **more)

    make_runs(at("06:00", asked))

    assert days() == made


def test_nothing_is_made_of_what_is_retired_empty_or_newer_than_the_day(checklist, location):
    template = checklist(rhythm="weekly", weekday=0)
    ChecklistTemplate.objects.update(is_active=False)
    make_runs(at("06:00"))
    ChecklistTemplate.objects.update(is_active=True, created_at=at("08:00", date(2026, 11, 17)))
    make_runs(at("06:00", date(2026, 11, 18)))
    ChecklistTemplate.objects.update(created_at=LONG_AGO)
    template.items.update(is_active=False)
    make_runs(at("06:00"))

    assert days() == []


def test_the_tick_of_the_worker_makes_the_lists_of_now(checklist):
    checklist()

    assert actions.make_due_runs() == 1
    assert actions.make_due_runs() == 0


def test_a_list_that_has_begun_keeps_what_it_asked(run):
    ChecklistItem.objects.filter(text="Refrigerator").update(high=10, text="Fridge")

    assert run.items.get(position=2).high == 8
    assert run.items.get(position=2).text == "Refrigerator"


# Ticked


def test_a_tick_says_who_and_when_and_the_last_one_ends_the_list(tick, run, tunde):
    tick("Lights on")
    tick("Refrigerator", number=Decimal("4.46"))
    assert ChecklistRun.objects.get().state == "open"
    tick("Second person", signature="Ann Lee", at=at("07:45"))

    done = ChecklistRun.objects.get()
    assert (done.state, done.closed_at, done.closed_by) == ("closed", at("07:45"), tunde)
    item = run.items.get(text="Refrigerator")
    assert (item.number, item.done_by, item.done_by_name) == (
        Decimal("4.46"),
        tunde,
        "Tunde Adeyemi",
    )
    assert AuditEvent.objects.filter(action="desk.tick_item", outcome="done").count() == 3


@pytest.mark.parametrize(
    ("text", "more", "field"),
    [
        ("Refrigerator", {}, "number"),
        ("Refrigerator", {"number": Decimal("NaN")}, "number"),
        ("Refrigerator", {"number": Decimal("99999999")}, "number"),
        ("Refrigerator", {"number": Decimal("8.1")}, "note"),
        ("Refrigerator", {"number": Decimal("1.9"), "note": " "}, "note"),
        ("Second person", {"signature": " "}, "signature"),
    ],
)
def test_without_its_evidence_nothing_is_ticked(tick, run, text, more, field):
    with pytest.raises(Invalid) as refused:
        tick(text, **more)

    assert refused.value.field == field
    assert not run.items.exclude(done_at=None).exists()
    assert not Task.objects.exists()


def test_a_number_out_of_limits_says_so_and_makes_a_task(tick, run, tunde):
    with pytest.raises(Invalid, match="8.5 °C is above 8 °C"):
        tick("Refrigerator", number=Decimal("8.5"))

    tick("Refrigerator", number=Decimal("8.5"), note="Door closed, watching it")

    task = Task.objects.get()
    assert task.title == "Out of limits: Refrigerator"
    assert (task.team.name, task.owner, task.created_by, task.urgency) == (
        Role.NURSE,
        None,
        tunde,
        "urgent",
    )
    assert "Door closed" in task.text
    assert task.about == ("desk.checklistrun", run.pk)


def test_ticked_again_after_a_mistake_it_makes_no_second_task(tick, run, as_tunde):
    item = tick("Refrigerator", number=Decimal("8.5"), note="Watching it")
    undo.take(item.undo_token, by=as_tunde)
    tick("Refrigerator", number=Decimal("9.5"), note="Called the service")

    assert Task.objects.count() == 1


def test_of_two_who_tick_the_second_reads_who_did(tick, as_maria):
    tick("Lights on")

    with pytest.raises(actions.TickedAlready, match="Tunde Adeyemi has done this"):
        tick("Lights on", by=as_maria)


def test_a_tick_is_taken_back_once(tick, run, as_tunde):
    item = tick("Lights on")
    undo.take(item.undo_token, by=as_tunde)

    assert run.items.get(text="Lights on").done_at is None
    with pytest.raises(undo.CannotUndo):
        undo.take(item.undo_token, by=as_tunde)


def test_taking_back_the_last_one_opens_the_list_again(tick, run, as_tunde):
    tick("Lights on")
    tick("Refrigerator", number=Decimal(5))
    last = tick("Second person", signature="Ann")
    actions.untick_item(item=last, by=as_tunde, at=at("08:00"))

    assert ChecklistRun.objects.get().state == "open"


def test_the_record_of_days_past_stays(tick, run, as_tunde):
    item = tick("Lights on")
    late = {"by": as_tunde, "at": at("09:00", date(2026, 11, 18))}
    with pytest.raises(actions.RunOver):
        actions.untick_item(item=item, **late)
    actions.close_run(run=run, reason="Flood", **late)
    with pytest.raises(actions.RunOver):
        actions.reopen_run(run=run, **late)


# Ended


def test_what_is_left_out_needs_a_reason(tick, run, as_tunde):
    tick("Lights on")
    with pytest.raises(Invalid, match="2 items are left out"):
        actions.close_run(run=run, by=as_tunde, at=at("08:00"))

    actions.close_run(run=run, reason="The power was out", by=as_tunde, at=at("08:00"))

    row = ChecklistRun.objects.get()
    assert (row.state, row.left_out_reason) == ("closed", "The power was out")
    with pytest.raises(actions.RunOver):
        tick("Refrigerator", number=Decimal(5))
    with pytest.raises(actions.RunOver):
        actions.close_run(run=run, reason="Again", by=as_tunde, at=at("08:00"))


def test_ending_is_taken_back(run, as_tunde):
    ended = actions.close_run(run=run, reason="Closed early", by=as_tunde, at=at("08:00"))
    undo.take(ended.undo_token, by=as_tunde)

    assert ChecklistRun.objects.get().state == "open"
    with pytest.raises(undo.CannotUndo):
        undo.take(ended.undo_token, by=as_tunde)


# Who


def test_only_where_one_works(run, tick, elsewhere, location):
    far = factories.actor(Role.NURSE, elsewhere)
    with pytest.raises(OutOfScope):
        tick("Lights on", by=far)
    with pytest.raises(OutOfScope):
        actions.close_run(run=run, reason="Far", by=far, at=at("08:00"))
    with pytest.raises(Forbidden):
        tick("Lights on", by=factories.actor(Role.PRIVACY, location))
    assert not ChecklistRun.objects.visible_to(far).exists()
    assert ChecklistRun.objects.visible_to(Actor.system("desk")).exists()


# Begin


def test_the_starting_lists_are_taken_over_once(manager, location):
    made = actions.add_starting_checklists(locations=[location], by=manager)
    again = actions.add_starting_checklists(locations=[location], by=manager)

    assert [each.name for each in made] == ["Opening", "Closing", "The week", "The month"]
    assert again == []
    assert ChecklistRun.objects.filter(template__name="Opening").count() == 1
    assert ChecklistItem.objects.filter(evidence="number", unit="°C").count() == 5


def test_a_taken_name_is_left_alone(checklist, manager, location):
    checklist("Opening")

    made = actions.add_starting_checklists(locations=[location], by=manager)

    assert "Opening" not in [each.name for each in made]


# What the database refuses


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("run_item_done_paired", {"done_by_name": "Ann"}),
        ("run_item_done_paired", {"done_at": at("07:00")}),
        (
            "run_item_number_when_asked",
            {"done_at": at("07:00"), "done_by_name": "Ann", "number": None},
        ),
        (
            "run_item_out_of_limits_has_note",
            {"done_at": at("07:00"), "done_by_name": "Ann", "number": 9},
        ),
        (
            "run_item_out_of_limits_has_note",
            {"done_at": at("07:00"), "done_by_name": "Ann", "number": 1},
        ),
    ],
)
def test_an_item_is_whole(run, constraint, wrong):
    with pytest.raises(IntegrityError, match=constraint):
        RunItem.objects.filter(text="Refrigerator").update(**wrong)


def test_a_signature_where_it_is_asked_and_nowhere_else(run):
    done = {"done_at": at("07:00"), "done_by_name": "Ann"}
    with pytest.raises(IntegrityError, match="run_item_signed_when_asked"), transaction.atomic():
        RunItem.objects.filter(text="Second person").update(**done)
    with pytest.raises(IntegrityError, match="run_item_signed_when_asked"), transaction.atomic():
        RunItem.objects.filter(text="Lights on").update(**done, signature="Ann")


def test_a_run_is_whole_and_once_a_day(run):
    for constraint, wrong in (
        ("checklist_run_state_known", {"state": "lost", "closed_at": at("08:00")}),
        ("checklist_run_closed_paired", {"state": "closed"}),
        ("checklist_run_closed_paired", {"left_out_reason": "Because"}),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ChecklistRun.objects.update(**wrong)
    with pytest.raises(IntegrityError, match="checklist_run_once_a_day"), transaction.atomic():
        ChecklistRun.objects.create(
            template=run.template, location=run.location, date=run.date, due_at=run.due_at
        )
    item = run.items.first()
    with pytest.raises(IntegrityError, match="run_item_once"):
        RunItem.objects.create(run=run, item=item.item, text="Twice")


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("checklist_rhythm_fits", {"weekday": 1}),
        ("checklist_rhythm_fits", {"rhythm": "weekly"}),
        ("checklist_rhythm_fits", {"rhythm": "monthly", "day_of_month": 32}),
        ("checklist_rhythm_fits", {"rhythm": "yearly"}),
    ],
)
def test_a_rhythm_has_its_day(checklist, constraint, wrong):
    checklist()

    with pytest.raises(IntegrityError, match=constraint):
        ChecklistTemplate.objects.update(**wrong)


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        (
            "checklist_item_evidence_known",
            {"evidence": "song", "low": None, "high": None, "unit": ""},
        ),
        ("checklist_item_limits_of_numbers", {"evidence": "none"}),
        ("checklist_item_limits_forward", {"low": 9}),
    ],
)
def test_an_item_of_a_checklist_is_whole(checklist, constraint, wrong):
    checklist()

    with pytest.raises(IntegrityError, match=constraint):
        ChecklistItem.objects.filter(text="Refrigerator").update(**wrong)


def test_a_checklist_has_its_name_alone(checklist):
    checklist()

    with pytest.raises(IntegrityError, match="checklist_name_once"):
        checklist()
