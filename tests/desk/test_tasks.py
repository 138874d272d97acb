"""Tasks: whose they are, what becomes of them, and what is kept of it."""

from datetime import date, time

import pytest
from django.contrib.auth.models import Group

from desk.actions import tasks as actions
from desk.models import Task, TaskEntry
from kernel import undo
from kernel.actors import Actor
from kernel.models import AuditEvent, OutboxEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope, StaleVersion
from office.roles import Role
from tests import factories
from tests.clock import at


@pytest.fixture
def nurses(db):
    return Group.objects.get(name=Role.NURSE)


def story(task):
    return list(task.entries.order_by("pk").values_list("code", flat=True))


def of(view, actor):
    return list(getattr(Task.objects.visible_to(actor), view)(actor))


# Whose it is


def test_a_task_for_nobody_else_is_ones_own(give, as_maria, maria):
    task = give()

    assert task.owner == maria
    assert of("mine", as_maria) == [task]
    assert of("waiting_on_others", as_maria) == []


def test_a_task_for_somebody_else_is_theirs_and_its_maker_waits_for_it(
    give, as_maria, tunde, as_tunde
):
    task = give(owner=tunde)

    assert of("mine", as_tunde) == [task]
    assert of("mine", as_maria) == []
    assert of("waiting_on_others", as_maria) == [task]


def test_a_task_for_a_team_waits_there_until_somebody_takes_it(
    give, nurses, as_maria, as_tunde, tunde
):
    task = give(team=nurses)
    assert of("of_my_teams", as_tunde) == [task]
    assert of("mine", as_tunde) == []

    actions.take_task(task=task, by=as_tunde, at=at("09:00"))

    assert of("of_my_teams", as_tunde) == []
    assert of("mine", as_tunde) == [task]
    assert of("waiting_on_others", as_maria) == [task]
    assert story(task) == ["added", "taken"]


def test_what_a_team_has_not_taken_in_time_is_its_makers_again(give, nurses, as_maria):
    task = give(team=nurses, due_date=date(2020, 1, 2))  # overdue by Postgres's clock

    assert of("mine", as_maria) == [task]
    assert of("waiting_on_others", as_maria) == []


def test_of_two_who_take_it_the_second_is_told_who_has_it(give, nurses, as_tunde, location):
    task = give(team=nurses)
    second = factories.actor(Role.NURSE, location)
    actions.take_task(task=task, by=as_tunde, at=at("09:00"))

    with pytest.raises(actions.TakenAlready, match="Tunde Adeyemi has this"):
        actions.take_task(task=task, by=second, at=at("09:00"))

    assert Task.objects.get().owner.name == "Tunde Adeyemi"


def test_taking_ones_own_changes_nothing(give, as_maria):
    task = give()
    actions.take_task(task=task, by=as_maria, at=at("09:00"))

    assert Task.objects.get().version == 1
    assert story(task) == ["added"]


def test_handing_over_says_to_whom_and_what_they_should_know(give, as_maria, tunde):
    task = give()
    actions.hand_over_task(task=task, owner=tunde, note="Ring twice", by=as_maria, at=at("09:00"))

    entry = TaskEntry.objects.order_by("-pk").first()
    assert (entry.code, entry.whose, entry.text) == ("handed-over", "Tunde Adeyemi", "Ring twice")
    assert Task.objects.get().owner == tunde


def test_a_task_is_handed_back_to_a_team(give, as_maria, nurses):
    task = give()
    actions.hand_over_task(task=task, team=nurses, by=as_maria, at=at("09:00"))

    row = Task.objects.get()
    assert (row.owner, row.team) == (None, nurses)


def test_it_is_handed_to_one_and_to_somebody_who_works_there(
    give, as_maria, tunde, elsewhere, nurses
):
    task = give()
    stranger = factories.UserFactory(role=Role.NURSE, at=[elsewhere], name="Far Away")
    for to in ({}, {"owner": tunde, "team": nurses}, {"owner": stranger}):
        with pytest.raises(Invalid):
            actions.hand_over_task(task=task, by=as_maria, at=at("09:00"), **to)

    assert story(task) == ["added"]
    with pytest.raises(Invalid, match="Far Away does not keep tasks"):
        give(owner=stranger)


def test_a_team_that_keeps_no_tasks_is_given_none(give):
    with pytest.raises(Invalid, match="team"):
        give(team=Group.objects.create(name="Choir"))


# Who sees it


def test_only_who_has_or_made_it_the_team_and_the_manager_see_a_task(
    give, tunde, as_tunde, as_maria, nurses, manager, location
):
    task = give(owner=tunde)
    other_desk = factories.actor(Role.FRONT_DESK, location)
    for actor, sees in ((as_tunde, True), (as_maria, True), (manager, True), (other_desk, False)):
        assert Task.objects.visible_to(actor).exists() is sees

    with pytest.raises(OutOfScope):
        actions.complete_task(task=task, by=other_desk, at=at("09:00"))


def test_a_manager_sees_nothing_of_other_locations(give, elsewhere):
    task = give()
    far = factories.actor(Role.MANAGER, elsewhere)

    assert not Task.objects.visible_to(far).exists()
    with pytest.raises(OutOfScope):
        actions.comment_on_task(task=task, text="Hello", by=far, at=at("09:00"))
    with pytest.raises(OutOfScope):
        give(by=far)


def test_without_the_right_there_are_no_tasks(give, location):
    give()
    nobody = factories.actor_of(factories.UserFactory(at=[location]))

    assert not Task.objects.visible_to(nobody).exists()
    with pytest.raises(Forbidden):
        give(by=nobody)


# What it says


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"urgency": "soon"}, "urgency"),
        ({"due_time": time(9)}, "due_date"),
        ({"due_date": date(1492, 10, 12)}, "due_date"),
        ({"due_date": date(2026, 3, 8), "due_time": time(2, 30)}, "due_time"),
        ({"repeat_unit": "day", "repeat_every": 1}, "due_date"),
        ({"repeat_unit": "day", "repeat_every": 0, "due_date": date(2026, 11, 16)}, "repeat_every"),
        ({"repeat_unit": "year", "repeat_every": 1, "due_date": date(2026, 11, 16)}, "repeat_unit"),
        ({"about": ("patients.patient", "01930000-0000-7000-8000-000000000000")}, "about"),
        ({"about": ("no.such", "01930000-0000-7000-8000-000000000000")}, "about"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(give, more, field):
    with pytest.raises(Invalid) as refused:
        give(**more)

    assert refused.value.field == field
    assert not Task.objects.exists()


def test_a_day_ends_on_the_clock_of_the_location(give):
    task = give(due_date=date(2026, 11, 16))
    timed = give(due_date=date(2026, 11, 16), due_time=time(15))

    assert task.due_at == at("00:00", date(2026, 11, 17))
    assert timed.due_at == at("15:00")


def test_a_task_is_about_a_patient_whom_its_maker_may_see(give, patient, elsewhere):
    task = give(about=("patients.patient", patient.pk))
    stranger = factories.PatientFactory(at=[elsewhere])

    assert task.about == ("patients.patient", patient.pk)
    with pytest.raises(Invalid, match="link to"):
        give(about=("patients.patient", stranger.pk))


def test_changing_says_what_and_keeps_the_version_before(give, as_maria):
    task = give()
    actions.change_task(
        task=task, version=1, title="Call the lab again", due_date=date(2026, 11, 17),
        by=as_maria, at=at("09:00"),
    )  # fmt: skip

    row = Task.objects.get()
    assert (row.title, row.version) == ("Call the lab again", 2)
    assert row.history.get().title == "Call the lab"
    assert TaskEntry.objects.order_by("-pk").first().text == "what is to be done, the day"


def test_a_change_on_an_old_screen_is_refused(give, as_maria):
    task = give()
    actions.change_task(task=task, version=1, title="First", by=as_maria, at=at("09:00"))

    with pytest.raises(StaleVersion):
        actions.change_task(task=task, version=1, title="Second", by=as_maria, at=at("09:00"))


def test_what_is_not_changeable_is_a_mistake_of_the_program(give, as_maria):
    with pytest.raises(TypeError):
        actions.change_task(task=give(), version=1, owner=None, by=as_maria, at=at("09:00"))


def test_a_comment_stays_as_it_was_said_and_may_come_late(give, as_maria):
    task = give()
    actions.complete_task(task=task, by=as_maria, at=at("09:00"))
    actions.comment_on_task(
        task=task, text="They called back\n\n\n\nall well", by=as_maria, at=at("09:05")
    )

    entry = TaskEntry.objects.order_by("-pk").first()
    assert entry.text == "They called back\n\nall well"
    with pytest.raises(Invalid):
        actions.comment_on_task(task=task, text="  ", by=as_maria, at=at("09:05"))


# Done, dropped, opened again


def test_done_is_told_and_recorded(give, as_maria, maria):
    task = give()
    actions.complete_task(task=task, note="Sent", by=as_maria, at=at("09:10"))

    row = Task.objects.get()
    assert (row.state, row.closed_at, row.closed_by) == ("done", at("09:10"), maria)
    assert OutboxEvent.objects.filter(topic="task.done").count() == 1
    assert AuditEvent.objects.filter(action="desk.complete_task", outcome="done").count() == 1


def test_what_is_closed_is_done_dropped_taken_or_changed_no_more(give, as_maria, tunde):
    task = give()
    actions.drop_task(task=task, reason="Not needed", by=as_maria, at=at("09:00"))
    late = {"task": task, "by": as_maria, "at": at("09:05")}
    for act, more in (
        (actions.complete_task, {}),
        (actions.drop_task, {"reason": "Again"}),
        (actions.take_task, {}),
        (actions.hand_over_task, {"owner": tunde}),
        (actions.change_task, {"version": 2, "title": "New"}),
    ):
        with pytest.raises(actions.ClosedAlready, match="dropped by Maria Tully"):
            act(**late, **more)

    assert story(task) == ["added", "dropped"]


def test_dropping_needs_a_reason(give, as_maria):
    with pytest.raises(Invalid):
        actions.drop_task(task=give(), reason=" ", by=as_maria, at=at("09:00"))

    assert Task.objects.get().is_open


@pytest.mark.parametrize("act", ["complete", "drop"])
def test_done_and_dropped_can_be_taken_back_once(give, as_maria, act):
    task = give()
    if act == "complete":
        closed = actions.complete_task(task=task, by=as_maria, at=at("09:00"))
    else:
        closed = actions.drop_task(task=task, reason="Oops", by=as_maria, at=at("09:00"))

    undo.take(closed.undo_token, by=as_maria)

    assert Task.objects.get().is_open
    with pytest.raises(undo.CannotUndo):
        undo.take(closed.undo_token, by=as_maria)


def test_somebody_else_cannot_take_back_what_they_do_not_see(give, as_maria, location, maria):
    task = give()
    closed = actions.complete_task(task=task, by=as_maria, at=at("09:00"))
    maria.is_active = False
    assert closed.undo_token
    with pytest.raises(undo.CannotUndo):
        undo.take(closed.undo_token, by=factories.actor(Role.FRONT_DESK, location))


def test_what_is_open_is_not_opened_again(give, as_maria):
    with pytest.raises(actions.StillOpen):
        actions.reopen_task(task=give(), by=as_maria, at=at("09:00"))


# Repeating


@pytest.mark.parametrize(
    ("unit", "every", "day", "next_day"),
    [
        ("day", 1, date(2026, 11, 16), date(2026, 11, 17)),
        ("day", 3, date(2026, 11, 16), date(2026, 11, 19)),
        ("day", 1, date(2026, 11, 10), date(2026, 11, 17)),  # late: no row of old ones
        ("week", 1, date(2026, 11, 16), date(2026, 11, 23)),
        ("week", 2, date(2026, 11, 18), date(2026, 12, 2)),
        ("month", 1, date(2026, 10, 31), date(2026, 11, 30)),
        ("month", 3, date(2026, 11, 15), date(2027, 2, 15)),
    ],
)
def test_a_repeated_task_comes_again(give, as_maria, unit, every, day, next_day):
    task = give(due_date=day, repeat_unit=unit, repeat_every=every)
    actions.complete_task(task=task, by=as_maria, at=at("09:00"))

    following = Task.objects.open().get()
    assert (following.due_date, following.previous) == (next_day, task)
    assert (following.title, following.owner, following.repeat_on) == (
        task.title, task.owner, task.repeat_on,
    )  # fmt: skip


def test_the_end_of_the_month_stays_the_end_of_the_month(give, as_maria):
    give(due_date=date(2026, 10, 31), repeat_unit="month", repeat_every=1)
    for _ in range(4):
        actions.complete_task(task=Task.objects.open().get(), by=as_maria, at=at("09:00"))

    days = Task.objects.order_by("due_date").values_list("due_date", flat=True)
    assert [(each.month, each.day) for each in days] == [
        (10, 31),
        (11, 30),
        (12, 31),
        (1, 31),
        (2, 28),
    ]


def test_the_next_one_is_made_once_and_goes_when_the_mistake_is_taken_back(give, as_maria):
    task = give(due_date=date(2026, 11, 16), repeat_unit="day", repeat_every=1)
    done = actions.complete_task(task=task, by=as_maria, at=at("09:00"))
    undo.take(done.undo_token, by=as_maria)
    assert list(Task.objects.open()) == [task]

    actions.complete_task(task=task, by=as_maria, at=at("09:05"))

    assert Task.objects.count() == 2
    assert Task.objects.open().get().due_date == date(2026, 11, 17)


def test_a_next_one_that_somebody_has_touched_stays(give, as_maria):
    task = give(due_date=date(2026, 11, 16), repeat_unit="day", repeat_every=1)
    actions.complete_task(task=task, by=as_maria, at=at("09:00"))
    later = Task.objects.open().get()
    actions.change_task(task=later, version=1, title="Other", by=as_maria, at=at("09:01"))

    actions.reopen_task(task=task, by=as_maria, at=at("09:02"))
    actions.complete_task(task=task, by=as_maria, at=at("09:03"))

    assert Task.objects.open().get() == later
    assert Task.objects.count() == 2


def test_a_row_that_was_ended_does_not_begin_again(give, as_maria):
    task = give(due_date=date(2026, 11, 16), repeat_unit="day", repeat_every=1)
    actions.complete_task(task=task, by=as_maria, at=at("09:00"))
    actions.drop_task(task=Task.objects.open().get(), reason="No more", by=as_maria, at=at("09:01"))
    actions.reopen_task(task=task, by=as_maria, at=at("09:02"))

    actions.complete_task(task=task, by=as_maria, at=at("09:03"))

    assert not Task.objects.open().exists()


# From other rooms


def test_a_repeated_delivery_makes_one_task_only(location, as_maria, nurses, maria):
    def deliver():
        return actions.add_task(
            location=location, title="Call back", team=nurses, source="communications.call", source_key="17",
            by=Actor.system("communications", on_behalf_of=as_maria), at=at("09:00"),
        )  # fmt: skip

    first, second = deliver(), deliver()

    assert first == second
    assert first.created_by == maria
    assert Task.objects.count() == 1
    assert first.entries.get().actor_name == "Maria Tully"


def test_of_two_deliveries_at_once_the_second_finds_the_first(location, nurses, monkeypatch):
    terms = {"location": location, "title": "Call back", "team": nurses, "source": "x.y",
             "source_key": "1", "by": Actor.system("communications"), "at": at("09:00")}  # fmt: skip
    first = actions.add_task(**terms)
    monkeypatch.setattr(actions, "_made_before", lambda *_: None)

    assert actions.add_task(**terms) == first


def test_the_house_itself_gives_its_tasks_to_somebody(location):
    with pytest.raises(Invalid, match="who is to do it"):
        actions.add_task(location=location, title="Orphan", by=Actor.system("desk"), at=at("09:00"))
