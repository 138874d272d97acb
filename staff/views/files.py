"""One person's file: what it says, and who changes it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel import consequences, panels
from kernel.policy import page
from office.answers import attempt, done, onward
from office.models import Location
from staff import actions
from staff.actions.employees import parting_facts
from staff.forms import EmployeeForm, LastDayForm, PractitionerForm
from staff.models import Employee, Practitioner
from staff.permissions import Permission
from staff.queries import people
from staff.views.answers import EMPLOYEE, colleagues, file_of


def head(request: HttpRequest, employee: Employee, tab: str) -> dict[str, object]:
    """What stands above every tab of a file."""
    actor = request.actor
    return {
        "file": people.employee_file(employee),
        "tab": tab,
        "today": people.practice_today(timezone.now()),
        "is_own": employee.user_id is not None and employee.user_id == actor.id,
        "may_edit": actor.may(Permission.EDIT_EMPLOYEE),
        "may_keep": actor.may(Permission.KEEP_CREDENTIALS),
        "may_decide": actor.may(Permission.DECIDE_TIME_OFF),
    }


@page(permission=Permission.VIEW_FILE, subject=EMPLOYEE)
@require_safe
def file(request: HttpRequest, employee_id: UUID) -> HttpResponse:
    employee = file_of(request, employee_id)
    shown = panels.at("employee.file", request, employee=employee)
    return render(
        request, "staff/file.html", head(request, employee, "overview") | {"panels": shown}
    )


@page(act=actions.hire_employee)
@require_http_methods(["GET", "HEAD", "POST"])
def hire(request: HttpRequest) -> HttpResponse:
    form = EmployeeForm(
        request.POST or None,
        by=request.actor,
        people=colleagues(request),
        hiring=True,
        initial={"hired_date": people.practice_today(timezone.now())},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            employee, status = attempt(
                form,
                lambda: actions.hire_employee(
                    locations=list(form.cleaned_data["locations"]),
                    roles=form.cleaned_data.get("roles", []),
                    by=request.actor,
                    **form.details(),
                ),
            )
            if employee:
                to = reverse("staff:file", args=[employee.pk])
                return onward(request, f"{employee.called} works here now.", to)
    return _form(request, form, status)


@page(act=actions.change_employee, subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, employee_id: UUID) -> HttpResponse:
    employee = file_of(request, employee_id)
    form = EmployeeForm(
        request.POST or None,
        by=request.actor,
        people=colleagues(request).exclude(pk=employee.pk),
        hiring=False,
        initial=_initial(employee),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            changed, status = attempt(
                form,
                lambda: actions.change_employee(
                    employee=employee,
                    version=form.cleaned_data["version"] or 0,
                    locations=_places(request, employee, form.cleaned_data["locations"]),
                    by=request.actor,
                    **form.details(),
                ),
            )
            if changed:
                to = reverse("staff:file", args=[employee.pk])
                return onward(request, f"The file of {changed.called} is changed.", to)
    return _form(request, form, status, employee)


def _form(
    request: HttpRequest, form: EmployeeForm, status: int, employee: Employee | None = None
) -> HttpResponse:
    template = "staff/_employee_form.html" if request.htmx else "staff/employee_form.html"
    context = {"form": form, "employee": employee, "here": request.path}
    return render(request, template, context, status=status)


def _initial(employee: Employee) -> dict[str, object]:
    names = set(EmployeeForm.base_fields) - {"locations", "roles"}
    values: dict[str, object] = {name: getattr(employee, name) for name in names}
    return values | {"locations": employee.locations.all()}


def _places(request: HttpRequest, row: Employee | Practitioner, ticked: object) -> list[Location]:
    """What was ticked, and the locations this reader was not shown: those stay."""
    hidden = [each for each in row.locations.all() if not request.actor.works_at(each)]
    return [*ticked, *hidden]  # type: ignore[misc]


@page(act=(actions.add_practitioner, actions.change_practitioner), subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def practitioner(request: HttpRequest, employee_id: UUID) -> HttpResponse:
    """Make somebody a practitioner, or change what they are."""
    employee = file_of(request, employee_id)
    row = Practitioner.objects.filter(employee=employee).first()
    source = row or employee
    initial = {"locations": source.locations.all()}
    if row:
        names = ("qualification", "specialty", "npi", "is_bookable", "version")
        initial |= {name: getattr(row, name) for name in names}
    form = PractitionerForm(request.POST or None, by=request.actor, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            kept, status = attempt(form, lambda: _keep(request, employee, row, form))
            if kept:
                text = f"{kept.spoken} is kept as practitioner."
                return done(request, text, to=_file_url(employee), topics=[f"staff:{employee.pk}"])
    context = {"form": form, "employee": employee, "row": row, "here": request.path}
    return render(request, "staff/practitioner_form.html", context, status=status)


def _keep(
    request: HttpRequest, employee: Employee, row: Practitioner | None, form: PractitionerForm
) -> Practitioner:
    ticked = form.cleaned_data["locations"]
    if row is None:
        return actions.add_practitioner(
            employee=employee, locations=list(ticked), by=request.actor, **form.details()
        )
    return actions.change_practitioner(
        practitioner=row,
        version=form.cleaned_data["version"] or 0,
        locations=_places(request, row, ticked),
        by=request.actor,
        **form.details(),
    )


@page(act=actions.part_employee, subject=EMPLOYEE)
@require_http_methods(["GET", "HEAD", "POST"])
def last_day(request: HttpRequest, employee_id: UUID) -> HttpResponse:
    """Enter the last day; what hangs on the person is shown before it is done."""
    employee = file_of(request, employee_id)
    form = LastDayForm(request.POST or None, initial={"parted_date": employee.parted_date})
    status, effects = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if form.cleaned_data["previewed"] == form.key():
                parted, status = attempt(form, lambda: _part(request, employee, form))
                if parted:
                    text = f"The last day of {employee.called} is entered."
                    topics = [f"staff:{employee.pk}"]
                    return done(request, text, to=_file_url(employee), topics=topics)
            else:
                facts = parting_facts(employee, form.cleaned_data["parted_date"])
                effects = consequences.preview("staff.parted", by=request.actor, **facts)
                status = 200
    context = {
        "form": form,
        "employee": employee,
        "practitioner": Practitioner.objects.filter(employee=employee).first(),
        "effects": effects,
        "previewed": form.key() if effects is not None else "",
        "here": request.path,
    }
    return render(request, "staff/last_day.html", context, status=status)


def _part(request: HttpRequest, employee: Employee, form: LastDayForm) -> Employee:
    return actions.part_employee(
        employee=employee,
        parted_date=form.cleaned_data["parted_date"],
        reason=form.cleaned_data["reason"],
        by=request.actor,
        at=timezone.now(),
    )


@page(act=actions.keep_employee, subject=EMPLOYEE)
@require_POST
def stays(request: HttpRequest, employee_id: UUID) -> HttpResponse:
    employee = file_of(request, employee_id)
    actions.keep_employee(employee=employee, by=request.actor)
    text = f"{employee.called} stays; the last day is taken back."
    return done(request, text, to=_file_url(employee), topics=[f"staff:{employee.pk}"])


def _file_url(employee: Employee) -> str:
    return reverse("staff:file", args=[employee.pk])
