"""How a page of this room loads what it is about, tries an act, and answers."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from kernel import policy
from kernel.refusals import Forbidden, Invalid, OutOfScope, Refusal, StaleVersion
from staff.models import Credential, Employee, EmployeeTime
from staff.queries import people

EMPLOYEE = "staff.employee"
CLOSED_FILE = (
    "A personnel file opens for the person, their supervisor, HR and the practice manager."
)


def file_of(request: HttpRequest, employee_id: UUID) -> Employee:
    """
    The person whose file is opened; the look is recorded.

    :raises Forbidden: they stand in the directory, but their file is not for this reader
    """
    found = Employee.objects.visible_to(request.actor).select_related("supervisor", "user")
    employee = found.filter(pk=employee_id).first()
    if employee is None:
        is_listed = Employee.objects.listed_for(request.actor).filter(pk=employee_id).exists()
        raise Forbidden(CLOSED_FILE) if is_listed else OutOfScope
    policy.saw(request, EMPLOYEE, [employee.pk])
    return employee


def credential_of(request: HttpRequest, credential_id: UUID) -> Credential:
    found = Credential.objects.visible_to(request.actor).select_related("employee")
    return _looked_at(request, found.filter(pk=credential_id).first())


def time_of(request: HttpRequest, time_id: UUID) -> EmployeeTime:
    found = EmployeeTime.objects.visible_to(request.actor).leave().select_related("employee")
    return _looked_at(request, found.filter(pk=time_id).first())


def _looked_at(request: HttpRequest, row: Any) -> Any:
    if row is None:
        raise OutOfScope
    policy.saw(request, EMPLOYEE, [row.employee_id])
    return row


def colleagues(request: HttpRequest) -> QuerySet[Employee]:
    """Who works here now and whose file the reader may open, for a choice."""
    today = people.practice_today(timezone.now())
    seen = Employee.objects.visible_to(request.actor).working(today)
    return seen.order_by("family_name", "given_name", "pk")


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
    if not request.htmx:
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
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)
