"""One patient: the overview, the visits, the details."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kernel import clock, panels
from kernel.policy import page
from office import queries as office
from patients import actions
from patients.actions.checks import topic
from patients.forms import ChangeForm
from patients.models import Patient
from patients.permissions import Permission
from patients.queries import profile as asked
from patients.timeline import with_bands
from patients.views import common

A_PAGE = 50


@page(permission=Permission.VIEW_PATIENT, subject=common.KIND)
def profile(request: Any, patient_id: UUID) -> HttpResponse:
    """The overview; asked for by its own live region it is the part below the head."""
    patient = common.mine(request, patient_id)
    common.remember(request, patient.pk)
    context = _head(request, patient, "overview") | {
        "main": panels.at("patient.profile", request, patient=patient),
        "side": panels.at("patient.profile.side", request, patient=patient),
    }
    template = "patients/_profile.html" if request.htmx else "patients/profile.html"
    return render(request, template, context)


@page(permission=Permission.VIEW_PATIENT, subject=common.KIND)
def visits(request: Any, patient_id: UUID) -> HttpResponse:
    """Every visit, here and elsewhere, newest first."""
    patient = common.mine(request, patient_id)
    shown = Paginator(asked.visits(patient, request.actor), A_PAGE).get_page(
        request.GET.get("page")
    )
    now = clock.local(timezone.now(), office.practice_zone())
    address = reverse("patients:visits", args=[patient.pk])
    context = _head(request, patient, "visits") | {
        "items": with_bands(asked.moments(shown), now),
        "says": f"{shown.start_index()}–{shown.end_index()} of {shown.paginator.count:,}",
        "count": shown.paginator.count,
        "previous": f"{address}?page={shown.number - 1}" if shown.has_previous() else "",
        "next": f"{address}?page={shown.number + 1}" if shown.has_next() else "",
    }
    return render(request, "patients/visits.html", context)


@page(permission=Permission.VIEW_PATIENT, subject=common.KIND)
def details(request: Any, patient_id: UUID) -> HttpResponse:
    """What registration knows, and the addresses before this one."""
    patient = common.mine(request, patient_id)
    context = _head(request, patient, "details") | {
        "facts": asked.facts(patient),
        "reach": asked.reach(patient, common.today(request)),
        "may_change": request.actor.may(Permission.REGISTER_PATIENT),
    }
    return render(request, "patients/details.html", context)


@page(act=actions.change_patient, subject=common.KIND)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Any, patient_id: UUID) -> HttpResponse:
    """Change what is known of the person."""
    patient = common.mine(request, patient_id)
    form = ChangeForm(request.POST if request.method == "POST" else None, patient=patient)

    def act() -> Patient:
        return actions.change_patient(
            patient=patient,
            version=form.cleaned_data["version"] or 0,
            at=timezone.now(),
            by=request.actor,
            **form.changes(patient),
        )

    return common.in_drawer(
        request,
        form=form,
        patient=patient,
        act=act,
        title="Change details",
        fields="patients/_person_fields.html",
        verb="Keep the changes",
        said="The details were changed.",
    )


def _head(request: Any, patient: Patient, current: str) -> dict[str, Any]:
    """Banner, alerts and tabs: the same on every page of a patient."""
    phone = patient.contact_points.filter(system="phone").order_by("rank", "id").first()
    tabs = [
        ("overview", "Overview", "profile"),
        ("visits", "Visits", "visits"),
        ("details", "Details", "details"),
    ]
    return {
        "patient": patient,
        "banner": asked.banner(patient, phone.value if phone else ""),
        "dial": phone.digits if phone else "",
        "alerts": asked.alerts(patient),
        "buttons": panels.at("patient.actions", request, patient=patient),
        "topic": topic(patient.pk),
        "tabs": [
            {
                "label": label,
                "url": reverse(f"patients:{view}", args=[patient.pk]),
                "current": name == current,
            }
            for name, label, view in tabs
        ],
    }
