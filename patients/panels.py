"""
What this room brings to its own profile page, through the same places that rooms above it use.

Places: `patient.profile` (wide column) and `patient.profile.side`, `patient.actions` (buttons of the banner,
and of the bar on a phone), `patient.timeline` (more moments for the timeline, patients.timeline.Moment).
Each context takes `patient`.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from desk.permissions import Permission as Desk
from desk.views.tasks import about_context
from kernel import clock, panels
from kernel.panels import NavItem, NewItem, Panel
from office import queries as office
from patients.models import Patient
from patients.permissions import Permission
from patients.queries import profile
from patients.timeline import PLACE, with_bands

PATIENT = "patients.patient"
SHOWN = 8  # moments on the overview; the visits have a page of their own


def timeline(request: Any, *, patient: Patient) -> Mapping[str, Any]:
    visits = list(profile.visits(patient, request.actor)[: SHOWN + 1])
    moments = profile.moments(visits[:SHOWN])
    for filled in panels.at(PLACE, request, patient=patient):
        moments += filled.context["items"]
    now = clock.local(timezone.now(), office.practice_zone())
    return {"items": with_bands(moments, now), "has_more": len(visits) > SHOWN, "patient": patient}


def contact(request: Any, *, patient: Patient) -> Mapping[str, Any]:
    today = clock.today(timezone.now(), office.practice_zone())
    return {"reach": profile.reach(patient, today), **_rights(request, patient)}


def family(request: Any, *, patient: Patient) -> Mapping[str, Any]:
    return {"people": profile.family(patient, request.actor), **_rights(request, patient)}


def change(request: HttpRequest, *, patient: Patient) -> Mapping[str, Any]:
    return {"patient": patient}


def tasks(request: HttpRequest, *, patient: Patient) -> Mapping[str, Any]:
    return about_context(request, PATIENT, patient.pk)


def _rights(request: Any, patient: Patient) -> dict[str, Any]:
    return {"patient": patient, "may_change": request.actor.may(Permission.REGISTER_PATIENT)}


def register() -> None:
    side = "patient.profile.side"
    panels.fill(Panel("patient.profile", "timeline", "patients/_timeline.html", timeline, order=80))
    panels.fill(Panel(side, "contact", "patients/_contact.html", contact, order=30))
    panels.fill(Panel(side, "family", "patients/_family.html", family, order=40))
    panels.fill(Panel(side, "tasks", "desk/_about_tasks.html", tasks, Desk.USE_TASKS, order=20))
    panels.fill(
        Panel("patient.actions", "change", "patients/_change_button.html", change,
              permission=Permission.REGISTER_PATIENT, order=90)
    )  # fmt: skip
    panels.add_nav(
        NavItem("Patients", "users", "patients:finder", Permission.FIND_PATIENT, order=30,
                line="Find, register and open patients.")
    )  # fmt: skip
    panels.add_new(
        NewItem(
            "Patient", "user-plus", "patients:quick", Permission.REGISTER_PATIENT, order=30, key="p"
        )
    )
