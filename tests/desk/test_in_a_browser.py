"""The desk by hands and keys: what everyday tasks cost."""

from datetime import time

import pytest
from django.utils import timezone

from desk.actions import checklists, tasks
from desk.models import ChecklistItem, ChecklistRun, ChecklistTemplate, Task
from office.roles import Role
from tests import factories
from tests.browsing import axe, overflow
from tests.counting import Hands, toast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _on_monday():
    """In a browser the clock runs: pages, server and database share it."""
    return


@pytest.fixture
def nurse(colleague, location):
    return colleague(location, Role.NURSE)


def test_a_task_is_begun_by_a_key_walked_to_and_done_by_a_key(open_page, nurse, location):
    by = factories.actor_of(nurse.user)
    for title in ("First", "Second"):
        tasks.add_task(location=location, title=title, by=by, at=timezone.now())
    page = open_page("/tasks/", client=nurse)
    hands = Hands(page)

    hands.press("n")
    page.get_by_label("What is to be done").fill("Order gloves")
    hands.press("Control+Enter")
    toast(page, "Added for you")
    page.get_by_role("link", name="Order gloves").wait_for()
    hands.press("j", "j", "x")
    toast(page, "Done: Second")
    page.get_by_role("link", name="Second").wait_for(state="detached")
    hands.press("u")
    page.get_by_role("link", name="Second").wait_for()

    assert Task.objects.open().count() == 3
    assert hands.clicks == 0
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert overflow(page) == 0


def test_an_item_is_one_click_and_a_warm_refrigerator_asks(open_page, nurse, location):
    template = ChecklistTemplate.objects.create(name="Opening", due_time=time(23))
    template.locations.add(location)
    for place, terms in enumerate(
        ({"text": "Lights"}, {"text": "Refrigerator", "evidence": "number", "high": 8})
    ):
        ChecklistItem.objects.create(template=template, position=place, **terms)
    checklists.make_due_runs()
    run = ChecklistRun.objects.get()
    page = open_page(f"/checklists/{run.pk}/", client=nurse, quiet=("422",))
    hands = Hands(page)

    hands.click(page.get_by_role("button", name="Done: Lights"))
    toast(page, "Lights: done")
    page.get_by_text("1 of 2").wait_for()
    assert hands.clicks == 1

    page.get_by_role("textbox", name="Refrigerator").fill("9")
    hands.press("Enter")
    page.get_by_text("9 is above 8. Say what was done about it.").wait_for()
    page.get_by_role("textbox", name="What was done about it").fill("Shut the door")
    hands.press("Enter")
    page.get_by_text("2 of 2").wait_for()

    run.refresh_from_db()
    assert run.state == "closed"
    assert Task.objects.get().title == "Out of limits: Refrigerator"
    assert axe(page) == []
