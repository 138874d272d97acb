from django.db import models
from django.db.models import F, Q

from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from patients.models.patient import Patient


@keep_history
class RelatedPerson(BaseModel):
    """Family and others who matter to a patient (FHIR RelatedPerson): who, how related, how to reach."""

    data_class = DataClass.PHI

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="related_persons")
    other_patient = models.ForeignKey(
        Patient,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="related_as",
        help_text="If a patient too.",
    )
    relationship = models.CharField(max_length=40, help_text="mother, husband, guardian")
    family_name = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    is_emergency_contact = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    source = models.CharField(max_length=300, blank=True, editable=False)
    source_id = models.CharField(max_length=200, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="related_person_not_oneself",
                condition=Q(other_patient=None) | ~Q(other_patient=F("patient")),
            ),
            models.CheckConstraint(
                name="related_person_has_a_name",
                condition=Q(other_patient__isnull=False) | ~Q(family_name="") | ~Q(given_name=""),
            ),
            models.UniqueConstraint(
                "source",
                "source_id",
                name="related_person_once_per_source",
                condition=~Q(source_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()
