from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from office.models import Location
from patients.querysets import PatientQuerySet


class AdministrativeGender(models.TextChoices):
    """FHIR administrative-gender."""

    MALE = "male", "Male"
    FEMALE = "female", "Female"
    OTHER = "other", "Other"
    UNKNOWN = "unknown", "Not known"


@keep_history
class Patient(BaseModel):
    """A person the practice cares for (FHIR Patient, US Core demographics)."""

    data_class = DataClass.PHI

    medical_record_number = models.CharField(max_length=20, unique=True, editable=False)
    family_name = models.CharField(max_length=100, blank=True)
    given_name = models.CharField(max_length=100, blank=True)
    middle_name = models.CharField(max_length=100, blank=True)
    suffix = models.CharField(max_length=20, blank=True)
    preferred_name = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    gender = models.CharField(
        max_length=8, choices=AdministrativeGender, default=AdministrativeGender.UNKNOWN
    )
    birth_sex = models.CharField(
        max_length=8, blank=True, help_text="US Core birth sex: F, M, OTH, UNK, ASKU."
    )
    race = models.CharField(max_length=120, blank=True)
    ethnicity = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=20, blank=True, help_text="BCP 47, such as es or pt-BR.")
    needs_interpreter = models.BooleanField(default=False)
    marital_status = models.CharField(max_length=20, blank=True)
    deceased_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(
        max_length=300, blank=True, help_text="For the desk; shown where one books."
    )
    is_active = models.BooleanField(default=True)
    locations = models.ManyToManyField(Location, through="PatientLocation", related_name="patients")
    source = models.CharField(max_length=300, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    # Compared forms of the names, written by the actions (kernel.text.search_key).
    search_key = models.CharField(max_length=420, editable=False)
    family_key = models.CharField(max_length=110, editable=False)
    given_key = models.CharField(max_length=220, editable=False)

    objects = PatientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="patient_has_a_name", condition=~Q(family_name="") | ~Q(given_name="")
            ),
            models.CheckConstraint(
                name="patient_gender_known", condition=Q(gender__in=AdministrativeGender.values)
            ),
            models.CheckConstraint(
                name="patient_born_in_reason",
                condition=Q(birth_date=None) | Q(birth_date__gte="1850-01-01"),
            ),
            models.CheckConstraint(
                name="patient_died_after_birth",
                condition=Q(deceased_at=None)
                | Q(birth_date=None)
                | Q(deceased_at__date__gte=F("birth_date")),
            ),
        ]
        indexes = [
            GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="patient_search"),
            models.Index(
                OpClass("family_key", name="varchar_pattern_ops"),
                OpClass("given_key", name="varchar_pattern_ops"),
                name="patient_by_name",
            ),
            models.Index(
                OpClass("given_key", name="varchar_pattern_ops"), name="patient_by_given_name"
            ),
            models.Index("birth_date", name="patient_by_birth"),
            models.Index(
                OpClass("medical_record_number", name="varchar_pattern_ops"),
                name="patient_by_chart",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}".rstrip(", ")

    @property
    def is_deceased(self) -> bool:
        return self.deceased_at is not None


class PatientLocation(models.Model):
    """At which sites the patient is known: added by registration and by booking."""

    data_class = DataClass.PHI

    id = models.BigAutoField(primary_key=True)
    patient = models.ForeignKey(Patient, models.CASCADE)
    location = models.ForeignKey(Location, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint("patient", "location", name="patient_location_once")]
        indexes = [models.Index("location", "patient", name="patients_of_location")]

    def __str__(self) -> str:
        return f"patient {self.patient_id} at {self.location_id}"


class PatientIdentifier(models.Model):
    """What another system calls this patient (FHIR Identifier): import finds people again by it."""

    data_class = DataClass.PHI

    id = models.BigAutoField(primary_key=True)
    patient = models.ForeignKey(Patient, models.CASCADE, related_name="identifiers")
    system = models.CharField(max_length=300)
    value = models.CharField(max_length=200)
    kind = models.CharField(
        max_length=20, blank=True, help_text="HL7 v2-0203 code: MR, SS, DL, PPN."
    )

    class Meta:
        constraints = [models.UniqueConstraint("system", "value", name="patient_identifier_once")]

    def __str__(self) -> str:
        return f"{self.kind or 'identifier'} of patient {self.patient_id}"
