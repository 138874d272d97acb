"""Time off: what waits for a decision, what it would hit, and who is away when."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.consequences import Effect
from kernel.policy import page, saw
from office.answers import attempt, done
from office.fields import ReasonForm
from staff import actions
from staff.forms import EnterForm
from staff.models import EmployeeTime
from staff.permissions import Permission
from staff.queries import away, leave
from staff.views.answers import EMPLOYEE, colleagues, file_of, time_of
from staff.views.files import head

TOPIC = "staff.out"
AHEAD_DAYS = 14


@page(permission=Permission.VIEW_DIRECTORY, subject=EMPLOYEE)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Requests to decide, and who is away in the next two weeks."""
    now = timezone.now()
    waiting = leave.requests_to_decide(request.actor)
    coming = away.away_in(request.actor, now, AHEAD_DAYS)
    saw(request, EMPLOYEE, [each.employee.pk for each in waiting])
    context = {
        "waiting": waiting,
        "coming": coming,
        "may_decide": request.actor.may(Permission.DECIDE_TIME_OFF),
        "current": "time_off",
        "here": request.path,
        "topic": TOPIC,
    }
    template = "staff/_time_off_board.html" if request.htmx else "staff/time_off_board.html"
    return render(request, template, context)


@page(permission=Permission.VIEW_FILE, subject=EMPLOYEE)
@require_safe
def of_employee(request: HttpRequest, employee_id: UUID) -> HttpResponse:
    employee = file_of(request, employee_id)
    context = head(request, employee, "time_off") | {
        "leaves": leave.leaves_of(employee, timezone.now()),
        "here": request.path,
        "topic": TOPIC,
    }
    template = "staff/_time_off.html" if request.htmx else "staff/time_off.html"
    return render(request, template, context)


@page(act=actions.enter_time_off, subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Leave that is agreed on. What it hits is shown first, and again when the form has changed."""
    form = EnterForm(
        request.POST or None,
        people=colleagues(request),
        initial={"employee": request.GET.get("employee", "")},
    )
    status, effects = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if form.cleaned_data["previewed"] == form.key():
                time, status = attempt(form, lambda: _enter(request, form))
                if time:
                    text = f"{time.employee.called} is away {leave.span_of(time)}."
                    return _done(request, time, text)
            else:
                status, effects = 200, _effects(request, form)
    context = {
        "form": form,
        "effects": effects,
        "previewed": form.key() if effects is not None else "",
        "span": form.span() if effects is not None else "",
        "here": reverse("staff:enter_time_off"),
    }
    return render(request, "staff/enter_time_off.html", context, status=status)


def _enter(request: HttpRequest, form: EnterForm) -> EmployeeTime:
    return actions.enter_time_off(
        employee=form.cleaned_data["employee"],
        by=request.actor,
        at=timezone.now(),
        **form.leave(),
    )


def _effects(request: HttpRequest, form: EnterForm) -> list[Effect]:
    effects = actions.preview_time_off(
        employee=form.cleaned_data["employee"],
        period=form.cleaned_data["period"],
        by=request.actor,
    )
    return _seen(request, effects)


def _seen(request: HttpRequest, effects: list[Effect]) -> list[Effect]:
    """A preview shows visits, so it is a look at their patients."""
    for effect in effects:
        if effect.subject_ids:
            saw(request, effect.subject_kind, list(effect.subject_ids))
    return effects


@page(permission=Permission.REQUEST_TIME_OFF, subject=EMPLOYEE)
@require_safe
def one(request: HttpRequest, time_id: UUID) -> HttpResponse:
    """One leave: what it is, what approving it would hit, and what one may do with it."""
    return _one(request, time_of(request, time_id))


def _one(
    request: HttpRequest, time: EmployeeTime, form: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    shown = leave.leave_page(request.actor, time, now)
    context = {
        "shown": shown,
        "effects": _seen(request, _hits(request, time)) if shown.may_decide else [],
        "form": form or ReasonForm(),
        "here": reverse("staff:time", args=[time.pk]),
    }
    return render(request, "staff/time.html", context, status=status)


def _hits(request: HttpRequest, time: EmployeeTime) -> list[Effect]:
    return actions.preview_time_off(
        employee=time.employee, period=time.period, by=request.actor, time=time
    )


@page(act=actions.approve_time_off, subject=EMPLOYEE)
@require_POST
def approve(request: HttpRequest, time_id: UUID) -> HttpResponse:
    """From the list (`unseen`) by one click, unless something hangs on it: then that is shown first."""
    time = time_of(request, time_id)
    if request.POST.get("unseen") and any(effect.count for effect in _hits(request, time)):
        return _one(request, time)
    form = ReasonForm({}, required=False)
    form.is_valid()
    decided, status = attempt(
        form, lambda: actions.approve_time_off(time=time, by=request.actor, at=timezone.now())
    )
    if decided is None:
        return _one(request, time_of(request, time_id), form, status)
    return _done(request, decided, f"{decided.employee.called} is away {leave.span_of(decided)}.")


@page(act=actions.decline_time_off, subject=EMPLOYEE)
@require_POST
def decline(request: HttpRequest, time_id: UUID) -> HttpResponse:
    time = time_of(request, time_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _one(request, time, form, 422)
    reason = form.cleaned_data["reason"]
    decided, status = attempt(
        form,
        lambda: actions.decline_time_off(
            time=time, reason=reason, by=request.actor, at=timezone.now()
        ),
    )
    if decided is None:
        return _one(request, time_of(request, time_id), form, status)
    return _done(
        request, decided, f"Declined: {decided.employee.called}, {leave.span_of(decided)}.", "ban"
    )


@page(act=actions.cancel_time_off, subject=EMPLOYEE)
@require_POST
def cancel(request: HttpRequest, time_id: UUID) -> HttpResponse:
    time = time_of(request, time_id)
    form = ReasonForm(request.POST, required=False)
    if not form.is_valid():
        return _one(request, time, form, 422)
    reason = form.cleaned_data["reason"]
    given_back, status = attempt(
        form,
        lambda: actions.cancel_time_off(
            time=time, reason=reason, by=request.actor, at=timezone.now()
        ),
    )
    if given_back is None:
        return _one(request, time_of(request, time_id), form, status)
    text = f"Canceled: {given_back.employee.called}, {leave.span_of(given_back)}."
    return _done(request, given_back, text, "calendar-off")


def _done(request: HttpRequest, time: EmployeeTime, text: str, icon: str = "check") -> HttpResponse:
    """Back to where one decides, or to one's own time."""
    decides = request.actor.may(Permission.DECIDE_TIME_OFF)
    to = reverse("staff:time_off" if decides else "staff:my_time_off")
    return done(request, text, to=to, undo=time.undo_token, topics=[TOPIC], icon=icon)
