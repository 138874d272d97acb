"""Licenses and certificates: of one person, and of everybody whose papers lapse."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kernel.policy import page, saw
from office.answers import attempt, done
from office.fields import ReasonForm
from staff import actions
from staff.forms import CredentialForm, RenewForm
from staff.models import Employee
from staff.permissions import Permission
from staff.queries import credentials, people
from staff.views.answers import EMPLOYEE, credential_of, file_of
from staff.views.files import head

TOPIC = "staff.credentials"


@page(permission=Permission.VIEW_FILE, subject=EMPLOYEE)
@require_safe
def lapsing(request: HttpRequest) -> HttpResponse:
    """What has expired or will within 90 days, of the people whose file one may open."""
    today = people.practice_today(timezone.now())
    found = credentials.expiring_credentials(request.actor, today)
    saw(request, EMPLOYEE, [each.employee.pk for each in found])
    context = {
        "lapses": found,
        "may_keep": request.actor.may(Permission.KEEP_CREDENTIALS),
        "current": "lapsing",
        "here": request.path,
        "topic": TOPIC,
    }
    template = "staff/_lapses.html" if request.htmx else "staff/lapses.html"
    return render(request, template, context)


@page(permission=Permission.VIEW_FILE, subject=EMPLOYEE)
@require_safe
def of_employee(request: HttpRequest, employee_id: UUID) -> HttpResponse:
    employee = file_of(request, employee_id)
    today = people.practice_today(timezone.now())
    context = head(request, employee, "credentials") | {
        "lines": credentials.of_employee(employee, today),
        "here": request.path,
        "topic": TOPIC,
    }
    template = "staff/_credentials.html" if request.htmx else "staff/credentials.html"
    return render(request, template, context)


@page(act=actions.add_credential, subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, employee_id: UUID) -> HttpResponse:
    employee = file_of(request, employee_id)
    form = CredentialForm(request.POST or None)

    def act() -> Any:
        return actions.add_credential(employee=employee, by=request.actor, **form.details())

    return _drawer(request, employee, form, act, "Add a credential", "Add", "is added")


@page(act=actions.renew_credential, subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    row = credential_of(request, credential_id)
    form = RenewForm(request.POST or None, initial={"version": row.version})

    def act() -> Any:
        version = form.cleaned_data["version"] or 0
        return actions.renew_credential(
            credential=row, version=version, by=request.actor, **form.details()
        )

    return _drawer(request, row.employee, form, act, f"Renew: {row}", "Renew", "is renewed", row)


@page(act=actions.change_credential, subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    row = credential_of(request, credential_id)
    initial = {name: getattr(row, name) for name in CredentialForm.base_fields}
    form = CredentialForm(request.POST or None, initial=initial)

    def act() -> Any:
        version = form.cleaned_data["version"] or 0
        return actions.change_credential(
            credential=row, version=version, by=request.actor, **form.details()
        )

    return _drawer(
        request, row.employee, form, act, f"Correct: {row}", "Correct", "is corrected", row
    )


@page(act=actions.void_credential, subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def void(request: HttpRequest, credential_id: UUID) -> HttpResponse:
    row = credential_of(request, credential_id)
    form = ReasonForm(request.POST or None)

    def act() -> Any:
        reason = form.cleaned_data["reason"]
        return actions.void_credential(
            credential=row, reason=reason, by=request.actor, at=timezone.now()
        )

    return _drawer(request, row.employee, form, act, f"Void: {row}", "Void", "is voided", row)


def _drawer(
    request: HttpRequest,
    employee: Employee,
    form: forms.Form,
    act: Callable[[], Any],
    title: str,
    verb: str,
    says: str,
    credential: Any = None,
) -> HttpResponse:
    """The same three steps for each: the form, one act, the toast."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            kept, status = attempt(form, act)
            if kept:
                text = f"The {kept.spoken} of {employee.called} {says}."
                to = reverse("staff:credentials", args=[employee.pk])
                return done(request, text, to=to, topics=[TOPIC], icon="certificate")
    context = {
        "form": form,
        "employee": employee,
        "credential": credential,
        "title": title,
        "verb": verb,
        "here": request.path,
    }
    return render(request, "staff/credential_form.html", context, status=status)
