from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from communications.models.ways import Way
from kernel.history import keep_history
from kernel.models import BaseModel, DataClass


@keep_history
class OptOut(BaseModel):
    """An address to which nothing goes any more by one way: they said STOP, or asked at the desk."""

    data_class = DataClass.PHI

    way = models.CharField(max_length=8, choices=Way)
    address = models.CharField(
        max_length=254, help_text="A number as digits, an e-mail in small letters."
    )
    source = models.CharField(max_length=60, help_text="How they said so: reply, link, desk.")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="They asked for messages again."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "way", "address", name="opt_out_once", condition=Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="opt_out_forward", condition=Q(ended_at=None) | Q(ended_at__gte=F("asked_at"))
            ),
        ]


@keep_history
class SendingSetting(BaseModel):
    """When and how much the office writes: exactly one row."""

    data_class = DataClass.OPERATIONAL

    quiet_from = models.TimeField(
        default=time(20), help_text="Nothing goes out after this time where the visit is."
    )
    quiet_until = models.TimeField(default=time(8), help_text="And nothing before this one.")
    weekly_cap = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="Automatic messages to one person in seven days; what is urgent is not counted.",
    )
    per_minute = models.PositiveIntegerField(
        default=600,
        validators=[MinValueValidator(1), MaxValueValidator(60_000)],
        help_text="How many may leave the house in a minute.",
    )
    is_paused = models.BooleanField(
        default=False, help_text="Nothing leaves until this is off again."
    )
    only = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("only", name="sending_setting_is_one"),
            models.CheckConstraint(name="sending_setting_only_is_true", condition=Q(only=True)),
            models.CheckConstraint(
                name="sending_setting_in_reason",
                condition=Q(weekly_cap__gte=1, weekly_cap__lte=20, per_minute__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return "How messages are sent"
