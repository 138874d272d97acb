from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from kernel.models.base import BaseModel, DataClass


class Job(BaseModel):
    """Work over two seconds: queued, with progress, cancellable, its result visible to its owner."""

    data_class = DataClass.OPERATIONAL

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Canceled"

    kind = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    owner_id = models.UUIDField()
    owner_name = models.CharField(max_length=200)
    arguments = models.JSONField(default=dict)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    aside_count = models.PositiveIntegerField(default=0, help_text="Rows set aside with a reason.")
    note = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    wants_cancel = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="job_state_known",
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]),
            ),
            models.CheckConstraint(
                name="job_progress_bounded",
                condition=Q(total_count=0) | Q(done_count__lte=F("total_count")),
            ),
        ]
        indexes = [
            models.Index(
                "queued_at", name="job_waiting", condition=Q(state__in=["queued", "running"])
            )
        ]

    @property
    def percent(self) -> int:
        return 100 * self.done_count // self.total_count if self.total_count else 0

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}
