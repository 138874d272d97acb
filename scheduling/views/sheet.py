"""The day on paper: a print view in the browser, and the same as a PDF."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access import place
from kernel import clock, pdf
from kernel.parse import key
from kernel.policy import page, saw
from office import queries as office_queries
from scheduling.permissions import Permission
from scheduling.queries.day_sheet import day_sheet
from scheduling.typed import read_day
from staff.models import Practitioner

PATIENT = "patients.patient"


@page(permission=Permission.VIEW_SCHEDULE, subject=PATIENT)
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """On screen, with the buttons that print it."""
    return render(request, "scheduling/day_sheet.html", _context(request))


@page(permission=Permission.VIEW_SCHEDULE, subject=PATIENT)
@require_safe
def sheet_pdf(request: HttpRequest) -> HttpResponse:
    context = _context(request)
    content = pdf.render("scheduling/day_sheet.html", context, request)
    return pdf.response(content, f"day-sheet-{context['sheet'].day.isoformat()}.pdf")


def _context(request: HttpRequest) -> dict[str, Any]:
    """Whose day, masked or not, is in the address; every print is recorded with all it shows."""
    location = place.required(request)
    now = timezone.now()
    today = clock.today(now, location.zone)
    day = read_day(request.GET["day"], today) if request.GET.get("day") else today
    who = (
        key(request.GET["practitioner"], "practitioner")
        if request.GET.get("practitioner")
        else None
    )
    masked = request.GET.get("mask") == "1"
    made = day_sheet(request.actor, location, day, practitioner_id=who, masked=masked)
    saw(request, PATIENT, list(made.patient_ids), location.pk)
    practice = office_queries.practice()
    local = clock.local(now, location.zone)
    return {
        "sheet": made,
        "location": location,
        "practitioner": Practitioner.objects.visible_to(request.actor).filter(pk=who).first(),
        "practice_name": practice.name if practice else "",
        "printed_by": request.actor.name,
        "printed_at": f"{local.day} {local:%b %Y, %-I:%M %p}",
        "is_pdf": False,
        "pdf_url": _address("sheet_pdf", day, who, masked),
        "other_url": _address("sheet", day, who, not masked),
    }


def _address(name: str, day: Any, who: UUID | None, masked: bool) -> str:
    asked: dict[str, Any] = {"day": day.isoformat()}
    if who:
        asked["practitioner"] = who
    if masked:
        asked["mask"] = 1
    return f"{reverse(f'scheduling:{name}')}?{urlencode(asked)}"
