from django.db import models
from django.db.models import F, Q

from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from staff.models.employee import Employee
from staff.querysets import CredentialQuerySet


class CredentialKind(models.TextChoices):
    LICENSE = "license", "State license"
    DEA = "dea", "DEA registration"
    BOARD = "board", "Board certification"
    LIFE_SUPPORT = "life-support", "Basic life support"
    MALPRACTICE = "malpractice", "Malpractice cover"
    PAYER = "payer", "Payer enrollment"
    CAQH = "caqh", "CAQH attestation"
    OTHER = "other", "Other certificate"


SPOKEN: dict[str, str] = {CredentialKind.LICENSE: "license"}


@keep_history
class Credential(BaseModel):
    """A licence, registration or certificate of one person, and the first day it no longer holds."""

    data_class = DataClass.PERSONNEL

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=14, choices=CredentialKind)
    name = models.CharField(max_length=120, blank=True)
    number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=2, blank=True)
    issued_date = models.DateField(null=True, blank=True)
    expires_date = models.DateField(
        null=True, blank=True, help_text="The first day on which it no longer holds."
    )
    is_required = models.BooleanField(
        default=False, help_text="Without it nobody is booked with this person."
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="credential_kind_known", condition=Q(kind__in=CredentialKind.values)
            ),
            models.CheckConstraint(
                name="credential_expires_after_issue",
                condition=Q(issued_date=None)
                | Q(expires_date=None)
                | Q(expires_date__gt=F("issued_date")),
            ),
            models.CheckConstraint(
                name="credential_void_has_reason",
                condition=Q(voided_at=None, void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
            ),
        ]
        indexes = [
            models.Index("expires_date", name="credential_by_expiry", condition=Q(voided_at=None))
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()

    @property
    def spoken(self) -> str:
        """In the middle of a sentence: `license`, `DEA registration`, `ACLS`."""
        return self.name or SPOKEN.get(self.kind, self.get_kind_display())

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None
