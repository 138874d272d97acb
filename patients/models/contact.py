from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from patients.models.patient import Patient


@keep_history
class ContactPoint(BaseModel):
    """A phone number or e-mail of a patient (FHIR ContactPoint), kept as given."""

    data_class = DataClass.PHI

    class System(models.TextChoices):
        PHONE = "phone", "Phone"
        EMAIL = "email", "E-mail"

    class Use(models.TextChoices):
        MOBILE = "mobile", "Mobile"
        HOME = "home", "Home"
        WORK = "work", "Work"

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="contact_points")
    system = models.CharField(max_length=8, choices=System)
    use = models.CharField(max_length=8, choices=Use, blank=True)
    value = models.CharField(max_length=254)
    digits = models.CharField(max_length=40, blank=True, editable=False)
    rank = models.PositiveSmallIntegerField(default=1, help_text="1 is asked first.")
    is_verified = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("patient", "system", "value", name="contact_point_once"),
            models.CheckConstraint(
                name="contact_point_system_known", condition=Q(system__in=["phone", "email"])
            ),
            models.CheckConstraint(name="contact_point_ranked", condition=Q(rank__gte=1)),
        ]
        indexes = [GinIndex(OpClass("digits", name="gin_trgm_ops"), name="contact_by_digits")]


@keep_history
class PatientAddress(BaseModel):
    """Where a patient lives (FHIR Address), with the time it held."""

    data_class = DataClass.PHI

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="addresses")
    use = models.CharField(max_length=8, default="home")
    line = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=40, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="US")
    start_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="address_forward",
                condition=Q(start_date=None) | Q(end_date=None) | Q(end_date__gte=F("start_date")),
            ),
            models.UniqueConstraint(
                "patient", "use", name="address_current_once_per_use", condition=Q(end_date=None)
            ),
        ]

    def __str__(self) -> str:
        where = " ".join(part for part in (self.state, self.postal_code) if part)
        return ", ".join(part for part in (self.line, self.city, where) if part)
