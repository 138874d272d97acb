"""Patients as something one can link to and find from anywhere."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from kernel import clock, subjects
from kernel.actors import Actor
from kernel.subjects import Hit, Recipient
from office import queries as office
from patients import queries
from patients.models import Patient
from patients.permissions import Permission
from patients.queries.reaching import recipients


class PatientKind:
    """A patient in the palette: found practice-wide, opened where one works."""

    kind = "patients.patient"
    name = "Patient"
    icon = "user"

    def example(self, actor: Actor) -> str:
        return "smi,joh · 7/14/45" if actor.may(Permission.FIND_PATIENT) else ""

    def labels(self, ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, str]:
        visible = Patient.objects.visible_to(actor).filter(pk__in=list(ids))
        return {patient.pk: str(patient) for patient in visible}

    def visible(self, actor: Actor) -> QuerySet[Any, Any]:
        return Patient.objects.visible_to(actor).values("pk")

    def url(self, subject_id: UUID) -> str:
        return reverse("patients:profile", args=[subject_id])

    def recipients(self, ids: Iterable[UUID]) -> Mapping[UUID, Recipient]:
        return recipients(ids)

    def search(self, text: str, actor: Actor, limit: int) -> list[Hit]:
        today = clock.today(timezone.now(), office.practice_zone())
        found = queries.typeahead(text, actor=actor, location=None, today=today, limit=limit)
        return [
            Hit(self.kind, row.id, row.label, row.detail(today), row.url, self.icon)
            for row in found
        ]


def register() -> None:
    subjects.register(PatientKind())
