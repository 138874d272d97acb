"""The screen in the waiting room."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from access.models import Device, DeviceKind
from kernel.policy import device, saw
from scheduling.permissions import Permission
from scheduling.queries.queue import queue as waiting_room


@device(
    kind=DeviceKind.QUEUE_SCREEN, permission=Permission.VIEW_SCHEDULE, subject="patients.patient"
)
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """Who is called and who waits at this screen's location; it asks again by itself."""
    screen: Device = request.device  # type: ignore[attr-defined]
    found = waiting_room(
        request.actor,  # type: ignore[attr-defined]
        screen.location,
        timezone.now(),
        initials=screen.shows == Device.Shows.INITIALS,
    )
    saw(request, "patients.patient", list(found.patient_ids), location_id=screen.location_id)
    fragment = bool(request.headers.get("HX-Request"))
    template = "scheduling/_queue.html" if fragment else "scheduling/queue.html"
    return render(request, template, {"queue": found, "location": screen.location})
