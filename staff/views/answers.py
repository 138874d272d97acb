"""How a page of this room loads what it is about."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from kernel import policy
from kernel.refusals import Forbidden, OutOfScope
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
