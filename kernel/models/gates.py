from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kernel.models.base import BaseModel, DataClass


class GateSetting(BaseModel):
    """How strict the practice is about one rule; without a row the rule's own default holds."""

    data_class = DataClass.OPERATIONAL

    class Level(models.TextChoices):
        OFF = "off", "Off"
        WARN = "warn", "Warn"
        BLOCK = "block", "Block"

    rule = models.CharField(max_length=100, unique=True)
    level = models.CharField(max_length=8, choices=Level)
    override_permission = models.CharField(
        max_length=100, blank=True, help_text="Who may go on all the same; empty: nobody."
    )
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="Holds from then on; empty: now."
    )
    until_then_level = models.CharField(
        max_length=8, choices=Level, blank=True, help_text="Empty: the rule's own default."
    )
    until_then_override = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gate_setting_level_known", condition=Q(level__in=["off", "warn", "block"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.get_level_display()}"


class GateVerdict(models.Model):
    """
    What a rule said at a gate: a warning, a block, or a block that a person overrode with a reason.

    `exempt` is said of a whole point: its rules were not asked about a bulk import of history.
    """

    data_class = DataClass.PHI
    append_only = True

    class Outcome(models.TextChoices):
        WARNED = "warned", "Warned"
        BLOCKED = "blocked", "Blocked"
        OVERRIDDEN = "overridden", "Overridden"
        EXEMPT = "exempt", "Not asked"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    point = models.CharField(max_length=60)
    rule = models.CharField(max_length=100)
    outcome = models.CharField(max_length=10, choices=Outcome)
    sentence = models.TextField()
    reason = models.TextField(blank=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    location_id = models.UUIDField(null=True)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="gate_verdict_override_has_reason",
                condition=~Q(outcome__in=["overridden", "exempt"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="gate_verdict_outcome_known",
                condition=Q(outcome__in=["warned", "blocked", "overridden", "exempt"]),
            ),
        ]
        indexes = [models.Index(fields=["rule", "-at"], name="gate_verdict_by_rule")]
