"""The drawer of one visit, and what is done in it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel import clock, policy
from kernel.policy import page
from kernel.refusals import Invalid, StaleVersion
from kernel.templatetags.house import clock as wall
from scheduling.actions import cancelling, details
from scheduling.models import Appointment, CancelledBy, Confirmation
from scheduling.permissions import Permission
from scheduling.queries import visit as visits
from scheduling.views import answers
from scheduling.views.regions import pressed, visit_context

# One click each; whose reason it is goes with the word.
REASONS = (
    (CancelledBy.PATIENT, "Feels better"),
    (CancelledBy.PATIENT, "Sick"),
    (CancelledBy.PATIENT, "No time then"),
    (CancelledBy.PATIENT, "No way to get here"),
    (CancelledBy.PATIENT, "Cost or insurance"),
    (CancelledBy.PRACTICE, "Clinician away"),
    (CancelledBy.PRACTICE, "Running over"),
    (CancelledBy.PRACTICE, "Booked by mistake"),
)
CONFIRMATION_SAYS = {
    Confirmation.CONFIRMED: "{name} has confirmed.",
    Confirmation.LEFT_MESSAGE: "Left a message for {name}.",
    Confirmation.UNCONFIRMED: "{name} has not confirmed.",
}


@page(permission=Permission.VIEW_SCHEDULE, subject="patients.patient")
@require_GET
def appointment(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The drawer, or the same as a page; its inner region fetches itself when the visit changes."""
    found = answers.visible(request, appointment_id)
    policy.saw(request, "patients.patient", [found.patient_id], found.location_id)
    return render(request, _template(request), visit_context(request, found))


def _template(request: HttpRequest) -> str:
    region = request.htmx and request.htmx.target == "visit"
    return "scheduling/_visit.html" if region else "scheduling/_appointment_drawer.html"


@page(permission=Permission.VIEW_SCHEDULE, subject="scheduling.appointment")
@require_GET
def history(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Who did what to this visit."""
    found = answers.visible(request, appointment_id)
    policy.saw(request, "scheduling.appointment", [found.pk], found.location_id)
    lines = visits.history(found)
    return render(request, "scheduling/_history.html", {"lines": lines, "visit_id": found.pk})


@page(act=details.confirm_appointment)
@require_POST
def confirm(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    found = answers.visible(request, appointment_id)
    answer = request.POST.get("confirmation", "")
    done = details.confirm_appointment(appointment=found, confirmation=answer, by=request.actor)
    name = f"{done.patient.given_name} {done.patient.family_name}".strip()
    says = CONFIRMATION_SAYS[Confirmation(answer)].format(name=name)
    return pressed(request, done, answers.toast(says, done, "phone"), "Kept.")


@page(act=details.change_note)
@require_POST
def note(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The note for the desk; a change by somebody else is shown beside what was typed."""
    found = answers.visible(request, appointment_id)
    typed = request.POST.get("note", "")
    try:
        done = details.change_note(
            appointment=found, note=typed, version=_version(request), by=request.actor
        )
    except StaleVersion as stale:
        fresh = answers.visible(request, appointment_id)
        more = visit_context(request, fresh, note=typed, stale=stale.theirs.note or "(empty)")
        return render(request, _template(request), more, status=409)
    return pressed(request, done, answers.toast("Note kept.", done, "note"), "Note kept.")


def _version(request: HttpRequest) -> int:
    try:
        return int(request.POST["version"])
    except (KeyError, ValueError):
        raise Invalid("The form is incomplete. Open the visit again.", field="version") from None


@page(act=cancelling.cancel_appointment)
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Why, and who asked: one click on a reason, or one's own words."""
    found = answers.visible(request, appointment_id)
    if request.method == "GET":
        policy.saw(request, "patients.patient", [found.patient_id], found.location_id)
        return _cancel_form(request, found)
    by_whom, _, reason = request.POST.get("chosen", "").partition(":")
    typed = request.POST.get("reason", "")
    try:
        done = cancelling.cancel_appointment(
            appointment=found,
            cancelled_by=by_whom or request.POST.get("cancelled_by", ""),
            reason=reason or typed,
            by=request.actor,
            at=timezone.now(),
        )
    except Invalid as refusal:
        return _cancel_form(request, found, typed, str(refusal), status=422)
    return ended(request, done, "Canceled.")


def _cancel_form(
    request: HttpRequest, found: Appointment, typed: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    asked = {
        "visit": visits.visit_page(request.actor, found, timezone.now()),
        "sides": [
            (
                side.label,
                [(f"{side}:{reason}", reason) for whose, reason in REASONS if whose == side],
            )
            for side in CancelledBy
        ],
        "choices": CancelledBy.choices,
        "typed": typed,
        "error": error,
        "by_whom": request.POST.get("cancelled_by", CancelledBy.PATIENT),
    }
    return render(request, "scheduling/_cancel_drawer.html", asked, status=status)


@page(act=cancelling.mark_no_show)
@require_POST
def no_show(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    found = answers.visible(request, appointment_id)
    done = cancelling.mark_no_show(appointment=found, by=request.actor, at=timezone.now())
    return ended(request, done, "Marked no-show.")


def ended(request: HttpRequest, done: Appointment, plain: str) -> HttpResponse:
    """The time is free again: the toast says which, and the way back."""
    at = wall(clock.local(done.period.lower, done.location.zone))
    with_whom = f" with {done.practitioner.family_name}" if done.practitioner else ""
    word = "is canceled" if done.status == "cancelled" else "did not come"
    name = f"{done.patient.given_name} {done.patient.family_name}".strip()
    said = answers.toast(f"{name} {word}. {at}{with_whom} is free again.", done, "calendar-off")
    if not request.htmx:
        return answers.page_again(request, plain, reverse("scheduling:appointment", args=[done.pk]))
    if request.htmx.target in {"visit", "board"}:
        return pressed(request, done, said, plain)
    return answers.nothing_left(done, said)


@page(act=cancelling.reinstate_appointment)
@require_POST
def reinstate(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """From canceled or no-show back to scheduled; refused with the reason if the time is taken."""
    found = answers.visible(request, appointment_id)
    done = cancelling.reinstate_appointment(appointment=found, by=request.actor, at=timezone.now())
    name = f"{done.patient.given_name} {done.patient.family_name}".strip()
    said = answers.toast(f"{name} is back on the schedule.", done, "calendar-event")
    if request.htmx:
        return pressed(request, done, said, "")
    return redirect("scheduling:appointment", done.pk)
