"""What this room brings to pages of others: one's tasks on the start pages, its pages in the menu."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from desk.permissions import Permission
from desk.queries.tasks import open_count
from desk.views.checklists import open_lists
from desk.views.tasks import own_next
from kernel import panels
from kernel.panels import NavItem, NewItem, Panel

HOMES = ("home", "home.manager", "my-day")


def home_tasks(request: HttpRequest) -> Mapping[str, Any] | None:
    found = own_next(request)
    return found if found["count"] else None


def home_checklists(request: HttpRequest) -> Mapping[str, Any] | None:
    found = open_lists(request)
    return found if found["cards"] else None


def register() -> None:
    for place in HOMES:
        panels.fill(
            Panel(place, "tasks", "desk/_home_tasks.html", home_tasks, Permission.USE_TASKS, 20)
        )
    panels.add_nav(
        NavItem(
            "Tasks", "checklist", "desk:tasks", Permission.USE_TASKS, 40, open_count,
            line="What is yours to do, what the team has, what you wait for.",
        )
    )  # fmt: skip
    for place in HOMES:
        panels.fill(
            Panel(
                place,
                "checklists",
                "desk/_home_checklists.html",
                home_checklists,
                Permission.RUN_CHECKLISTS,
                22,
            )
        )
    panels.add_nav(
        NavItem(
            "Checklists", "checkup-list", "desk:checklists", Permission.RUN_CHECKLISTS, 42, in_rail=False,
            line="Opening, closing, the week, the month: what is gone through, and the temperatures.",
        )
    )  # fmt: skip
    panels.add_nav(
        NavItem(
            "Directory", "building", "desk:parties", Permission.VIEW_PARTIES, 44, in_rail=False,
            line="Labs, vendors, agencies, referral sources, emergency numbers.",
        )
    )  # fmt: skip
    panels.add_new(NewItem("Task", "checklist", "desk:add_task", Permission.USE_TASKS, 50))
