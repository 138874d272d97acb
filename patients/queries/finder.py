"""What the finder tells of a patient, and how several searches become one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.urls import reverse

from kernel.actors import Actor
from kernel.templatetags.house import dob
from patients.models import ContactPoint, Patient, PatientLocation
from patients.permissions import Permission

LOOKED_AT = 200  # candidates of each search
SHOWN = (
    "family_name",
    "given_name",
    "middle_name",
    "preferred_name",
    "birth_date",
    "gender",
    "medical_record_number",
)


@dataclass(frozen=True)
class Found:
    """One patient of a search, with what tells them from their namesakes."""

    id: UUID
    family: str
    given: str
    preferred: str
    born: date | None
    chart: str
    is_mine: bool  # known where the actor works; of others the finder tells nothing more
    sex: str = ""
    phone: str = ""

    @property
    def label(self) -> str:
        called = f" ({self.preferred})" if self.preferred else ""
        return f"{self.family.upper()}, {self.given}".strip(", ") + called

    @property
    def url(self) -> str:
        """Where this row leads: the profile, or the page that adds the patient to a location."""
        return reverse(f"patients:{'profile' if self.is_mine else 'elsewhere'}", args=[self.id])

    def detail(self, today: date) -> str:
        """The line under the name: enough to tell two of one name apart."""
        parts = [dob(self.born, today), self.sex, f"Chart {self.chart}", self.phone]
        return " · ".join(part for part in parts if part)


def finder_rows(ids: Sequence[UUID], *, actor: Actor) -> list[Found]:
    """The same rows for known ids, in the order given: recently opened, just registered."""
    rows = for_finder(Patient.objects.findable_by(actor).filter(pk__in=ids), actor)
    by_id = {patient.pk: found(patient) for patient in rows}
    return [by_id[each] for each in ids if each in by_id]


def for_finder(patients: QuerySet[Patient], actor: Actor) -> QuerySet[Patient]:
    """With what a row shows: whether the actor works where the patient is known, and the first phone."""
    phones = ContactPoint.objects.filter(patient=OuterRef("pk"), system="phone")
    everywhere = ExpressionWrapper(Value(True), output_field=BooleanField())
    mine: Combinable = everywhere if actor.grants.everything else known_at(open_at(actor))
    return patients.annotate(
        is_mine=mine, phone=Subquery(phones.order_by("rank", "id").values("value")[:1])
    ).only(*SHOWN)


def found(patient: Any) -> Found:
    """A row of `for_finder`; what the actor has no right to is left empty here, once for all."""
    return Found(
        id=patient.pk,
        family=patient.family_name,
        given=f"{patient.given_name} {patient.middle_name}".strip(),
        preferred=patient.preferred_name,
        born=patient.birth_date,
        chart=patient.medical_record_number,
        is_mine=patient.is_mine,
        sex=patient.get_gender_display() if patient.is_mine else "",
        phone=(patient.phone or "") if patient.is_mine else "",
    )


def any_of(ways: Sequence[QuerySet[Any]]) -> QuerySet[Any]:
    """
    The ids of several searches, each by its own index and each cut off.

    Joined by OR they would cost a look at every patient; as a union each branch stops at its limit. A
    prefix comes out of its index in order, so what is cut off is the far end of the alphabet.
    """
    ids = [way.order_by().values("pk")[:LOOKED_AT] for way in ways]
    return ids[0].union(*ids[1:]) if len(ids) > 1 else ids[0]


def with_phone(digits: str) -> QuerySet[Any]:
    """Ids of patients with these digits in a phone number."""
    contacts = ContactPoint.objects.filter(digits__contains=digits)
    return contacts.order_by().values("patient")[:LOOKED_AT]


def open_at(actor: Actor) -> list[UUID]:
    """Where this actor may open patients; to somebody who only finds them, none is theirs."""
    return sorted(actor.grants.locations) if actor.may(Permission.VIEW_PATIENT) else []


def known_at(locations: Sequence[UUID]) -> Exists:
    return Exists(
        PatientLocation.objects.filter(patient=OuterRef("pk"), location__in=list(locations))
    )
