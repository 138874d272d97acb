"""My time: one's own leave, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kernel.policy import page, saw
from kernel.refusals import Refusal
from office.answers import attempt, done
from staff import actions
from staff.forms import RequestForm
from staff.models import Employee
from staff.permissions import Permission
from staff.queries import away, leave
from staff.views.answers import EMPLOYEE
from staff.views.time_off import TOPIC


def _me(request: HttpRequest) -> Employee | None:
    return Employee.objects.filter(user=request.actor.id).first() if request.actor.id else None


@page(permission=Permission.REQUEST_TIME_OFF, subject=EMPLOYEE)
@require_safe
def my_time_off(request: HttpRequest) -> HttpResponse:
    me = _me(request)
    leaves = leave.leaves_of(me, timezone.now()) if me else []
    if me:
        saw(request, EMPLOYEE, [me.pk])
    context = {
        "me": me,
        "ahead": [each for each in reversed(leaves) if not each.is_over],
        "over": [each for each in leaves if each.is_over],
        "here": request.path,
        "topic": TOPIC,
    }
    template = "staff/_my_time_off.html" if request.htmx else "staff/my_time_off.html"
    return render(request, template, context)


@page(act=actions.request_time_off, subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for time off for oneself."""
    me = _me(request)
    if me is None:
        raise Refusal("You are not entered as an employee. HR or the practice manager can do that.")
    form = RequestForm(request.POST or None, zone=away.zone_for(me))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            time, status = attempt(
                form,
                lambda: actions.request_time_off(employee=me, by=request.actor, **form.leave()),
            )
            if time:
                text = f"Asked for {leave.span_of(time)}."
                return done(request, text, to=reverse("staff:my_time_off"), topics=[TOPIC])
    context = {"form": form, "here": request.path}
    return render(request, "staff/ask_time_off.html", context, status=status)
