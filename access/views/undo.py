"""The way back from an act."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from access.views.me import back_to
from kernel import undo
from kernel.policy import page
from kernel.refusals import Refusal


@page()
@require_POST
def take_back(request: HttpRequest, token: str) -> HttpResponse:
    """Undo one's own act: nothing to show, or why it cannot be undone."""
    is_fragment = bool(request.headers.get("HX-Request"))
    try:
        undo.take(token, by=request.actor)
    except Refusal as refusal:
        if is_fragment:
            toast = {"text": str(refusal), "icon": "alert-circle", "tone": "act"}
            return render(request, "components/toast.html", {"toast": toast}, status=409)
        messages.error(request, str(refusal))
        return redirect(back_to(request))
    return HttpResponse(status=204) if is_fragment else redirect(back_to(request))
