from django.db import models
from django.db.models import Q

from kernel.models import BaseModel, DataClass
from office.models.places import RoomKind


class AppointmentType(BaseModel):
    """A kind of visit and what it needs (FHIR HealthcareService and appointmentType)."""

    data_class = DataClass.OPERATIONAL

    name = models.CharField(max_length=80, unique=True)
    minutes = models.PositiveSmallIntegerField(default=20)
    color = models.CharField(max_length=7, default="#6B7280", help_text="For “color by type”.")
    needs_practitioner = models.BooleanField(default=True)
    room_kind = models.CharField(
        max_length=12, choices=RoomKind, blank=True, help_text="Any free room of it."
    )
    device_kind = models.CharField(max_length=40, blank=True, help_text="Any free device of it.")
    is_telehealth = models.BooleanField(default=False)
    overbook_cap = models.PositiveSmallIntegerField(
        default=1, help_text="How many may stand beside one visit."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "visit type"
        constraints = [
            models.CheckConstraint(
                name="appointment_type_minutes", condition=Q(minutes__gte=5, minutes__lte=480)
            ),
            models.CheckConstraint(name="appointment_type_cap", condition=Q(overbook_cap__lte=3)),
            models.CheckConstraint(
                name="telehealth_needs_no_room", condition=Q(is_telehealth=False) | Q(room_kind="")
            ),
        ]

    def __str__(self) -> str:
        return self.name
