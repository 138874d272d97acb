"""How a form's page tries an act and answers: the same in every room."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from kernel.refusals import Forbidden, Invalid, OutOfScope, Refusal, StaleVersion


def attempt(form: forms.Form, act: Callable[[], Any]) -> tuple[Any, int]:
    """What the act returned; or None, the form saying why, and the status of the refusal."""
    try:
        return act(), 200
    except (Forbidden, OutOfScope):
        raise
    except StaleVersion as stale:
        form.overtaken_by(stale.theirs)  # type: ignore[attr-defined]
        return None, stale.status
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return None, refusal.status
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None, refusal.status


def done(
    request: HttpRequest,
    text: str,
    *,
    to: str,
    undo: str = "",
    topics: Iterable[str] = (),
    icon: str = "check",
) -> HttpResponse:
    """In a drawer: it closes, the toast stands, regions fetch themselves. On a page: on to `to`."""
    if not request.htmx:  # type: ignore[attr-defined]
        messages.success(request, text)
        return redirect(to)
    said = {"text": text, "icon": icon, "undo": reverse("undo", args=[undo]) if undo else ""}
    response = HttpResponse(status=204)
    trigger_client_event(response, "close-drawer", {})
    trigger_client_event(response, "toast", said)
    return trigger_client_event(response, "changed", {"topics": list(topics)})


def onward(request: HttpRequest, text: str, to: str) -> HttpResponse:
    """From a form that is a page of its own to the page of what it made."""
    messages.success(request, text)
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)  # type: ignore[attr-defined]
