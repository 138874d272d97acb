from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kernel.models.base import DataClass


class Heartbeat(models.Model):
    """When a process behind the pages was last seen at work: a worker doing a task, beat sending one."""

    data_class = DataClass.OPERATIONAL

    class Role(models.TextChoices):
        WORKER = "worker", "Worker"
        BEAT = "beat", "Clock"

    name = models.CharField(primary_key=True, max_length=120, help_text="Host and process number.")
    role = models.CharField(max_length=8, choices=Role)
    seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="heartbeat_role_known", condition=Q(role__in=["worker", "beat"])
            )
        ]
