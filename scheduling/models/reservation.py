from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from kernel.models import BaseModel, DataClass
from office.models import Location
from scheduling.models.appointment import Appointment
from scheduling.querysets import ReservationQuerySet


class ResourceKind(models.TextChoices):
    PRACTITIONER = "practitioner", "Practitioner"
    ROOM = "room", "Room"
    DEVICE = "device", "Device"
    PATIENT = "patient", "Patient"


class Hold(BaseModel):
    """Time kept for a moment while somebody books or a patient decides; swept when it has lapsed."""

    data_class = DataClass.OPERATIONAL

    location = models.ForeignKey(Location, models.PROTECT, related_name="holds")
    held_by_id = models.UUIDField()
    held_by_name = models.CharField(max_length=200)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index("expires_at", name="hold_by_expiry")]


class Reservation(models.Model):
    """The time of one resource (practitioner, room, device, patient) that an appointment or a hold keeps."""

    data_class = DataClass.OPERATIONAL

    id = models.BigAutoField(primary_key=True)
    appointment = models.ForeignKey(
        Appointment, models.CASCADE, null=True, related_name="reservations"
    )
    hold = models.ForeignKey(Hold, models.CASCADE, null=True, related_name="reservations")
    resource_kind = models.CharField(max_length=12, choices=ResourceKind)
    resource_id = models.UUIDField()
    period = DateTimeRangeField(help_text="Half-open: [start, end).")
    lane = models.PositiveSmallIntegerField(
        default=0, help_text="0, or the place of a deliberate overbooking."
    )
    is_live = models.BooleanField(
        default=True, help_text="False once its owner gave the time back."
    )

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="reservation_time_free",
                expressions=[
                    ("resource_id", RangeOperators.EQUAL),
                    ("lane", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(is_live=True),
            ),
            models.CheckConstraint(
                name="reservation_period_bounded",
                condition=Q(
                    period__isempty=False, period__lower_inf=False, period__upper_inf=False
                ),
            ),
            models.CheckConstraint(
                name="reservation_has_one_owner",
                condition=Q(appointment__isnull=False, hold__isnull=True)
                | Q(appointment__isnull=True, hold__isnull=False),
            ),
            models.CheckConstraint(name="reservation_lane_bounded", condition=Q(lane__lte=3)),
            models.CheckConstraint(
                name="reservation_patient_in_one_place",
                condition=~Q(resource_kind="patient") | Q(lane=0),
            ),
        ]
