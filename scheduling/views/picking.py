"""The patient of a drawer: found while one types, or entered new on the way."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from access import place
from kernel import clock
from kernel.policy import page, saw
from kernel.templatetags import house
from patients.permissions import Permission as PatientPermission
from patients.queries import finder_rows, typeahead
from patients.words import NAME_TYPED
from scheduling.models import Appointment
from scheduling.permissions import Permission
from scheduling.queries.of_patient import expected_today
from scheduling.views import answers
from scheduling.views.day import PATIENT

KEPT = (
    "patient", "appointment_type", "practitioner", "day", "time", "minutes", "room", "note", "overbook_reason",
    "usual", "hold",
)  # fmt: skip
WRITTEN = ("note", "overbook_reason")  # about the patient, so never in an address
DRAFT = "visit_draft"
DOORS = {"new": "scheduling:new", "walk-in": "scheduling:walk_in"}


@page(permission=PatientPermission.FIND_PATIENT, subject=PATIENT)
@require_POST
def patients(request: HttpRequest) -> HttpResponse:
    """The type-ahead of the drawer: today's patients first."""
    location, now = place.required(request), timezone.now()
    today = clock.today(now, location.zone)
    visits = Appointment.objects.at_location(location).starting_in(clock.day(today, location.zone))
    rows = typeahead(
        request.POST.get("q", ""),
        actor=request.actor,
        location=location,
        today=today,
        first=list(visits.order_by("starts_at").values_list("patient", flat=True)[:500]),
        limit=8,
    )
    saw(request, PATIENT, [row.id for row in rows], location.pk)
    options = [
        {"id": row.id, "text": row.label, "name": row.label, "detail": _detail(row, today)}
        for row in rows
    ]
    context: dict[str, Any] = {
        "options": options,
        "none": "No patient found. Try a birth date, a phone number or a chart number.",
    }
    if url := new_patient_url(request, request.GET.get("for", "")):
        context["create"] = {"label": "+ New patient", "url": url, "verb": "POST"}
    return render(request, "components/combo_options.html", context)


@page(permission=PatientPermission.FIND_PATIENT, subject=PATIENT)
@require_POST
def picked(request: HttpRequest) -> HttpResponse:
    """
    Who was picked for a walk-in, with what tells them from their namesakes and the visit they may have come
    for; nobody, and the way to somebody new.
    """
    asked = answers.as_id(request.POST.get("patient", ""))
    found = next(iter(finder_rows([asked], actor=request.actor)), None) if asked else None
    if found:
        saw(request, PATIENT, [found.id], place.required(request).pk)
    context = {
        "patient": found,
        "new_patient_url": new_patient_url(request, request.GET.get("for", "")),
        **expected(request, found),
    }
    return render(request, "scheduling/_walk_in_who.html", context)


def expected(request: HttpRequest, patient: Any) -> dict[str, Any]:
    """The visit of today that somebody at the desk may have come for, and where it is marked arrived."""
    visit = None
    if patient:
        here = place.required(request)
        visit = expected_today(patient.id, here, request.actor, timezone.now())
    may_mark = visit is not None and request.actor.may(Permission.MOVE_PATIENT_FLOW)
    url = reverse("scheduling:step", args=[visit.id, "arrive"]) if may_mark else ""
    return {"expected": visit, "arrive_url": url}


def patients_url(door: str) -> str:
    """Where the type-ahead of a drawer asks; it knows to which drawer a new patient leads back."""
    return f"{reverse('scheduling:patients')}?for={door}"


def new_patient_url(request: HttpRequest, door: str) -> str:
    """Where somebody new is entered; by POST, so that the whole form goes along and nothing typed is lost."""
    if not request.actor.may(PatientPermission.REGISTER_PATIENT):  # type: ignore[attr-defined]
        return ""
    return reverse("scheduling:new-patient", args=[_door(door)])


def _door(name: str) -> str:
    return name if name in DOORS else "new"


@page(permission=PatientPermission.REGISTER_PATIENT)
@require_POST
def new_patient(request: HttpRequest, door: str) -> HttpResponse:
    """
    The five fields of somebody new, and back to the drawer one came from.

    Codes and times travel in the address; the name and what was written about the patient wait in the session.
    """
    given = request.POST
    request.session[DRAFT] = {name: given[name][:300] for name in WRITTEN if given.get(name)}
    if not given.get("patient"):
        request.session[NAME_TYPED] = given.get("patient_text", "")[:100]
    kept = [name for name in KEPT if given.get(name) and name not in {*WRITTEN, "patient"}]
    carried = {name: given[name][:60] for name in kept}
    back = f"{reverse(DOORS[_door(door)])}?{urlencode(carried | {'draft': 1})}"
    asked = urlencode({"back": back})
    return HttpResponseRedirect(f"{reverse('patients:quick')}?{asked}", status=303)


def _detail(row: Any, today: Any) -> str:
    """What tells a patient from their namesakes."""
    phone = row.phone.replace(" ", "\u00a0").replace("-", "\u2011")  # a number stays on one line
    parts = (house.dob(row.born, today), row.sex, f"Chart {row.chart}", phone)
    return " · ".join(part for part in parts if part)


def drafted(request: HttpRequest) -> dict[str, str]:
    """What was written before somebody new was registered; told once."""
    draft: dict[str, str] = request.session.pop(DRAFT, {})
    return draft
