"""The outbox: every message, why it was or was not sent, and what a person can do about it."""

from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from access import place
from communications import actions, kinds
from communications.forms import GiveUpForm
from communications.models import Message
from communications.permissions import Permission
from communications.queries import outbox as queries
from kernel import policy, subjects
from kernel.parse import key
from kernel.policy import page
from kernel.refusals import Invalid, OutOfScope

PATIENT = "patients.patient"


@page(permission=Permission.VIEW_MESSAGES, subject=PATIENT)
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    location = place.current(request)
    if location is None:
        return render(request, "communications/no_place.html", status=403)
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    found = queries.outbox(
        request.actor, location, state, key(before, "before") if before else None
    )
    policy.saw(request, PATIENT, [line.subject_id for line in found.lines], location.pk)
    context = {"found": found, "state": state, "location": location, "current": "outbox"}
    return render(request, "communications/outbox.html", context)


@page(permission=Permission.VIEW_MESSAGES, subject=PATIENT)
@require_safe
def one(request: HttpRequest, message_id: UUID) -> HttpResponse:
    return _shown(request, _message(request, message_id))


@page(act=actions.send_again, subject=PATIENT)
@require_POST
def again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    message = _message(request, message_id)
    actions.send_again(message=message, by=request.actor)
    return _done(request, message, "It goes out again.")


@page(act=actions.say_it_arrived, subject=PATIENT)
@require_POST
def arrived(request: HttpRequest, message_id: UUID) -> HttpResponse:
    message = _message(request, message_id)
    actions.say_it_arrived(message=message, by=request.actor, at=timezone.now())
    return _done(request, message, "Kept: it arrived.")


@page(act=actions.give_up, subject=PATIENT)
@require_http_methods(["POST"])
def drop(request: HttpRequest, message_id: UUID) -> HttpResponse:
    message = _message(request, message_id)
    form = GiveUpForm(request.POST)
    form.is_valid()
    try:
        actions.give_up(
            message=message, reason=form.cleaned_data.get("reason", ""), by=request.actor
        )
    except Invalid as refusal:
        form.add_error("reason" if refusal.field == "reason" else None, str(refusal))
        return _shown(request, message, form, refusal.status)
    return _done(request, message, "It is not sent.")


def _message(request: HttpRequest, message_id: UUID) -> Message:
    rows = Message.objects.visible_to(request.actor).select_related("location", "carried_by")
    found = rows.filter(pk=message_id).first()
    if found is None:
        raise OutOfScope
    policy.saw(request, found.subject_kind, [found.subject_id], found.location_id)
    return found


def _shown(
    request: HttpRequest, message: Message, form: GiveUpForm | None = None, status: int = 200
) -> HttpResponse:
    names = subjects.labels([(message.subject_kind, message.subject_id)], request.actor)
    context = {
        "message": message,
        "to": names.get((message.subject_kind, message.subject_id), "Somebody of another location"),
        "kind": kinds.label(message.kind),
        "history": queries.history(message),
        "form": form or GiveUpForm(),
        "may_send": request.actor.may(Permission.SEND_MESSAGE),
        "tone": queries.TONES[message.state],
    }
    return render(request, "communications/message.html", context, status=status)


def _done(request: HttpRequest, message: Message, text: str) -> HttpResponse:
    if not request.htmx:
        notices.success(request, text)
        return redirect("communications:outbox")
    response = HttpResponse(status=204)
    trigger_client_event(response, "close-drawer", {})
    trigger_client_event(response, "toast", {"text": text, "icon": "send", "undo": ""})
    return trigger_client_event(response, "changed", {"topics": ["messages"]})
