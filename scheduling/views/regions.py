"""The regions that acts answer with: the board, and the inside of a visit's drawer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django_htmx.http import trigger_client_event

from kernel import clock, panels, policy, subjects
from kernel.parse import key
from office.models import Location
from scheduling.models import Appointment, Confirmation
from scheduling.permissions import Permission
from scheduling.queries import my_day
from scheduling.queries.today import SHOWS, today_board
from scheduling.queries.visit import visit_page
from scheduling.views import answers
from staff.queries import away


def board_context(request: HttpRequest, location: Location, asked: Any) -> dict[str, Any]:
    """What the board prints; `asked` are the filters, from the address or from the form it is in."""
    now = timezone.now()
    show = asked.get("show", "") if asked.get("show", "") in SHOWS else ""
    who = key(asked["with"], "with") if asked.get("with") else None
    board = today_board(
        request.actor,
        location,
        clock.today(now, location.zone),
        now,
        show=show,
        practitioner_id=who,
    )
    policy.saw(request, "patients.patient", list(board.patient_ids), location.pk)
    return {
        "board": board,
        "location": location,
        "show": show,
        "with": str(who or ""),
        "with_name": dict(board.practitioners).get(who, ""),
        "address": _address(show, who),
        "may_book": request.actor.may(Permission.BOOK_APPOINTMENT),
        "chips": {each: _address("" if show == each else each, who) for each in SHOWS},
        "toasts": [],
    }


def _address(show: str, who: UUID | None) -> str:
    asked = {name: value for name, value in (("show", show), ("with", who)) if value}
    return reverse("scheduling:today") + (f"?{urlencode(asked)}" if asked else "")


def my_day_context(request: HttpRequest, location: Location) -> dict[str, Any] | None:
    """What My day prints; None for somebody who is no clinician."""
    practitioner = my_day.practitioner_of(request.actor)
    if practitioner is None:
        return None
    now = timezone.now()
    mine = my_day.my_day(request.actor, practitioner, location, now)
    policy.saw(request, "patients.patient", list(mine.patient_ids), location.pk)
    return {
        "mine": mine,
        "location": location,
        "practitioner": practitioner,
        "out": away.out_now(request.actor, now),
        "panels": panels.at("my-day", request),
        "toasts": [],
    }


def visit_context(request: HttpRequest, found: Appointment, **more: Any) -> dict[str, Any]:
    """What the drawer prints."""
    patients = subjects.of("patients.patient")
    return {
        "visit": visit_page(request.actor, found, timezone.now()),
        "topic": answers.topic(found),
        "confirmations": Confirmation.choices,
        "patient_url": patients.url(found.patient_id) if patients else "",
        "panels": panels.at("appointment.drawer", request, appointment=found),
        "note": found.note,
        "stale": "",
        "toasts": [],
        **more,
    }


def pressed(
    request: HttpRequest, appointment: Appointment, toast: dict[str, str], plain: str
) -> HttpResponse:
    """Answer where the button was: on the board, in the drawer, on My day, or a whole page."""
    target = request.htmx.target if request.htmx else ""
    if target == "board":
        context = board_context(request, appointment.location, request.POST)
        return render(request, "scheduling/_board.html", context | {"toasts": [toast]})
    if target == "my-day" and (mine := my_day_context(request, appointment.location)):
        return render(request, "scheduling/_my_day.html", mine | {"toasts": [toast]})
    if target == "visit":
        fresh = answers.visible(request, appointment.pk)
        context = visit_context(request, fresh, toasts=[toast])
        return answers.told(render(request, "scheduling/_visit.html", context), appointment)
    if target == "drawer":  # of a form that asked something else: it has its answer
        return answers.nothing_left(appointment, toast)
    if request.htmx:  # a region that fetches itself, such as the schedule's list
        response = trigger_client_event(HttpResponse(status=204), "toast", toast)
        return answers.told(response, appointment)
    return answers.page_again(request, plain, reverse("scheduling:today"))
