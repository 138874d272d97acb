"""Where a patient is known: added by registration and by booking, inside their acts."""

from uuid import UUID

from patients.models import PatientLocation


def add_patient_location(*, patient_id: UUID, location_id: UUID) -> None:
    """One statement, nothing where the patient is known there already."""
    PatientLocation.objects.bulk_create(
        [PatientLocation(patient_id=patient_id, location_id=location_id)], ignore_conflicts=True
    )
