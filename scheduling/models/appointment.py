from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Func, Q

from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from office.models import Location, Room
from patients.models import Encounter, Patient
from scheduling.models.types import AppointmentType
from scheduling.querysets import HOLDING, AppointmentQuerySet
from staff.models import Practitioner


class AppointmentStatus(models.TextChoices):
    """The FHIR R4 codes, letter for letter; the labels are ours."""

    PROPOSED = "proposed", "Requested"
    PENDING = "pending", "Pending"
    BOOKED = "booked", "Scheduled"
    ARRIVED = "arrived", "Arrived"
    CHECKED_IN = "checked-in", "Checked in"
    FULFILLED = "fulfilled", "Completed"
    CANCELLED = "cancelled", "Canceled"
    NO_SHOW = "noshow", "No-show"
    WAITLIST = "waitlist", "Wait list"
    ENTERED_IN_ERROR = "entered-in-error", "Entered in error"


class Confirmation(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "Not confirmed"
    CONFIRMED = "confirmed", "Confirmed"
    LEFT_MESSAGE = "left-message", "Left message"


class CancelledBy(models.TextChoices):
    PATIENT = "patient", "Patient"
    PRACTICE = "practice", "Practice"


@keep_history
class Appointment(BaseModel):
    """
    A visit that was agreed on (FHIR Appointment).

    Its time is held by reservations; what happens in the office is its encounter. Whether the patient
    confirmed is a field of its own, never a status.
    """

    data_class = DataClass.PHI

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="appointments")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, related_name="appointments"
    )
    location = models.ForeignKey(Location, models.PROTECT, related_name="appointments")
    appointment_type = models.ForeignKey(
        AppointmentType, models.PROTECT, related_name="appointments"
    )
    room = models.ForeignKey(
        Room, models.PROTECT, null=True, blank=True, related_name="appointments"
    )
    encounter = models.OneToOneField(
        Encounter, models.PROTECT, null=True, blank=True, related_name="appointment"
    )
    period = DateTimeRangeField(help_text="Half-open: [start, end).")
    starts_at = models.GeneratedField(
        expression=Func(F("period"), function="lower"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    ends_at = models.GeneratedField(
        expression=Func(F("period"), function="upper"),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    lane = models.PositiveSmallIntegerField(
        default=0, help_text="0, or the place of a deliberate overbooking."
    )
    status = models.CharField(
        max_length=18, choices=AppointmentStatus, default=AppointmentStatus.BOOKED
    )
    confirmation = models.CharField(
        max_length=14, choices=Confirmation, default=Confirmation.UNCONFIRMED
    )
    note = models.CharField(max_length=300, blank=True, help_text="For the desk.")
    overbook_reason = models.CharField(max_length=200, blank=True)
    is_walk_in = models.BooleanField(default=False)
    cancelled_by = models.CharField(max_length=10, choices=CancelledBy, blank=True)
    cancel_reason = models.CharField(max_length=200, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was canceled or marked no-show."
    )
    source = models.CharField(max_length=300, blank=True, editable=False)
    source_id = models.CharField(max_length=200, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    undo_token = ""  # given by the act that changed it, for the page that shows the result

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="appointment_status_known", condition=Q(status__in=AppointmentStatus.values)
            ),
            models.CheckConstraint(
                name="appointment_period_bounded",
                condition=Q(
                    period__isempty=False, period__lower_inf=False, period__upper_inf=False
                ),
            ),
            models.CheckConstraint(
                name="appointment_half_open",
                condition=Q(period__lower_inc=True, period__upper_inc=False),
            ),
            models.CheckConstraint(
                name="appointment_overbooking_has_reason",
                condition=Q(lane=0) | ~Q(overbook_reason=""),
            ),
            models.CheckConstraint(name="appointment_lane_bounded", condition=Q(lane__lte=3)),
            models.CheckConstraint(
                name="appointment_cancellation_paired",
                condition=(Q(status="cancelled") & ~Q(cancelled_by="") & ~Q(cancel_reason=""))
                | (~Q(status="cancelled") & Q(cancelled_by="", cancel_reason="")),
            ),
            models.CheckConstraint(
                name="appointment_here_has_encounter",
                condition=~Q(status__in=["arrived", "checked-in"]) | Q(encounter__isnull=False),
            ),
            models.UniqueConstraint(
                "source",
                "source_id",
                name="appointment_once_per_source",
                condition=~Q(source_id=""),
            ),
        ]
        indexes = [
            models.Index("location", "starts_at", name="appointment_of_location"),
            models.Index("practitioner", "starts_at", name="appointment_of_practitioner"),
            models.Index("patient", "starts_at", name="appointment_of_patient"),
        ]

    @property
    def holds_time(self) -> bool:
        return self.status in HOLDING
