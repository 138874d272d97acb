"""Somebody stands at the desk without an appointment: three choices, and they wait."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from access import place
from kernel.policy import page, saw
from kernel.refusals import OutOfScope, Refusal
from office.models import Location
from patients.queries import finder_rows
from scheduling.actions import flow
from scheduling.forms import WalkInForm
from scheduling.models import Appointment
from scheduling.permissions import Permission
from scheduling.queries import catalog
from scheduling.queries.offers import free_first, usual_type
from scheduling.views import answers, picking, said

PATIENT = "patients.patient"


@page(permission=Permission.BOOK_APPOINTMENT, act=flow.walk_in, subject=PATIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def walk_in(request: HttpRequest) -> HttpResponse:
    """Booked for now and arrived, in one act; refused, what was typed stays with the reason."""
    location = place.required(request)
    if request.method != "POST":
        form = WalkInForm(initial=_known(request), actor=request.actor, location=location)
        return _drawer(request, form)
    form = WalkInForm(request.POST, actor=request.actor, location=location)
    if not form.is_valid() or said.has_short_reason(request.POST):
        return _drawer(request, form, status=422)
    try:
        done = _walk_in(request, form, location)
    except OutOfScope:
        raise
    except Refusal as refusal:
        return _drawer(request, form, refusal, status=refusal.status)
    name = f"{done.patient.given_name} {done.patient.family_name}".strip()
    if not request.htmx:
        return answers.page_again(request, "Walked in.", reverse("scheduling:today"))
    return answers.nothing_left(
        done, answers.toast(f"{name} walked in and is waiting.", done, "walk")
    )


def _known(request: HttpRequest) -> dict[str, Any]:
    """The usual type, who is free first, what a link brings, what was written before somebody new was entered."""
    location, now = place.required(request), timezone.now()
    usual: dict[str, Any] = {"appointment_type": usual_type(None, location, now)}
    if soonest := free_first(catalog.types().get(usual["appointment_type"]), location, now):
        usual |= {"practitioner": soonest.practitioner_id}
    given = {name: request.GET[name] for name in WalkInForm.base_fields if name in request.GET}
    return usual | given | (picking.drafted(request) if "draft" in request.GET else {})


def _walk_in(request: HttpRequest, form: WalkInForm, location: Location) -> Appointment:
    return flow.walk_in(
        location=location,
        by=request.actor,
        at=timezone.now(),
        overrides=said.overrides(request.POST),
        **form.walk_in(),
    )


def _drawer(
    request: HttpRequest, form: WalkInForm, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    chosen = _chosen(request, form)
    rules: Any = ()
    if verdicts := getattr(refusal, "verdicts", ()):
        rules = said.ruled(verdicts, request.actor, form.data, is_sent=True)
    context = {
        "form": form,
        "patient": chosen,
        "patient_id": chosen.id if chosen else "",
        "patient_text": chosen.label if chosen else request.POST.get("patient_text", ""),
        "patient_error": form.errors["patient"][0] if "patient" in form.errors else "",
        "patients_url": picking.patients_url("walk-in"),
        "new_patient_url": picking.new_patient_url(request, "walk-in"),
        "refusal": refusal if refusal and not rules else None,
        "rules": rules,
        "signs": f"as {request.actor.name}",
        **picking.expected(request, chosen),
    }
    return render(request, "scheduling/_walk_in.html", context, status=status)


def _chosen(request: HttpRequest, form: WalkInForm) -> Any:
    """Who was picked, with what tells them from their namesakes."""
    try:
        patient = form.fields["patient"].clean(form["patient"].value())
    except ValidationError:  # nobody, or whatever was sent instead of a patient
        return None
    found = next(iter(finder_rows([patient.pk], actor=request.actor)), None)
    if found:
        saw(request, PATIENT, [found.id])
    return found
