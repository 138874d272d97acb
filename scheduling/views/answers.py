"""How an act of the day answers: the region it was pressed in, a toast with its way back, or the page again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import trigger_client_event

from kernel import clock
from scheduling.models import Appointment

Toasts = Sequence[dict[str, str]]


def visible(request: HttpRequest, appointment_id: Any) -> Appointment:
    """The visit with all that its pages and acts need; elsewhere it does not exist."""
    found = Appointment.objects.visible_to(request.actor).select_related(
        "patient", "practitioner", "location", "appointment_type", "room", "encounter__room"
    )
    return get_object_or_404(found, pk=appointment_id)


def as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def toast(text: str, appointment: Appointment, icon: str = "check") -> dict[str, str]:
    """What happened, with Undo where the act gave the right to it."""
    token = appointment.undo_token
    undo = reverse("undo", args=[token]) if token else ""
    return {"text": text, "icon": icon, "undo": undo, "tone": "", "key": str(appointment.pk)}


def topic(appointment: Appointment) -> str:
    day = clock.local(appointment.period.lower, appointment.location.zone).date()
    return f"schedule:{day.isoformat()}"


def told(response: HttpResponse, appointment: Appointment) -> HttpResponse:
    """One's own page need not wait for the stream."""
    return trigger_client_event(response, "changed", {"topics": [topic(appointment)]})


def nothing_left(appointment: Appointment, said: dict[str, str]) -> HttpResponse:
    """The drawer closes, the toast stands, the regions fetch themselves."""
    response = HttpResponse(status=204)
    trigger_client_event(response, "close-drawer", {})
    trigger_client_event(response, "toast", said)
    return told(response, appointment)


def page_again(request: HttpRequest, says: str, otherwise: str) -> HttpResponse:
    """Without scripts: back to where one was, with the sentence; no patient's name in it."""
    messages.success(request, says)
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, None)
    return redirect(wanted if safe and wanted.startswith("/") else otherwise)
