"""The Today board, and the clicks that walk a patient through the office."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from access import place
from kernel import clock
from kernel.parse import key
from kernel.policy import page
from kernel.refusals import Invalid
from office.models import Room
from scheduling.actions import flow
from scheduling.models import Appointment
from scheduling.permissions import Permission
from scheduling.queries.visit import visit_page
from scheduling.views import answers
from scheduling.views.regions import board_context, pressed

SAYS = {
    "arrive": ("{name} arrived {at}.", "Marked arrived.", "door-enter"),
    "check-in": ("{name} is checked in.", "Checked in.", "user-check"),
    "room": ("{name} is in {room}.", "Marked in a room.", "bed"),
    "see": ("{name} is with {who}.", "Marked with the clinician.", "stethoscope"),
    "ready": ("{name} is ready to check out.", "Ready to check out.", "arrow-right"),
    "leave": ("{name} left {at}.", "Marked done.", "circle-check-filled"),
}


@page(permission=Permission.VIEW_SCHEDULE, subject="patients.patient")
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The desk's home: who is to come, who is here, who has gone."""
    location = place.current(request)
    if location is None:
        return render(request, "scheduling/no_place.html", status=403)
    context = board_context(request, location, request.GET)
    fragment = request.htmx and request.htmx.target == "board"
    return render(
        request, "scheduling/_board.html" if fragment else "scheduling/today.html", context
    )


@page(act=[flow.arrive, flow.take_to_a_room, flow.advance])
@require_POST
def step(request: HttpRequest, appointment_id: UUID, to: str) -> HttpResponse:
    """One click, one step; the answer is the region it was pressed in, with Undo in the toast."""
    appointment = answers.visible(request, appointment_id)
    at = timezone.now()
    done = _take(request, appointment, to, at)
    done.refresh_from_db(fields=["encounter"])
    said, plain, icon = SAYS[to]
    patient = done.patient
    toast = answers.toast(
        said.format(
            name=f"{patient.given_name} {patient.family_name}".strip(),
            at=f"{clock.local(at, done.location.zone):%-I:%M}",
            room=_room(done),
            who=done.practitioner.family_name if done.practitioner else "the clinician",
        ),
        done,
        icon,
    )
    return pressed(request, done, toast, plain)


def _take(request: HttpRequest, appointment: Appointment, to: str, at: Any) -> Appointment:
    if to == "arrive":
        return flow.arrive(appointment=appointment, by=request.actor, at=at)
    if to == "room" and not request.POST.get("room"):
        return flow.take_to_a_room(appointment=appointment, by=request.actor, at=at)
    room = _chosen_room(request) if to == "room" else None
    return flow.advance(appointment=appointment, step=to, by=request.actor, at=at, room=room)


def _chosen_room(request: HttpRequest) -> Room:
    rooms = Room.objects.visible_to(request.actor).in_use()
    chosen = rooms.filter(pk=key(request.POST["room"], "room")).first()
    if chosen is None:
        raise Invalid("Choose one of the rooms.", field="room")
    return chosen


def _room(appointment: Appointment) -> str:
    here = appointment.encounter
    return here.room.name if here and here.room else "a room"


@page(act=flow.step_back)
@require_POST
def back(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """Take the last click back, for a mis-click seen later than the toast."""
    appointment = answers.visible(request, appointment_id)
    done = flow.step_back(appointment=appointment, by=request.actor, at=timezone.now())
    name = f"{done.patient.given_name} {done.patient.family_name}".strip()
    toast = answers.toast(f"The last step of {name} is taken back.", done, "arrow-back-up")
    return pressed(request, done, toast, "Taken back.")


@page(permission=Permission.MOVE_PATIENT_FLOW)
@require_GET
def steps(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """The menu beside a row's button: every other step, and the free rooms."""
    appointment = answers.visible(request, appointment_id)
    visit = visit_page(request.actor, appointment, timezone.now())
    return render(request, "scheduling/_steps.html", {"visit": visit})
