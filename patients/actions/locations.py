"""At which sites a patient is known."""

from uuid import UUID

from kernel.actors import Actor
from kernel.acts import act
from office.models import Location
from patients.actions import checks
from patients.models import Patient, PatientLocation
from patients.permissions import Permission


def add_patient_location(*, patient_id: UUID, location_id: UUID) -> None:
    """
    Make a patient known at a location, if they are not yet: one statement, harmless when repeated.

    For use inside another act (registering, booking), whose audit event tells of it.
    """
    PatientLocation.objects.bulk_create(
        [PatientLocation(patient_id=patient_id, location_id=location_id)], ignore_conflicts=True
    )


@act(permission=Permission.REGISTER_PATIENT, scope=lambda asked: asked["location"])
def bring_patient_here(*, patient: Patient, location: Location, by: Actor) -> Patient:
    """Make a patient of another site known here too; from now on people who work here may open the chart."""
    add_patient_location(patient_id=patient.pk, location_id=location.pk)
    checks.wrote(patient)
    return patient
