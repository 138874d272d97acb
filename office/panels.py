"""Where the office's own pages stand: in the palette, on the start page, in the rail."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from kernel import panels
from kernel.panels import NavItem, Panel
from office import queries
from office.permissions import Permission
from office.views import jobs

HOME_JOBS = 3
HOME_OVERRIDES = 5


def own_jobs(request: HttpRequest) -> dict[str, Any] | None:
    actor = request.actor  # type: ignore[attr-defined]
    shown = jobs.shown_to(actor, HOME_JOBS)
    return {"jobs": shown, "topic": jobs.topic_of(actor)} if shown else None


def overrides(request: HttpRequest) -> dict[str, Any]:
    found, count = queries.latest_overrides(request.actor, timezone.now(), HOME_OVERRIDES)  # type: ignore[attr-defined]
    return {"overrides": found, "count": count}


def register() -> None:
    panels.fill(Panel("home", "jobs", "office/_home_jobs.html", own_jobs, order=80))
    panels.fill(
        Panel("home.manager", "overrides", "office/_home_overrides.html", overrides, Permission.VIEW_RULES, 60)
    )  # fmt: skip
    panels.add_nav(NavItem(
        "Rules", "shield-check", "rules", Permission.VIEW_RULES, order=85,
        line="What the office checks while people work, how strict it is, and what it stopped.",
    ))  # fmt: skip
    panels.add_nav(NavItem(
        "Settings", "settings", "admin:index", Permission.OPEN_ADMIN_PANEL, order=90,
        line="Practice, locations, hours, rooms, visit types, accounts and roles.",
    ))  # fmt: skip
    panels.add_nav(NavItem(
        "Jobs", "refresh", "jobs", order=92, in_rail=False,
        line="Imports, exports and other long work you have started.",
    ))  # fmt: skip
