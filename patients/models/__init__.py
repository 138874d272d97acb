from patients.models.contact import ContactPoint, PatientAddress
from patients.models.encounter import Encounter, EncounterEvent
from patients.models.patient import Patient, PatientIdentifier, PatientLocation
from patients.models.related import RelatedPerson

__all__ = [
    "ContactPoint",
    "Encounter",
    "EncounterEvent",
    "Patient",
    "PatientAddress",
    "PatientIdentifier",
    "PatientLocation",
    "RelatedPerson",
]
