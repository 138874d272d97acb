from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kernel.models.base import DataClass


class OutboxEvent(models.Model):
    """A fact that other rooms may act on, written in the transaction that made it true. Ids only."""

    data_class = DataClass.OPERATIONAL

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    published_at = models.DateTimeField(db_default=Now())


class Delivery(models.Model):
    """One subscriber's copy of an outbox event: claimed with a lease, done with its work or not at all."""

    data_class = DataClass.OPERATIONAL

    class State(models.TextChoices):
        DUE = "due", "Due"
        DONE = "done", "Done"
        STUCK = "stuck", "Needs a person"

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(OutboxEvent, models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    attempt_id = models.UUIDField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("event", "subscriber", name="delivery_once_per_subscriber"),
            models.CheckConstraint(
                name="delivery_lease_is_paired",
                condition=Q(lease_until__isnull=True, attempt_id__isnull=True)
                | Q(lease_until__isnull=False, attempt_id__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_state_known", condition=Q(state__in=["due", "done", "stuck"])
            ),
        ]
        indexes = [
            models.Index("due_at", "id", name="delivery_due", condition=Q(state="due")),
            models.Index("subscriber", name="delivery_stuck", condition=Q(state="stuck")),
        ]
