"""The booking drawer: opened on a slot or from anywhere, answering while one chooses, booking at last."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from access import place
from kernel import clock
from kernel.gates import Blocked
from kernel.policy import page, saw
from kernel.refusals import Forbidden, OutOfScope, Refusal
from kernel.templatetags import house
from office.models import Location
from scheduling.actions.booking import book_appointment
from scheduling.actions.holding import hold_time, release_hold
from scheduling.actions.reserving import TimeTaken
from scheduling.forms import BookingForm
from scheduling.models import Appointment
from scheduling.permissions import Permission
from scheduling.queries import catalog
from scheduling.queries.offers import day_words, offers, usual_type
from scheduling.typed import read_day, read_time
from scheduling.views import answers, picking, said
from scheduling.views.day import PATIENT


@page(permission=Permission.BOOK_APPOINTMENT, subject=PATIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """
    Open the drawer: from the menu, on a slot (`column start`, POST, held for a minute), for a patient, or
    again with one of its own choices (`use`).
    """
    location = place.required(request)
    values = _from_slot(request, location) | _typed(request)
    if chosen := request.POST.get("use", ""):
        values |= _taken_up(chosen)
    values |= _usual(values, location)
    if request.method == "POST" and "column" in request.POST:
        values["hold"] = _held(request, values, location)
    return _drawer(request, location, values)


@page(permission=Permission.BOOK_APPOINTMENT, subject=PATIENT)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """What follows from what is chosen now: rules, clashes, free times, the words of the button."""
    location = place.required(request)
    heard = said.listen(_form(request, location, request.POST), request.actor, timezone.now())
    _saw(request, heard, location)
    context = {"said": heard, "is_answer": True}
    context["new_patient_url"] = picking.new_patient_url(request, "new")
    return render(request, "scheduling/_booking_said.html", context)


@page(act=book_appointment)
@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Book it; refused, the drawer comes back with what was typed, the reason, and what would do instead."""
    location = place.required(request)
    form = _form(request, location, request.POST)
    if not form.is_valid() or said.has_short_reason(request.POST):
        return _drawer(request, location, request.POST, form, status=422)
    try:
        booked = book_appointment(
            by=request.actor, overrides=said.overrides(request.POST), **form.booking()
        )
    except OutOfScope:
        raise
    except (Forbidden, Refusal) as refusal:
        return _refused(request, location, form, refusal)
    return _done(request, booked)


@page(act=release_hold)
@require_POST
def release(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """The drawer was closed: the slot is free for others again."""
    release_hold(hold_id=hold_id, by=request.actor)
    return HttpResponse(status=204)


def _form(request: HttpRequest, location: Location, data: Any = None, **more: Any) -> BookingForm:
    today = clock.today(timezone.now(), location.zone)
    return BookingForm(data, actor=request.actor, location=location, today=today, **more)


def _typed(request: HttpRequest) -> dict[str, str]:
    """What the form had, or what a link brings."""
    given = request.POST if request.method == "POST" else request.GET
    values = {name: given[name] for name in picking.KEPT if given.get(name)}
    return picking.drafted(request) | values if "draft" in given else values


def _from_slot(request: HttpRequest, location: Location) -> dict[str, str]:
    """`column` is a practitioner or, in the view of rooms, a room; `start` is the wall clock."""
    asked = request.GET.copy()
    asked.update(request.POST)
    values = {}
    if asked.get("day"):
        values["day"] = asked["day"]
    if asked.get("start"):
        values["time"] = asked["start"]
    if column := answers.as_id(asked.get("column", "")):
        values["room" if asked.get("view") == "rooms" else "practitioner"] = str(column)
    return values


def _taken_up(chosen: str) -> dict[str, str]:
    """A chip was pressed: "2026-11-17 9:30 <practitioner>"; or another patient is wanted."""
    if chosen == "another-patient":
        return {"patient": ""}
    day, _, rest = chosen.partition(" ")
    time, _, who = rest.rpartition(" ")
    return {"day": day, "time": time, "practitioner": who}


def _usual(values: Mapping[str, str], location: Location) -> dict[str, str]:
    """The type most booked with this clinician, its length, and today."""
    now = timezone.now()
    who = catalog.practitioners().get(answers.as_id(values.get("practitioner", "")))
    kind_id = answers.as_id(values.get("appointment_type", "")) or usual_type(who, location, now)
    kind = catalog.types().get(kind_id)
    shown = {"day": values.get("day") or clock.today(now, location.zone).isoformat()}
    if kind is not None:
        minutes = str(kind.minutes)
        shown |= {"appointment_type": str(kind.pk), "usual": values.get("usual") or minutes}
        shown |= {"minutes": values.get("minutes") or minutes}
    return shown


def _held(request: HttpRequest, values: Mapping[str, str], location: Location) -> str:
    """Hold the slot while one books; that it is taken is said in the drawer, not here."""
    form = _form(request, location, values)
    form.is_valid()
    data = form.cleaned_data
    if not (form.start and data.get("practitioner") and data.get("appointment_type")):
        return ""
    try:
        hold = hold_time(
            practitioner=data["practitioner"],
            location=location,
            appointment_type=data["appointment_type"],
            start=form.start,
            by=request.actor,
            at=timezone.now(),
            minutes=data.get("minutes"),
        )
    except Refusal:
        return ""
    return str(hold.pk)


def _drawer(
    request: HttpRequest,
    location: Location,
    values: Mapping[str, Any],
    form: BookingForm | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The drawer around the values; with a form that was sent, its errors too."""
    is_sent = form is not None
    now = timezone.now()
    heard = said.listen(_form(request, location, values), request.actor, now, is_sent=is_sent)
    _saw(request, heard, location)
    if form is None:
        form = _form(request, location, initial=_in_words(values, location))
    context = {
        "form": form,
        "said": heard,
        "patient_error": form.errors["patient"][0] if "patient" in form.errors else "",
        "patient_id": heard.patient.id if heard.patient else "",
        "patient_text": heard.patient.label
        if heard.patient
        else request.POST.get("patient_text", ""),
        "new_patient_url": picking.new_patient_url(request, "new"),
        "hold_id": _id_or_nothing(values.get("hold", "")),
        "patients_url": picking.patients_url("new"),
        "has_rooms": len(form.fields["room"].queryset) > 0,
        "back": f"{reverse('scheduling:day')}?{urlencode({'day': values.get('day', '')})}",
        "refusal": None,
        "alternatives": (),
        **more,
    }
    return render(request, "scheduling/_booking.html", context, status=status)


def _in_words(values: Mapping[str, Any], location: Location) -> dict[str, Any]:
    """What came as codes is shown as one would say it: Tue 17 Nov, 2:00."""
    form = _readable(values, location)
    shown = dict(values)
    if form.get("day"):
        shown["day"] = house.day(form["day"])
    if form.get("time"):
        shown["time"] = house.clock(form["time"])
    return shown


def _readable(values: Mapping[str, Any], location: Location) -> dict[str, Any]:
    today = clock.today(timezone.now(), location.zone)
    found: dict[str, Any] = {}
    for name, read in (("day", lambda text: read_day(text, today)), ("time", read_time)):
        try:
            found[name] = read(str(values.get(name, "")))
        except Refusal:
            continue
    return found


def _refused(
    request: HttpRequest, location: Location, form: BookingForm, refusal: Refusal
) -> HttpResponse:
    """With the reason, and free times as buttons; a rule's own words stand where rules stand."""
    field = getattr(refusal, "field", "")
    if field:
        form.add_error(field if field in form.fields else None, str(refusal))
        return _drawer(request, location, request.POST, form, status=refusal.status)
    now = timezone.now()
    nearest = offers(refusal.alternatives, location, now) if isinstance(refusal, TimeTaken) else ()
    return _drawer(
        request,
        location,
        request.POST,
        form,
        status=refusal.status,
        refusal=None if isinstance(refusal, Blocked) else str(refusal),
        alternatives=nearest,
    )


def _done(request: HttpRequest, booked: Appointment) -> HttpResponse:
    zone = booked.location.zone
    begins = clock.local(booked.period.lower, zone)
    day = begins.date()
    when = f"{day_words(day, clock.today(timezone.now(), zone))} {house.clock(begins)}"
    with_whom = f" with {booked.practitioner.family_name}" if booked.practitioner else ""
    if not request.htmx:
        otherwise = f"{reverse('scheduling:day')}?day={day.isoformat()}"
        return answers.page_again(request, f"Booked for {when}{with_whom}.", otherwise)
    name = f"{booked.patient.given_name} {booked.patient.family_name}".strip()
    says = answers.toast(f"{name}, {when}{with_whom}. Booked.", booked, "calendar-plus")
    return answers.nothing_left(booked, says)


def _saw(request: HttpRequest, heard: said.Said, location: Location) -> None:
    if heard.patient:
        saw(request, PATIENT, [heard.patient.id], location.pk)


def _id_or_nothing(text: str) -> str:
    """What the form carries goes into an address: only an id does."""
    try:
        return str(UUID(str(text)))
    except ValueError:
        return ""
