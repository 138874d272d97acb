"""Finding a patient: the page, the type-ahead of forms, and what to do with one of another location."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from access import place
from kernel.policy import page, saw
from patients import actions, queries
from patients.models import Patient
from patients.permissions import Permission
from patients.queries import profile
from patients.views import common

MOST = 25


@page(permission=Permission.FIND_PATIENT, subject=common.KIND)
@require_http_methods(["GET", "HEAD", "POST"])
def finder(request: Any) -> HttpResponse:
    """Search terms come by POST, so that no name stands in an address or a log."""
    typed = request.POST.get("q", "")[:100]
    rows = _search(request, typed) if typed.strip() else _recent(request)
    saw(request, common.KIND, [row.id for row in rows])
    context = {
        "typed": typed,
        "rows": rows[:MOST],
        "has_more": len(rows) > MOST,
        "here": place.current(request),
        "may_register": request.actor.may(Permission.REGISTER_PATIENT),
    }
    template = "patients/_found.html" if request.htmx else "patients/finder.html"
    return render(request, template, context)


@page(permission=Permission.FIND_PATIENT, subject=common.KIND)
@require_POST
def suggest(request: Any) -> HttpResponse:
    """The type-ahead of a form (components/combobox.html)."""
    typed = request.POST.get("q", "")
    today = common.today(request)
    rows = queries.typeahead(
        typed, actor=request.actor, location=place.current(request), today=today, limit=8
    )
    saw(request, common.KIND, [row.id for row in rows])
    options = [
        {"id": row.id, "text": row.label, "name": row.label, "detail": row.detail(today)}
        for row in rows
    ]
    context = {"options": options, "none": "No patient found. Try a birth date or a phone number."}
    return render(request, "components/combo_options.html", context)


@page(permission=Permission.FIND_PATIENT, subject=common.KIND)
def elsewhere(request: Any, patient_id: UUID) -> HttpResponse:
    """A patient known at other locations only: who it is, and the way to make them known here."""
    patient = get_object_or_404(Patient.objects.findable_by(request.actor), pk=patient_id)
    if Patient.objects.visible_to(request.actor).filter(pk=patient_id).exists():
        return redirect("patients:profile", patient_id)
    saw(request, common.KIND, [patient.pk])
    context = {
        "patient": patient,
        "mini": profile.outside(patient),
        "places": place.choices(request.actor),
        "may_bring": request.actor.may(Permission.REGISTER_PATIENT),
    }
    return render(request, "patients/elsewhere.html", context)


@page(act=actions.bring_patient_here)
@require_POST
def bring_here(request: Any, patient_id: UUID) -> HttpResponse:
    patient = get_object_or_404(Patient.objects.findable_by(request.actor), pk=patient_id)
    wanted = request.POST.get("location", "")
    named = next((each for each in place.choices(request.actor) if str(each.pk) == wanted), None)
    location = named or place.current(request)
    if location is None:
        return redirect("patients:elsewhere", patient_id)
    actions.bring_patient_here(patient=patient, location=location, by=request.actor)
    return _opened(request, reverse("patients:profile", args=[patient_id]))


@page(permission=Permission.FIND_PATIENT, subject=common.KIND)
def mini(request: Any, patient_id: UUID) -> HttpResponse:
    """Who was picked, for the drawers where one books, pays or links."""
    patient = get_object_or_404(Patient.objects.findable_by(request.actor), pk=patient_id)
    saw(request, common.KIND, [patient.pk])
    visible = Patient.objects.visible_to(request.actor).filter(pk=patient_id).exists()
    shown = profile.banner(patient) if visible else profile.outside(patient)
    return render(request, "components/patient_mini.html", {"patient": shown})


def _search(request: Any, typed: str) -> list[queries.Found]:
    return queries.typeahead(
        typed,
        actor=request.actor,
        location=place.current(request),
        today=common.today(request),
        limit=MOST + 1,
    )


def _recent(request: Any) -> list[queries.Found]:
    ids = [UUID(each) for each in common.recent(request)]
    return queries.finder_rows(ids, actor=request.actor) if ids else []


def _opened(request: HttpRequest, url: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
