from django.db import models
from django.db.models.functions import Now

from kernel.models.base import DataClass


class IdempotencyKey(models.Model):
    """A client's name for one POST; its answer is kept with the business row, in the same transaction."""

    data_class = DataClass.PHI

    id = models.BigAutoField(primary_key=True)
    actor_id = models.UUIDField()
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of method, path and body.")
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint("actor_id", "key", name="idempotency_key_once_per_actor")
        ]
        indexes = [models.Index("made_at", name="idempotency_by_age")]
