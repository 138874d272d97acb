"""“Closed for snow tomorrow”: written once, looked at, sent at a pace, stopped."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import place
from communications import actions
from communications.forms import BroadcastForm
from communications.models import Broadcast
from communications.permissions import Permission
from communications.queries import broadcasts as queries
from kernel import policy
from kernel.policy import page
from kernel.refusals import Invalid, OutOfScope

PATIENT = "patients.patient"


@page(permission=Permission.BROADCAST)
@require_safe
def every(request: HttpRequest) -> HttpResponse:
    mine = Broadcast.objects.visible_to(request.actor).select_related("location")
    found = mine.order_by("-created_at", "-pk")[:50]
    context = {"broadcasts": found, "current": "broadcasts"}
    return render(request, "communications/broadcasts.html", context)


@page(act=actions.prepare_broadcast)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    location = place.current(request)
    if location is None:
        return render(request, "communications/no_place.html", status=403)
    form, status = BroadcastForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.prepare_broadcast(by=request.actor, **form.broadcast(location))
            except Invalid as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
            else:
                return redirect("communications:broadcast", made.pk)
    context = {"form": form, "location": location, "current": "broadcasts"}
    return render(request, "communications/new_broadcast.html", context, status=status)


@page(permission=Permission.BROADCAST, subject=PATIENT)
@require_safe
def one(request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
    return _shown(request, _broadcast(request, broadcast_id))


@page(act=actions.start_broadcast, subject=PATIENT)
@require_POST
def start(request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
    found = _broadcast(request, broadcast_id)
    try:
        actions.start_broadcast(broadcast=found, by=request.actor, at=timezone.now())
    except Invalid as refusal:
        return _shown(request, found, str(refusal), refusal.status)
    return redirect("communications:broadcast", found.pk)


@page(act=actions.stop_broadcast, subject=PATIENT)
@require_POST
def stop(request: HttpRequest, broadcast_id: UUID) -> HttpResponse:
    found = _broadcast(request, broadcast_id)
    try:
        actions.stop_broadcast(broadcast=found, by=request.actor, at=timezone.now())
    except Invalid as refusal:
        return _shown(request, found, str(refusal), refusal.status)
    return redirect("communications:broadcast", found.pk)


def _broadcast(request: HttpRequest, broadcast_id: UUID) -> Broadcast:
    found = Broadcast.objects.visible_to(request.actor).filter(pk=broadcast_id).first()
    if found is None:
        raise OutOfScope
    return found


def _shown(
    request: HttpRequest, found: Broadcast, said: str = "", status: int = 200
) -> HttpResponse:
    shown = queries.look(request.actor, found)
    policy.saw(request, PATIENT, list(shown.shown_ids), found.location_id)
    context = {"broadcast": found, "shown": shown, "said": said, "current": "broadcasts"}
    name = "_broadcast.html" if request.htmx else "broadcast.html"
    return render(request, f"communications/{name}", context, status=status)
