"""Confirmations: the next two business days to zero. One click a row."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from access import place
from kernel import policy
from kernel.policy import page
from scheduling.actions import answering, details
from scheduling.models import Confirmation, PatientAnswer
from scheduling.permissions import Permission
from scheduling.queries import confirmations
from scheduling.views import answers


@page(permission=Permission.BOOK_APPOINTMENT, subject="patients.patient")
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    return _shown(request)


@page(act=details.confirm_appointment, subject="patients.patient")
@require_POST
def mark(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Confirmed, or left a message: said on the phone."""
    found = answers.visible(request, appointment_id)
    answer = request.POST.get("confirmation", "")
    details.confirm_appointment(appointment=found, confirmation=answer, by=request.actor)
    return _shown(request, Confirmation(answer).label)


@page(act=answering.settle_answer, subject="patients.patient")
@require_POST
def settle(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """Somebody has seen to what the patient asked."""
    mine = PatientAnswer.objects.visible_to(request.actor).select_related("appointment__location")
    found = get_object_or_404(mine, pk=answer_id)
    policy.saw(
        request, "patients.patient", [found.appointment.patient_id], found.appointment.location_id
    )
    answering.settle_answer(answer=found, by=request.actor, at=timezone.now())
    return _shown(request, "Seen to.")


def _shown(request: HttpRequest, done: str = "") -> HttpResponse:
    location = place.current(request)
    if location is None:
        return render(request, "scheduling/no_place.html", status=403)
    days = confirmations.confirmations(request.actor, location, timezone.now())
    ids = [line.patient_id for day in days for line in day.lines]
    policy.saw(request, "patients.patient", ids, location.pk)
    shown = request.GET.get("show", "open")
    context = {
        "days": days,
        "show": shown if shown in confirmations.SHOWN else "open",
        "location": location,
        "done": done,
    }
    fragment = bool(request.htmx) or request.method == "POST"
    name = "_confirmations.html" if fragment and request.htmx else "confirmations.html"
    return render(request, f"scheduling/{name}", context)
