"""The page behind a link in a message: it shows, and only a press on a button does something."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kernel.policy import public
from kernel.refusals import Refusal
from portal import answering

WHY = "whoever holds the link of a message may answer that message; the link carries a seal"


@public(reason=WHY)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the visit and three buttons; programs that open links to look at them change nothing."""
    door = answering.open_door(token, timezone.now())
    if door is None:
        raise Http404
    said, status = "", 200
    if request.method == "POST":
        said, status = _take(door, request.POST)
        door = answering.open_door(token, timezone.now()) or door
    response = render(request, "portal/answer.html", {"door": door, "said": said}, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _take(door: answering.Door, posted: Any) -> tuple[str, int]:
    try:
        answering.take(door, posted.get("answer", ""), posted.get("late", ""), timezone.now())
    except Refusal as refusal:
        return str(refusal), refusal.status
    return "", 200
