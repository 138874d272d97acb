"""How to write to patients: their numbers and e-mails in the order they gave, and where they live."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from kernel import text
from kernel.subjects import Recipient
from patients.models import ContactPoint, Patient, PatientAddress

# A number at home or at work may be a landline on a kitchen wall; whoever only has that gets an e-mail or a call.
TEXTED = {ContactPoint.Use.MOBILE, ""}


def recipients(ids: Iterable[UUID]) -> Mapping[UUID, Recipient]:
    """Three queries for all of them."""
    wanted = list(ids)
    ways: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    points = ContactPoint.objects.filter(patient__in=wanted).order_by("rank", "pk")
    for point in points:
        if point.system == ContactPoint.System.EMAIL:
            ways[point.patient_id].append(("email", point.value))
        elif point.use in TEXTED and len(point.digits) >= 10:
            ways[point.patient_id].append(("sms", point.digits))
    homes: dict[UUID, PatientAddress] = {}
    for home in PatientAddress.objects.filter(patient__in=wanted, end_date=None).order_by("pk"):
        homes.setdefault(home.patient_id, home)
    return {
        patient.pk: _recipient(patient, ways[patient.pk], homes.get(patient.pk))
        for patient in Patient.objects.filter(pk__in=wanted)
    }


def _recipient(
    patient: Patient, ways: list[tuple[str, str]], home: PatientAddress | None
) -> Recipient:
    letter = [("letter", str(home))] if home and home.line else []
    closed = "" if patient.is_active else "The record is closed."
    return Recipient(
        patient.pk,
        patient.preferred_name or patient.given_name or patient.family_name,
        (patient.language or "en").partition("-")[0] or "en",
        (*ways, *letter),
        household=text.search_key(f"{home.line} {home.postal_code}") if home else "",
        closed="The patient has died." if patient.is_deceased else closed,
    )
