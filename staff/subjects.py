"""The people as things one can find and link to."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from kernel import subjects
from kernel.actors import Actor
from kernel.subjects import Hit
from staff.models import Employee, Practitioner
from staff.queries.people import opens_file


class EmployeeKind:
    """Everybody in the directory; it opens the file for those who may, else their line of the directory."""

    kind = "staff.employee"
    name = "Colleague"
    icon = "id-badge-2"

    def labels(self, ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, str]:
        found = Employee.objects.listed_for(actor).filter(pk__in=list(ids))
        return {each.pk: str(each) for each in found}

    def visible(self, actor: Actor) -> QuerySet[Any, Any]:
        return Employee.objects.visible_to(actor).values("pk")

    def url(self, subject_id: UUID) -> str:
        return reverse("staff:file", args=[subject_id])

    def search(self, text: str, actor: Actor, limit: int) -> list[Hit]:
        found = (
            Employee.objects.listed_for(actor)
            .filter(parted_date=None)
            .matching(text)
            .select_related("supervisor")
            .order_by("family_name", "given_name", "pk")
        )
        return [self._hit(each, actor) for each in found[:limit]]

    def _hit(self, employee: Employee, actor: Actor) -> Hit:
        url = self.url(employee.pk)
        if not opens_file(actor, employee):
            url = f"{reverse('staff:directory')}?{urlencode({'q': employee.called})}"
        return Hit(self.kind, employee.pk, str(employee), employee.position, url, self.icon)


class PractitionerKind:
    """Who sees patients. They are found as employees; here are their names, for audit and tasks."""

    kind = "staff.practitioner"
    name = "Practitioner"
    icon = "stethoscope"

    def labels(self, ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, str]:
        found = Practitioner.objects.visible_to(actor).filter(pk__in=list(ids))
        return {each.pk: str(each) for each in found}

    def url(self, subject_id: UUID) -> str:
        own = Practitioner.objects.filter(pk=subject_id).exclude(employee=None).first()
        if own is None or own.employee_id is None:
            return reverse("staff:directory")
        return reverse("staff:file", args=[own.employee_id])

    def search(self, text: str, actor: Actor, limit: int) -> list[Hit]:
        return []


subjects.register(EmployeeKind())
subjects.register(PractitionerKind())
