from django.db import models
from django.db.models import Q

from communications.models.ways import Channel
from communications.querysets import BroadcastQuerySet
from kernel.models import BaseModel, DataClass
from office.models import Location


class Broadcast(BaseModel):
    """One message to everybody of an audience: “closed for snow tomorrow” to all who are booked then."""

    data_class = DataClass.PHI

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENDING = "sending", "On its way"
        STOPPED = "stopped", "Stopped"

    location = models.ForeignKey(Location, models.PROTECT)
    audience = models.CharField(max_length=60, help_text="Which kind of audience, of its room.")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ANY)
    subject_line = models.CharField(max_length=150, blank=True)
    text = models.TextField()
    per_minute = models.PositiveIntegerField(default=120)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    made_by = models.CharField(max_length=200)
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = BroadcastQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="broadcast_forward", condition=Q(last_at__gt=models.F("first_at"))
            ),
            models.CheckConstraint(
                name="broadcast_state_known", condition=Q(state__in=["draft", "sending", "stopped"])
            ),
            models.CheckConstraint(name="broadcast_has_words", condition=~Q(text="")),
            models.CheckConstraint(
                name="broadcast_started_is_dated",
                condition=Q(state="draft", started_at=None)
                | Q(~Q(state="draft"), started_at__isnull=False),
            ),
        ]
