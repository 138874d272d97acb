"""What this room brings to pages of others: who is out in the top bar, panels of the home and of the file."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from kernel import panels
from kernel.panels import Context, NavItem, NewItem, Panel
from kernel.policy import saw
from staff.models import Employee
from staff.permissions import Permission
from staff.queries import away, credentials, leave, people

EMPLOYEE = "staff.employee"
SHORT = 6  # lines of a panel; the rest is a link away


def out_chip(request: HttpRequest, *, fresh: bool = False) -> Mapping[str, Any]:
    out = away.out_now(request.actor, timezone.now(), fresh=fresh)  # type: ignore[attr-defined]
    return {"people": out, "says": ", ".join(each.name.split()[-1] for each in out[:3])}


def home_out(request: HttpRequest, *, fresh: bool = False) -> Mapping[str, Any]:
    return {"people": away.out_now(request.actor, timezone.now(), fresh=fresh)}  # type: ignore[attr-defined]


def figure_out(request: HttpRequest, **_subject: Any) -> Mapping[str, Any]:
    return home_out(request)


def home_requests(request: HttpRequest) -> Mapping[str, Any] | None:
    waiting = leave.requests_to_decide(request.actor)  # type: ignore[attr-defined]
    saw(request, EMPLOYEE, [each.employee.pk for each in waiting[:SHORT]])
    return {"waiting": waiting[:SHORT], "count": len(waiting)} if waiting else None


def home_credentials(request: HttpRequest) -> Mapping[str, Any]:
    today = people.practice_today(timezone.now())
    found = credentials.expiring_credentials(request.actor, today)  # type: ignore[attr-defined]
    saw(request, EMPLOYEE, [each.employee.pk for each in found[:SHORT]])
    return {"lapses": found[:SHORT], "count": len(found)}


def file_credentials(request: HttpRequest, employee: Employee) -> Mapping[str, Any]:
    today = people.practice_today(timezone.now())
    lines = [
        line for line in credentials.of_employee(employee, today)
        if not line.is_replaced and not line.credential.is_void
    ]  # fmt: skip
    return {"employee": employee, "lines": lines[:SHORT]}


def file_time_off(request: HttpRequest, employee: Employee) -> Mapping[str, Any]:
    ahead = [each for each in leave.leaves_of(employee, timezone.now()) if each.counts]
    return {"employee": employee, "leaves": ahead[::-1][:SHORT]}


HOMES = (
    "home",
    "home.manager",
)  # the start page of roles without one of their own, and the manager's


def _at_home(name: str, template: str, context: Context, permission: str, order: int) -> None:
    for place in HOMES:
        panels.fill(Panel(place, name, template, context, permission, order))


panels.fill(Panel("topbar", "out", "staff/_out_chip.html", out_chip, Permission.VIEW_DIRECTORY, 60))
_at_home("time-off", "staff/_home_requests.html", home_requests, Permission.DECIDE_TIME_OFF, 30)
_at_home(
    "credentials", "staff/_home_credentials.html", home_credentials, Permission.KEEP_CREDENTIALS, 40
)
_at_home("out", "staff/_home_out.html", home_out, Permission.VIEW_DIRECTORY, 50)
panels.fill(
    Panel(
        "home.figures", "out", "staff/_figure_out.html", figure_out, Permission.VIEW_DIRECTORY, 40
    )
)
panels.fill(Panel("employee.file", "credentials", "staff/_file_credentials.html", file_credentials))
panels.fill(Panel("employee.file", "time-off", "staff/_file_time_off.html", file_time_off))
panels.add_nav(
    NavItem(
        "People", "id-badge-2", "staff:directory", Permission.VIEW_DIRECTORY, 60,
        line="Who works here, who is out, whose licenses expire.",
    )
)  # fmt: skip
panels.add_nav(
    NavItem(
        "My time", "clock", "staff:my_time_off", Permission.REQUEST_TIME_OFF, 80, at_end=True,
        line="Ask for time off and see what was decided.",
    )
)  # fmt: skip
panels.add_new(
    NewItem("Enter time off", "beach", "staff:enter_time_off", Permission.DECIDE_TIME_OFF, 70)
)
panels.add_new(
    NewItem("Ask for time off", "beach", "staff:ask_time_off", Permission.REQUEST_TIME_OFF, 75)
)
