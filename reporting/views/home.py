"""The manager's home: the day in figures, what waits, what expires, how the office is doing."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access import place
from kernel import clock, panels
from kernel.policy import page, saw
from kernel.templatetags.house import clock as wall
from office import queries as office_queries
from office.models import Location
from office.permissions import Permission
from reporting.queries.queue import queue as work_queue
from reporting.queries.tiles import tiles

FIGURES, SIDE = "home.figures", "home.manager"  # places that rooms fill


@page(permission=Permission.VIEW_HOME)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where the manager's day begins."""
    location = place.current(request)
    if location is None:
        return render(request, "scheduling/no_place.html", status=403)
    now = timezone.now()
    today = clock.today(now, location.zone)
    places = [each.pk for each in place.choices(request.actor)]
    context = {
        "location": location,
        "today": today,
        "hours": _hours(location, today),
        "panels": panels.at(SIDE, request),
        "tiles": tiles(request.actor, places, today),
        "where": "all your locations" if len(places) > 1 else "",
        **_strip(request, location),
        **_queue(request),
    }
    return render(request, "reporting/home.html", context)


@page(permission=Permission.VIEW_HOME, background=True)
@require_safe
def strip(request: HttpRequest) -> HttpResponse:
    """The figures of today, fetched again when the day changes."""
    location = place.current(request)
    context = _strip(request, location) if location else {"figures": [], "topics": ""}
    return render(request, "reporting/_strip.html", context)


@page(permission=Permission.VIEW_HOME, background=True)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, fetched again when something was done; `all` for the whole of it."""
    return render(request, "reporting/_queue.html", _queue(request))


def _strip(request: HttpRequest, location: Location) -> dict[str, Any]:
    day = clock.today(timezone.now(), location.zone)
    return {
        "figures": panels.at(FIGURES, request, location=location),
        "topics": f"schedule:{day.isoformat()} staff.out",
    }


def _queue(request: HttpRequest) -> dict[str, Any]:
    everything = request.GET.get("queue") == "all"
    found = work_queue(
        request.actor,
        timezone.now(),
        beside=panels.names_at(SIDE, request.actor),
        everything=everything,
    )
    for kind in sorted({kind for kind, _ in found.about}):
        saw(request, kind, sorted(pk for each, pk in found.about if each == kind))
    return {"queue": found, "everything": everything}


def _hours(location: Location, today: Any) -> str:
    day = office_queries.open_day(location.pk, today)
    if not day.is_open:
        return f"closed: {day.closed_because}"
    spans = ", ".join(f"{wall(opens)}–{wall(closes)}" for opens, closes in day.spans)
    return f"open {spans}"
