from django.db import models
from django.db.models import Q

from desk.querysets import PartyQuerySet
from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from office.models import Location


class PartyKind(models.TextChoices):
    """Whom the office deals with outside; in the order of the page, emergencies first."""

    EMERGENCY = "emergency", "Emergency"
    LAB = "lab", "Laboratory"
    IMAGING = "imaging", "Imaging"
    PHARMACY = "pharmacy", "Pharmacy"
    REFERRAL = "referral", "Referral source"
    HOSPITAL = "hospital", "Hospital"
    AGENCY = "agency", "Agency"
    PAYER = "payer", "Payer"
    VENDOR = "vendor", "Vendor"
    SERVICE = "service", "Building and repairs"
    OTHER = "other", "Other"


@keep_history
class Party(BaseModel):
    """Somebody outside whom the office calls: a vendor, a lab, a referral source, an emergency number."""

    data_class = DataClass.OPERATIONAL

    kind = models.CharField(max_length=10, choices=PartyKind)
    name = models.CharField(max_length=200)
    contact = models.CharField(max_length=120, blank=True, help_text="The person to ask for.")
    phone = models.CharField(max_length=60, blank=True)
    other_phone = models.CharField(max_length=60, blank=True, help_text="After hours, or direct.")
    fax = models.CharField(max_length=60, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    address = models.CharField(max_length=300, blank=True)
    account_number = models.CharField(max_length=60, blank=True, help_text="Ours with them.")
    notes = models.CharField(max_length=500, blank=True)
    locations = models.ManyToManyField(
        Location, blank=True, related_name="parties", help_text="None: the whole practice."
    )
    search_key = models.CharField(max_length=400, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    undo_token = ""  # given by the act that changed it, for the page that shows the result

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.CheckConstraint(name="party_kind_known", condition=Q(kind__in=PartyKind.values)),
            models.CheckConstraint(name="party_is_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="party_emergency_has_phone", condition=~Q(kind="emergency") | ~Q(phone="")
            ),
            models.UniqueConstraint(
                "kind", "name", name="party_once", condition=Q(retired_at=None)
            ),
        ]  # fmt: skip
        indexes = [models.Index("kind", "name", name="party_by_kind")]

    def __str__(self) -> str:
        return self.name
