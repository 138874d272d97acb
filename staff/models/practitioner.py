from django.db import models
from django.db.models import Q

from kernel.models import BaseModel, DataClass
from office.models import Location, Organization
from staff.models.employee import Employee
from staff.npi import checked_npi
from staff.querysets import PractitionerQuerySet

DOCTORS = {"MD", "DO", "DPM", "DDS", "DMD", "OD", "PhD", "PsyD", "DNP"}


class Practitioner(BaseModel):
    """
    Somebody patients are booked with, or whom records mention (FHIR Practitioner and PractitionerRole).

    Our own are employees and bookable; those from imported files are external, unbookable, and keep
    whatever NPI the file gave.
    """

    data_class = DataClass.OPERATIONAL

    employee = models.OneToOneField(
        Employee, models.PROTECT, null=True, blank=True, related_name="practitioner"
    )
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100, blank=True)
    qualification = models.CharField(max_length=20, blank=True, help_text="MD, DO, NP, PA, RN")
    specialty = models.CharField(max_length=100, blank=True)
    npi = models.CharField("NPI", max_length=20, blank=True)
    locations = models.ManyToManyField(Location, related_name="practitioners", blank=True)
    is_bookable = models.BooleanField(default=True)
    is_external = models.BooleanField(default=False)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="external_practitioner_unbookable",
                condition=Q(is_external=False) | Q(is_bookable=False),
            ),
            models.CheckConstraint(
                name="own_practitioner_is_employee",
                condition=Q(is_external=True) | Q(employee__isnull=False),
            ),
            models.CheckConstraint(
                name="own_npi_ten_digits",
                condition=Q(is_external=True) | Q(npi="") | Q(npi__regex=r"^[12][0-9]{9}$"),
            ),
            models.UniqueConstraint(
                "npi", name="own_npi_once", condition=Q(is_external=False) & ~Q(npi="")
            ),
            models.UniqueConstraint(
                "source",
                "source_id",
                name="practitioner_once_per_source",
                condition=~Q(source_id=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}".rstrip(", ")

    @property
    def short(self) -> str:
        """As a column head: `Osei, A`."""
        return f"{self.family_name}, {self.given_name[:1]}".rstrip(", ")

    @property
    def spoken(self) -> str:
        """As one says it at the desk: `Dr Osei`, `Lena Brandt`."""
        if self.qualification in DOCTORS:
            return f"Dr {self.family_name}"
        return f"{self.given_name} {self.family_name}".strip()

    def clean(self) -> None:
        if not self.is_external and self.npi:
            checked_npi(self.npi)
