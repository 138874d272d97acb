import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now

from kernel.models.base import DataClass

CURRENT_TRANSACTION = RawSQL("(pg_current_xact_id()::text)::bigint", ())


class AuditEvent(models.Model):
    """One act or one look: who, what, at which subject, why, from where (FHIR AuditEvent)."""

    data_class = DataClass.PHI
    append_only = True

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        READ = "read", "Looked at"
        REFUSED = "refused", "Refused"
        DENIED = "denied", "Not allowed"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    # Which transaction wrote the row: seals close over finished transactions, because ids commit out of order.
    transaction_id = models.BigIntegerField(db_default=CURRENT_TRANSACTION)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    on_behalf_of_id = models.UUIDField(null=True)
    action = models.CharField(max_length=100)
    outcome = models.CharField(max_length=10, choices=Outcome)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_ids = ArrayField(models.UUIDField(), default=list)
    location_id = models.UUIDField(null=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audit_event_outcome_known",
                condition=models.Q(outcome__in=["done", "read", "refused", "denied"]),
            ),
        ]
        indexes = [
            models.Index(fields=["actor_id", "-at"], name="audit_by_actor"),
            models.Index(fields=["-at"], name="audit_by_time"),
            models.Index("transaction_id", name="audit_by_transaction"),
            GinIndex("subject_ids", name="audit_by_subject"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="audit_only_grows", operation=pgtrigger.Update | pgtrigger.Delete
            ),
            # Nobody slips an event into yesterday: time and transaction are the database's own.
            pgtrigger.Trigger(
                name="audit_is_of_now",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="NEW.at = now(); NEW.transaction_id = (pg_current_xact_id()::text)::bigint; RETURN NEW;",
            ),
        ]


class AuditSeal(models.Model):
    """
    A link of the hash chain over audit events.

    It covers the events of all transactions in [from_transaction, until_transaction) with an id above
    `above_id`; `digest` is SHA-256 over the previous digest and those rows. The newest digest is also
    kept in a file outside the database.
    """

    data_class = DataClass.OPERATIONAL
    append_only = True

    id = models.BigAutoField(primary_key=True)
    sealed_at = models.DateTimeField(db_default=Now())
    from_transaction = models.BigIntegerField()
    until_transaction = models.BigIntegerField()
    above_id = models.BigIntegerField(default=0)
    event_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audit_seal_moves_forward",
                condition=models.Q(until_transaction__gt=models.F("from_transaction")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="seals_only_grow", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        ]


class AuditPatrol(models.Model):
    """
    How far the walk along the chain has come, and what it found: the worker checks a little at every tick.

    One row. `alarms` are the sentences of the last whole round and of this one; `breaks` those of this one.
    """

    data_class = DataClass.OPERATIONAL

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(
        default=0, help_text="The last seal that was checked; 0: begins anew."
    )
    events = models.BigIntegerField(default=0, help_text="Checked in this round.")
    breaks = models.JSONField(default=list)
    alarms = models.JSONField(default=list)
    began_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, help_text="The end of the last whole round.")

    class Meta:
        constraints = [
            models.CheckConstraint(name="audit_patrol_is_one", condition=models.Q(id=1)),
        ]
