from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from communications.models import Channel, Message
from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from scheduling.models.appointment import Appointment
from scheduling.models.types import AppointmentType
from scheduling.querysets import AnswerQuerySet

TWO_MONTHS = 60 * 24 * 60


@keep_history
class ReminderRule(BaseModel):
    """When patients are written to about a visit, on which way. What is due follows from it and the visits."""

    data_class = DataClass.OPERATIONAL

    class Moment(models.TextChoices):
        BOOKED = "booked", "When it is booked or moved"
        BEFORE = "before", "Before it begins"

    name = models.CharField(max_length=80, unique=True)
    moment = models.CharField(max_length=8, choices=Moment, default=Moment.BEFORE)
    lead_minutes = models.PositiveIntegerField(
        default=24 * 60,
        validators=[MinValueValidator(15), MaxValueValidator(TWO_MONTHS)],
        help_text="How long before the visit: 1440 is one day, 120 two hours.",
    )
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ANY)
    appointment_types = models.ManyToManyField(
        AppointmentType, blank=True, help_text="None chosen: every visit type."
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reminder_rule_moment_known", condition=Q(moment__in=["booked", "before"])
            ),
            models.CheckConstraint(
                name="reminder_rule_lead_in_reason",
                condition=Q(lead_minutes__gte=15, lead_minutes__lte=TWO_MONTHS),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AnswerKind(models.TextChoices):
    CONFIRM = "confirm", "Will come"
    CANCEL = "cancel", "Cannot come"
    LATE = "late", "Running late"
    WORDS = "words", "Wrote back"


class PatientAnswer(BaseModel):
    """
    What a patient said about a visit, by a link, a reply or a call.

    It never changes the visit's status: “cannot come” asks the desk, who cancels.
    """

    data_class = DataClass.PHI

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="answers")
    message = models.ForeignKey(
        Message, models.PROTECT, null=True, blank=True, related_name="answers"
    )
    kind = models.CharField(max_length=8, choices=AnswerKind)
    came_by = models.CharField(max_length=8, choices=[("link", "Link"), ("reply", "Reply")])
    words = models.CharField(max_length=500, blank=True)
    late_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=200, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "message", "appointment", name="answer_once_by_link", condition=Q(came_by="link")
            ),
            models.CheckConstraint(
                name="answer_kind_known",
                condition=Q(kind__in=["confirm", "cancel", "late", "words"]),
            ),
            models.CheckConstraint(
                name="answer_late_has_minutes",
                condition=Q(kind="late", late_minutes__isnull=False)
                | Q(~Q(kind="late"), late_minutes=None),
            ),
            models.CheckConstraint(
                name="answer_settled_paired",
                condition=Q(settled_at=None, settled_by="")
                | Q(Q(settled_at__isnull=False), ~Q(settled_by="")),
            ),
            models.CheckConstraint(
                name="answer_settled_after",
                condition=Q(settled_at=None) | Q(settled_at__gte=F("created_at")),
            ),
        ]
        indexes = [
            models.Index("appointment", "created_at", name="answers_of_appointment"),
            models.Index("created_at", name="answers_open", condition=Q(settled_at=None)),
        ]
