"""The words at the left of the admin panel, in the order an office is set up."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from kernel.actors import Actor
from office.permissions import Permission

# Heading → (word, icon of the panel's own set, model or route, what one does there). No right, no word.
PAGES: dict[str, list[tuple[str, str, str, str]]] = {
    "Office": [
        (
            "Practice",
            "home_work",
            "office.practice",
            "Its name, the zone of its months, when a visit counts as late.",
        ),
        (
            "Locations and hours",
            "location_on",
            "office.location",
            "Sites, their zones, and when each is open.",
        ),
        ("Closures", "event_busy", "office.closure", "Holidays and other days without visits."),
        (
            "Rooms",
            "meeting_room",
            "office.room",
            "Where patients are seen; visit types ask for a kind.",
        ),
        ("Devices", "monitor_heart", "office.device", "What visits share, such as an ultrasound."),
    ],
    "Schedule": [
        (
            "Visit types",
            "category",
            "scheduling.appointmenttype",
            "How long each kind of visit is and what it needs.",
        ),
        (
            "Weekly availability",
            "calendar_month",
            "scheduling.availability",
            "When practitioners see patients, week by week.",
        ),
        (
            "Days that differ",
            "event_repeat",
            "scheduling.availabilityexception",
            "Single days with extra hours, or without patients.",
        ),
    ],
    "Messages": [
        (
            "How messages are sent",
            "schedule_send",
            "communications.sendingsetting",
            "Quiet hours, how many a week, how many a minute, a pause.",
        ),
        (
            "Reminders of visits",
            "notifications",
            "scheduling.reminderrule",
            "When patients are written to about a visit, and by which way.",
        ),
    ],
    "People who sign in": [
        ("Accounts", "person", "access.user", "Who signs in, in which roles, at which locations."),
        (
            "Roles",
            "badge",
            "auth.group",
            "What each role may do, and whether it needs a second step.",
        ),
        (
            "Screens",
            "tv",
            "access.device",
            "Machines at which nobody signs in: the screen in the waiting room.",
        ),
    ],
    "How the office runs": [
        (
            "Checklists",
            "checklist",
            "desk.checklisttemplate",
            "What is gone through each day, week and month, with limits for numbers.",
        ),
        (
            "Rules",
            "rule",
            "rules",
            "What the office checks while people work, and how strict it is.",
        ),
        ("Jobs", "sync", "kernel.job", "Imports and other long work of everybody."),
    ],
}
ROUTES = {"rules": Permission.VIEW_RULES}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {"title": heading, "separator": True, "items": items}
        for heading, pages in PAGES.items()
        if (items := [item for page in pages if (item := _item(request, *page))])
    ]


def _item(
    request: HttpRequest, word: str, icon: str, where: str, line: str
) -> dict[str, Any] | None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if where in ROUTES:
        return (
            {"title": word, "icon": icon, "link": reverse(where)}
            if actor.may(ROUTES[where])
            else None
        )
    for model, page in admin.site._registry.items():
        if model._meta.label_lower == where and page.has_view_permission(request):
            link = reverse(f"admin:{where.replace('.', '_')}_changelist")
            return {"title": word, "icon": icon, "link": link, "line": line}
    return None
