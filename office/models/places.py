from django.db import models
from django.db.models import Q

from kernel.models import BaseModel, DataClass
from office.models.external import Organization
from office.models.practice import known_zone
from office.querysets import LocationQuerySet, PlacedQuerySet


class Location(BaseModel):
    """A site of the practice (FHIR Location); or, with `organization`, one elsewhere that records mention."""

    data_class = DataClass.OPERATIONAL

    name = models.CharField(max_length=200)
    code = models.CharField(max_length=12, blank=True, help_text="Short name for lists and cards.")
    zone = models.CharField(max_length=64, validators=[known_zone])
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    is_external = models.BooleanField(
        default=False, help_text="Imported, not ours: nobody is booked there."
    )
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True)
    source = models.CharField(max_length=300, blank=True)
    source_id = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    objects = LocationQuerySet.as_manager()

    class Meta:
        permissions = [("work_at", "Work at this location")]
        constraints = [
            models.UniqueConstraint(
                "name", name="own_location_name_once", condition=Q(is_external=False)
            ),
            models.UniqueConstraint(
                "source", "source_id", name="location_once_per_source", condition=~Q(source_id="")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RoomKind(models.TextChoices):
    EXAM = "exam", "Exam room"
    PROCEDURE = "procedure", "Procedure room"
    LAB = "lab", "Lab"
    IMAGING = "imaging", "Imaging"
    CONSULT = "consult", "Consultation room"


class Room(BaseModel):
    """A room one patient at a time is in (FHIR Location, physical type ro)."""

    data_class = DataClass.OPERATIONAL

    location = models.ForeignKey(Location, models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=RoomKind, default=RoomKind.EXAM)
    is_active = models.BooleanField(default=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("location", "name", name="room_name_once_per_location"),
            models.CheckConstraint(name="room_kind_known", condition=Q(kind__in=RoomKind.values)),
        ]

    def __str__(self) -> str:
        return self.name


class Device(BaseModel):
    """A thing visits share: an ultrasound, an ECG cart (FHIR Device)."""

    data_class = DataClass.OPERATIONAL

    location = models.ForeignKey(Location, models.PROTECT, related_name="devices")
    name = models.CharField(max_length=80)
    kind = models.CharField(
        max_length=40, help_text="Visit types ask for a kind; any free one is taken."
    )
    is_active = models.BooleanField(default=True)

    objects = PlacedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("location", "name", name="device_name_once_per_location")
        ]

    def __str__(self) -> str:
        return self.name
