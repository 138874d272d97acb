"""What the pages of this room share: whose patient, at which place, and how a form answers."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import trigger_client_event

from access import place
from kernel import clock
from kernel.policy import saw
from kernel.refusals import Forbidden, Refusal, StaleVersion
from office import queries as office
from patients.actions.checks import topic
from patients.forms.base import ActionForm
from patients.models import Patient
from patients.queries import profile

M = TypeVar("M", bound=models.Model)

KIND = "patients.patient"
RECENT = "recent_patients"
KEPT = 8


def today(request: Any) -> date:
    """The day at the place where one works."""
    here = place.current(request)
    return clock.today(timezone.now(), here.zone if here else office.practice_zone())


def mine(request: Any, patient_id: UUID) -> Patient:
    """A patient of one's locations; another one does not exist here (404)."""
    patient = get_object_or_404(Patient.objects.visible_to(request.actor), pk=patient_id)
    saw(request, KIND, [patient.pk])
    return patient


def of_mine(request: Any, model: type[M], pk: UUID) -> M:
    """What belongs to a patient of one's locations: a contact point, an address, a related person."""
    patients = Patient.objects.visible_to(request.actor)
    rows = model._default_manager.filter(patient__in=patients).select_related("patient")
    found = get_object_or_404(rows, pk=pk)
    saw(request, KIND, [found.patient_id])  # type: ignore[attr-defined]  the rows of these models have one
    return found


def remember(request: Any, patient_id: UUID) -> None:
    """Keep whom one opened last, for the finder: ids only, in the session."""
    ids = [str(patient_id), *(each for each in recent(request) if each != str(patient_id))]
    if ids[:KEPT] != request.session.get(RECENT):
        request.session[RECENT] = ids[:KEPT]


def recent(request: Any) -> list[str]:
    kept: list[str] = request.session.get(RECENT, [])
    return kept


def in_drawer(
    request: HttpRequest,
    *,
    form: ActionForm,
    patient: Patient,
    act: Callable[[], Any],
    title: str,
    fields: str,
    verb: str,
    said: str,
    **context: Any,
) -> HttpResponse:
    """
    One form, one action: shown in the drawer, and closed when it is done.

    Refused: the form with what was typed (422); somebody was quicker: theirs beside yours (409).
    """
    shown: dict[str, Any] = {
        "form": form,
        "patient": patient,
        "mini": profile.banner(patient),
        "title": title,
        "fields": fields,
        "verb": verb,
        "differences": [],
        "action": request.get_full_path(),
        **context,
    }
    if request.method != "POST":
        return render(request, "patients/drawer_form.html", shown)
    status = 422
    if form.is_valid():
        try:
            act()
        except StaleVersion as refusal:
            shown["differences"], status = form.take_over(refusal), 409
        except Forbidden:
            raise
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, patient.pk, said)
    return render(request, "patients/drawer_form.html", shown, status=status)


def done(request: Any, patient_id: UUID, said: str, token: str = "") -> HttpResponse:
    """Close the drawer and bring the profile up to date; without scripts, go back to it."""
    if not request.htmx:
        messages.success(request, said)
        return redirect("patients:profile", patient_id)
    response = HttpResponse(status=204)
    events: Mapping[str, Mapping[str, Any]] = {
        "close-drawer": {},
        "changed": {"topics": [topic(patient_id)]},
        "toast": {"text": said} | ({"undo": reverse("undo", args=[token])} if token else {}),
    }
    for name, detail in events.items():
        trigger_client_event(response, name, dict(detail))
    return response
