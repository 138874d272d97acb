"""Moving and resizing: dropped on the sheet, or chosen in the drawer; refused with times that would do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from kernel import clock
from kernel.gates import Blocked
from kernel.policy import page, saw
from kernel.refusals import Forbidden, Invalid, OutOfScope, Refusal, StaleVersion
from kernel.templatetags import house
from office.models import Room
from patients.queries import finder_rows
from scheduling.actions.moving import move_appointment
from scheduling.actions.reserving import TimeTaken
from scheduling.forms import MoveForm, with_title
from scheduling.models import Appointment
from scheduling.permissions import Permission
from scheduling.queries.columns import NO_ROOM
from scheduling.queries.offers import Offer, day_words, first_openings, offers
from scheduling.typed import read_day, read_time
from scheduling.views import answers, said
from scheduling.views.day import PATIENT
from staff.models import Practitioner


@page(act=move_appointment)
@require_POST
def move_here(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """A card was dropped on the sheet: `column start version`. Refused, the answer stands in the hint box."""
    visit = answers.visible(request, appointment_id)
    if request.POST.get("overbook"):  # the reason is asked for in the drawer
        response = _drawer(request, visit, _dropped(request, visit) | {"wants_overbook": "1"})
        response["HX-Retarget"], response["HX-Reswap"] = "#drawer", "innerHTML"
        return response
    try:
        moved = move_appointment(
            appointment=visit, by=request.actor, version=_version(request), **_terms(request, visit)
        )
    except OutOfScope:
        raise
    except Refusal as refusal:
        return _hint(request, visit, refusal)
    return _done(request, visit, moved)


@page(act=move_appointment)
@require_POST
def resize(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The lower edge was dragged, or Shift and an arrow pressed: `minutes version`."""
    visit = answers.visible(request, appointment_id)
    try:
        moved = move_appointment(
            appointment=visit,
            start=visit.period.lower,
            minutes=_number(request, "minutes"),
            version=_version(request),
            by=request.actor,
        )
    except OutOfScope:
        raise
    except Refusal as refusal:
        return _hint(request, visit, refusal)
    return _done(request, visit, moved)


@page(act=move_appointment, subject=PATIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The same without a pointer: a free time by one click, or any time as typed."""
    visit = answers.visible(request, appointment_id)
    if request.method != "POST":
        return _drawer(request, visit)
    form = _form(visit, _sent(request, visit))
    if not form.is_valid() or said.has_short_reason(request.POST):
        return _drawer(request, visit, form=form, status=422)
    try:
        moved = move_appointment(
            appointment=visit,
            by=request.actor,
            overrides=said.overrides(request.POST),
            **form.move(),
        )
    except OutOfScope:
        raise
    except StaleVersion as stale:
        return _drawer(
            request, stale.theirs, form=_form(visit, request.POST), status=409, refusal=stale
        )
    except (Forbidden, Refusal) as refusal:
        return _drawer(request, visit, form=form, status=refusal.status, refusal=refusal)
    return _done(request, visit, moved)


def _terms(request: HttpRequest, visit: Appointment) -> dict[str, Any]:
    """Where the card was dropped: in the column of a clinician, or of a room."""
    column = request.POST.get("column", "")
    day = read_day(request.GET.get("day", ""), clock.today(timezone.now(), visit.location.zone))
    at = read_time(request.POST.get("start", ""), field="start")
    found: dict[str, Any] = {"start": clock.at_wall(day, at, visit.location.zone)}
    if column == NO_ROOM:
        raise Invalid("Drop it in the column of somebody, or of a room.", field="column")
    rows: Any = Practitioner.objects.visible_to(request.actor)
    name = "practitioner"
    if request.GET.get("view") == "rooms":
        rows, name = Room.objects.visible_to(request.actor), "room"
    try:
        found[name] = get_object_or_404(rows, pk=UUID(column))
    except ValueError:
        raise Invalid("There is no such column.", field="column") from None
    return found


def _dropped(request: HttpRequest, visit: Appointment) -> dict[str, Any]:
    terms = _terms(request, visit)
    return _shown(visit, terms["start"], terms.get("practitioner"))


def _number(request: HttpRequest, name: str) -> int:
    try:
        return int(request.POST[name][:9])
    except (KeyError, ValueError):
        raise Invalid("The request is incomplete. Open the day again.", field=name) from None


def _version(request: HttpRequest) -> int:
    return _number(request, "version")


# ---- the hint box beside the card


def _hint(request: HttpRequest, visit: Appointment, refusal: Refusal) -> HttpResponse:
    """Why not, and the nearest times of that day as buttons; what needs more room goes to the drawer."""
    context = {
        "sentence": _sentence(refusal),
        "offers": _same_day(request, visit, refusal) if isinstance(refusal, TimeTaken) else (),
        "move_url": reverse("scheduling:move", args=[visit.pk]),
        "may_override": isinstance(refusal, Blocked)
        and any(each.blocks and each.may_override(request.actor) for each in refusal.verdicts),
    }
    response = render(
        request, "scheduling/_not_moved.html", context, status=409 if refusal.status == 409 else 422
    )
    if isinstance(refusal, StaleVersion):
        trigger_client_event(response, "changed", {"topics": [answers.topic(visit)]})
    return response


def _sentence(refusal: Refusal) -> str:
    if isinstance(refusal, StaleVersion):
        return "Somebody else changed this visit just now. Look again, then move it."
    return str(refusal)


def _same_day(request: HttpRequest, visit: Appointment, refusal: TimeTaken) -> list[Offer]:
    """Two free times in the column where it was dropped."""
    terms = refusal.terms
    day = clock.local(terms.period.lower, visit.location.zone).date()
    now = timezone.now()
    found = [each for each in offers(refusal.alternatives, visit.location, now) if each.day == day]
    return found[:2] if request.GET.get("view") != "rooms" else []


# ---- the drawer


def _form(visit: Appointment, data: Any = None, **more: Any) -> MoveForm:
    today = clock.today(timezone.now(), visit.location.zone)
    return MoveForm(data, location=visit.location, today=today, **more)


def _sent(request: HttpRequest, visit: Appointment) -> Mapping[str, Any]:
    """What was typed; a pressed chip ("2026-11-17 9:30 <practitioner>") says day, time and clinician at once."""
    data = request.POST.copy()
    if chosen := request.POST.get("use", ""):
        day, _, rest = chosen.partition(" ")
        time, _, who = rest.rpartition(" ")
        data["day"], data["time"], data["practitioner"] = day, time, who
    return data


def _shown(visit: Appointment, start: datetime, who: Practitioner | None) -> dict[str, Any]:
    begins = clock.local(start, visit.location.zone)
    return {
        "day": house.day(begins),
        "time": house.clock(begins),
        "minutes": clock.minutes_of(visit.period),
        "practitioner": (who or visit.practitioner).pk if who or visit.practitioner else None,
        "version": visit.version,
        "overbook_reason": "",
    }


def _day(visit: Appointment) -> str:
    return clock.local(visit.period.lower, visit.location.zone).date().isoformat()


def _drawer(
    request: HttpRequest,
    visit: Appointment,
    values: Mapping[str, Any] | None = None,
    *,
    form: MoveForm | None = None,
    status: int = 200,
    refusal: Refusal | None = None,
) -> HttpResponse:
    saw(request, PATIENT, [visit.patient_id], visit.location_id)
    now = timezone.now()
    values = values or _shown(visit, visit.period.lower, None)
    wants_overbook = bool(values.get("wants_overbook")) or isinstance(refusal, TimeTaken)
    verdicts = refusal.verdicts if isinstance(refusal, Blocked) else ()
    context = {
        "visit": visit,
        "patient": next(iter(finder_rows([visit.patient_id], actor=request.actor)), None),
        "form": form or _form(visit, initial=values),
        "now_words": _when(visit, now),
        "day_url": f"{reverse('scheduling:day')}?{urlencode({'day': _day(visit)})}",
        "offers": _offers(visit, now),
        "may_overbook": wants_overbook and request.actor.may(Permission.OVERBOOK),
        "refusal": "" if isinstance(refusal, Blocked) or refusal is None else _sentence(refusal),
        "is_stale": isinstance(refusal, StaleVersion),
        "alternatives": offers(refusal.alternatives, visit.location, now)
        if isinstance(refusal, TimeTaken)
        else (),
        "rules": said.ruled(
            verdicts, request.actor, request.POST, is_sent=request.method == "POST"
        ),
        "signs": f"as {request.actor.name}",
        "version": visit.version,
    }
    return render(request, "scheduling/_move.html", context, status=status)


def _offers(visit: Appointment, now: datetime) -> list[Offer]:
    """The first free times with the same clinician: each of the next days that have one."""
    if visit.practitioner is None:
        return []
    return first_openings(
        appointment_type=visit.appointment_type,
        location=visit.location,
        practitioners=[visit.practitioner.pk],
        since=now,
        now=now,
        minutes=clock.minutes_of(visit.period),
        days=4,
    )


def _when(visit: Appointment, now: datetime) -> str:
    begins = clock.local(visit.period.lower, visit.location.zone)
    day = day_words(begins.date(), clock.today(now, visit.location.zone))
    with_whom = f" with {with_title(visit.practitioner)}" if visit.practitioner else ""
    return f"{day} {house.clock(begins)}{with_whom}"


# ---- done


def _done(request: HttpRequest, was: Appointment, moved: Appointment) -> HttpResponse:
    when = _when(moved, timezone.now())
    day = clock.local(moved.period.lower, moved.location.zone).date()
    if not request.htmx:
        otherwise = f"{reverse('scheduling:day')}?day={day.isoformat()}"
        return answers.page_again(request, f"Moved to {when}.", otherwise)
    name = f"{moved.patient.given_name} {moved.patient.family_name}".strip()
    length = clock.minutes_of(moved.period)
    says = answers.toast(f"{name}: {when}, {length} min.", moved, "arrows-move")
    response = HttpResponse(status=204)
    if request.htmx.target == "drawer":
        trigger_client_event(response, "close-drawer", {})
    trigger_client_event(response, "toast", says)
    topics = list(dict.fromkeys([answers.topic(was), answers.topic(moved)]))
    return trigger_client_event(response, "changed", {"topics": topics})
