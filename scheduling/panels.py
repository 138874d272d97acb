"""What the schedule offers on the pages around it."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from kernel import homes, panels
from kernel.homes import Home
from kernel.panels import NavItem, NewItem, Panel
from office.models import Location
from patients.models import Patient
from scheduling.permissions import Permission
from scheduling.queries.huddle import huddle
from scheduling.queries.of_patient import visits_of


def planned(request: Any, *, patient: Patient, **_more: Any) -> Mapping[str, Any]:
    may_book = request.actor.may(Permission.BOOK_APPOINTMENT)
    find = f"{reverse('scheduling:find')}?{urlencode({'patient': patient.pk})}"
    return {
        "planned": visits_of(patient, request.actor, timezone.now()),
        "find_url": find if may_book else "",
    }


def book(_request: Any, *, patient: Patient, **_more: Any) -> Mapping[str, Any]:
    return {"book_url": f"{reverse('scheduling:new')}?{urlencode({'patient': patient.pk})}"}


def figures(request: Any, *, location: Location) -> Mapping[str, Any]:
    """Today at a location, for the manager's home; each figure leads to its rows."""
    found = huddle(request.actor, location, timezone.now())
    day = f"{reverse('scheduling:day')}?day={found.day.isoformat()}"
    today = reverse("scheduling:today")
    return {
        "huddle": found,
        "day_url": day,
        "open_url": f"{day}&view=list&show=open",
        "calls_url": f"{today}?show=unconfirmed",
        "today_url": today,
        "move_url": f"{day}&view=list&show=move",
    }


def register() -> None:
    panels.add_nav(
        NavItem(
            "Today",
            "layout-dashboard",
            "scheduling:today",
            Permission.MOVE_PATIENT_FLOW,
            order=10,
            line="Who is to come, who is here, who has gone.",
        )
    )
    panels.add_nav(
        NavItem(
            "My day",
            "stethoscope",
            "scheduling:my_day",
            Permission.START_AT_MY_DAY,
            order=5,
            line="Your own patients of today, and who is next.",
        )
    )
    panels.add_nav(
        NavItem(
            "Schedule",
            "calendar-event",
            "scheduling:day",
            Permission.VIEW_SCHEDULE,
            order=20,
            line="The day of a location: book, move, and see who is late.",
        )
    )
    panels.add_nav(
        NavItem(
            "Confirmations", "phone", "scheduling:confirmations", Permission.BOOK_APPOINTMENT, order=21,
            line="The next two business days: who comes, and whom to call.", in_rail=False,
        )
    )  # fmt: skip
    panels.add_new(
        NewItem(
            "New appointment",
            "calendar-plus",
            "scheduling:new",
            Permission.BOOK_APPOINTMENT,
            order=10,
            key="n",
        )
    )
    panels.fill(
        Panel("patient.profile", "planned", "scheduling/_patient_visits.html", planned,
              permission=Permission.VIEW_SCHEDULE, order=10)
    )  # fmt: skip
    panels.fill(
        Panel("patient.actions", "book", "scheduling/_book_button.html", book,
              permission=Permission.BOOK_APPOINTMENT, order=10)
    )  # fmt: skip
    panels.add_new(
        NewItem(
            "Find a time", "calendar-time", "scheduling:find", Permission.BOOK_APPOINTMENT, order=12
        )
    )
    panels.add_new(
        NewItem(
            "Walk-in", "walk", "scheduling:walk_in", Permission.BOOK_APPOINTMENT, order=14, key="w"
        )
    )
    panels.fill(
        Panel(
            "home.figures", "day", "scheduling/_figures.html", figures, Permission.VIEW_SCHEDULE, 10
        )
    )
    homes.offer(Home(Permission.START_AT_MY_DAY, "scheduling:my_day", order=20))
    homes.offer(Home(Permission.START_AT_TODAY, "scheduling:today", order=30))
