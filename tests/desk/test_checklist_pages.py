"""The pages of checklists: one click an item, the record of days past, the course of what was measured."""

import json
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from desk.actions import checklists as actions
from desk.actions.rhythm import make_runs
from desk.models import ChecklistItem, ChecklistRun, ChecklistTemplate, Task
from office.roles import Role
from tests import factories
from tests.clock import MONDAY, at

HTMX = {"HX-Request": "true"}


@pytest.fixture
def run(location):
    template = ChecklistTemplate.objects.create(name="Opening", due_time=time(8))
    template.locations.add(location)
    ChecklistItem.objects.create(template=template, position=1, text="Lights on")
    ChecklistItem.objects.create(
        template=template,
        position=2,
        text="Refrigerator",
        evidence="number",
        unit="°C",
        low=2,
        high=8,
        is_critical=True,
    )
    ChecklistTemplate.objects.update(created_at=at("08:00", date(2026, 1, 5)))
    make_runs(at("06:00"))
    return ChecklistRun.objects.get()


@pytest.fixture
def tunde_in(signed_in, tunde):
    return signed_in(tunde)


def url(name, *ids):
    return reverse(f"desk:{name}", args=ids)


def item(run, text):
    return run.items.get(text=text)


def test_today_shows_the_lists_with_how_far_they_are(tunde_in, run, as_tunde):
    actions.tick_item(item=item(run, "Lights on"), by=as_tunde, at=at("07:00"))

    page = tunde_in.get(url("checklists")).content.decode()

    assert "1 of 2" in page
    assert "Overdue since 8:00" in page  # it is nine


def test_an_item_is_one_press_and_is_taken_back_by_undo(tunde_in, run):
    answer = tunde_in.post(url("tick", item(run, "Lights on").pk), headers=HTMX)
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert answer.status_code == 204
    assert item(run, "Lights on").done_at

    tunde_in.post(toast["undo"], headers=HTMX)

    assert item(run, "Lights on").done_at is None


def test_a_number_out_of_limits_asks_what_was_done_and_keeps_what_was_typed(tunde_in, run):
    fridge = item(run, "Refrigerator")
    for sent, says in (
        ({}, "Enter the number."),
        ({"number": "warm"}, "Enter a number."),
        ({"number": "8.6"}, "8.6 °C is above 8 °C. Say what was done about it."),
    ):
        answer = tunde_in.post(url("tick", fridge.pk), sent, headers=HTMX)
        assert answer.status_code == 422
        assert says in answer.content.decode()
    assert 'value="8.6"' in answer.content.decode()

    answer = tunde_in.post(
        url("tick", fridge.pk), {"number": "8.6", "note": "Door shut"}, headers=HTMX
    )

    assert "A task was made of it" in json.loads(answer["HX-Trigger"])["toast"]["text"]
    assert item(run, "Refrigerator").number == Decimal("8.60")
    assert Task.objects.get().title == "Out of limits: Refrigerator"


def test_who_ticks_what_a_colleague_has_done_reads_so(tunde_in, run, as_maria):
    actions.tick_item(item=item(run, "Lights on"), by=as_maria, at=at("07:00"))

    answer = tunde_in.post(url("tick", item(run, "Lights on").pk), headers=HTMX)

    assert answer.status_code == 409
    assert "Maria Tully has done this already" in answer.content.decode()


def test_numbers_are_read_as_people_write_them(tunde_in, run):
    tunde_in.post(url("tick", item(run, "Refrigerator").pk), {"number": " 4,5 "}, headers=HTMX)

    assert item(run, "Refrigerator").number == Decimal("4.50")


def test_ending_with_something_left_out(tunde_in, run):
    assert b"Refrigerator" in tunde_in.get(url("end_checklist", run.pk)).content
    assert tunde_in.post(url("end_checklist", run.pk), {}, headers=HTMX).status_code == 422
    sent = tunde_in.post(url("end_checklist", run.pk), {"reason": "Power cut"}, headers=HTMX)
    assert sent.status_code == 204
    assert b"Power cut" in tunde_in.get(url("checklist", run.pk)).content
    assert tunde_in.post(url("tick", item(run, "Lights on").pk), headers=HTMX).status_code == 409
    assert tunde_in.post(url("reopen_checklist", run.pk), headers=HTMX).status_code == 204
    assert tunde_in.post(url("tick", item(run, "Lights on").pk)).status_code == 302
    assert tunde_in.post(url("untick", item(run, "Lights on").pk), headers=HTMX).status_code == 204


def test_elsewhere_there_is_no_such_list(signed_in, elsewhere, run):
    far = signed_in(Role.NURSE, elsewhere)

    assert far.get(url("checklist", run.pk)).status_code == 404
    assert far.post(url("tick", item(run, "Lights on").pk)).status_code == 404
    assert b"Opening" not in far.get(url("checklists")).content
    assert b"Opening</a>" not in far.get(url("checklist_history")).content


def test_days_past_and_the_course_of_a_temperature(tunde_in, run, as_tunde):
    for back in range(1, 6):
        day = MONDAY - timedelta(days=back)
        make_runs(at("06:00", day))
        row = ChecklistRun.objects.get(date=day).items.get(text="Refrigerator")
        number = Decimal("9.1") if back == 3 else Decimal("4.5")
        actions.tick_item(
            item=row,
            number=number,
            note="Shut" if back == 3 else "",
            by=as_tunde,
            at=at("07:10", day),
        )

    past = tunde_in.get(url("checklist_history")).content.decode()
    log = tunde_in.get(url("checklist_numbers", row.item_id)).content.decode()

    assert past.count('class="run"') == 6
    assert "1 out of limits" in past
    assert "5 measured, 1 out of limits" in log
    assert log.count('data-value="4.5"') == 4
    assert "Should be 2 to 8 °C" in log
    assert tunde_in.get(url("checklist_numbers", run.pk)).status_code == 404
    assert (
        tunde_in.get(f"{url('checklist_history')}?template={run.template_id}&from=0").status_code
        == 200
    )
    assert tunde_in.get(f"{url('checklist_history')}?template=x").status_code == 200


def test_a_longer_list_of_days_asks_no_more_questions(tunde_in, run, django_assert_max_num_queries):
    tunde_in.get(url("checklist_history"))
    with django_assert_max_num_queries(30) as few:
        tunde_in.get(url("checklist_history"))
    count = len(few)
    for back in range(1, 6):
        make_runs(at("06:00", MONDAY - timedelta(days=back)))
    with django_assert_max_num_queries(count):
        tunde_in.get(url("checklist_history"))


def test_who_configures_may_take_over_the_starting_lists(signed_in, location):
    manager = signed_in(Role.MANAGER, location)
    assert b"Take them over" in manager.get(url("checklists")).content

    manager.post(url("begin_checklists"), headers=HTMX)

    assert b"Opening" in manager.get(url("checklists")).content
    assert b"Take them over" not in manager.get(url("checklists")).content


def test_who_does_not_configure_reads_why_there_is_nothing(tunde_in):
    page = tunde_in.get(url("checklists")).content

    assert b"No list for today" in page
    assert tunde_in.post(url("begin_checklists")).status_code == 403


def test_what_is_overdue_stands_on_the_start_page_and_in_the_queue(signed_in, location, run):
    boss = signed_in(factories.UserFactory(role=Role.MANAGER, at=[location]))
    ChecklistRun.objects.update(due_at=at("08:00", date(2020, 1, 2)))

    assert b"Opening" in boss.get("/home/").content
    assert b"Opening" in boss.get(url("home_checklists")).content


def test_the_figure_counts_lists_ended_in_time(signed_in, location, run, as_tunde):
    ChecklistRun.objects.update(date=date(2026, 11, 10), due_at=at("08:00", date(2026, 11, 10)))
    boss = signed_in(factories.UserFactory(role=Role.MANAGER, at=[location]))

    page = boss.get("/reports/checklists_on_time/").content.decode()

    assert "Checklists on time" in page
    assert "Opening" in page


def test_checklists_over_the_api(tunde_in, run):
    listed = tunde_in.get("/api/v1/checklists/").json()["results"]

    assert [(each["name"], len(each["items"])) for each in listed] == [("Opening", 2)]


def test_a_checklist_is_configured_in_the_panel(signed_in, location, run):
    admin = signed_in(factories.UserFactory(role=Role.ADMINISTRATOR, at=[location]))
    page = admin.get(f"/admin-panel/desk/checklisttemplate/{run.template_id}/change/")

    assert page.status_code == 200
    assert b"Refrigerator" in page.content
