from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from communications.models.broadcast import Broadcast
from communications.models.template import TemplateVersion
from communications.models.ways import Channel, Way
from communications.querysets import MessageQuerySet
from kernel.models import BaseModel, DataClass
from office.models import Location


class Message(BaseModel):
    """
    One message to one person (FHIR Communication): why, about what, and what became of it.

    It is written when it is known to be wanted and says nothing then; its words are made when it leaves, from
    what is true at that moment. `occasion` names the one thing it is about as it stood: a visit and its
    start. Moved, the visit is another occasion, and this message is dropped.
    """

    data_class = DataClass.PHI

    class State(models.TextChoices):
        DUE = "due", "Waiting"
        SENDING = "sending", "Being handed over"
        SENT = "sent", "Sent"
        FAILED = "failed", "Did not arrive"
        UNKNOWN = "unknown", "Not known whether it arrived"
        DROPPED = "dropped", "Not sent"

    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    about_id = models.UUIDField(null=True, blank=True)
    occasion = models.CharField(max_length=120)
    rule = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.ANY)
    location = models.ForeignKey(Location, models.PROTECT, null=True, blank=True)
    broadcast = models.ForeignKey(
        Broadcast, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    due_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True)
    is_urgent = models.BooleanField(default=False)

    state = models.CharField(max_length=8, choices=State, default=State.DUE)
    reason = models.CharField(max_length=200, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempt_id = models.UUIDField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    resends = models.PositiveSmallIntegerField(
        default=0, help_text="How often somebody sent it again."
    )

    way = models.CharField(max_length=8, choices=Way, blank=True)
    gateway = models.CharField(max_length=30, blank=True)
    gateway_ref = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=20, blank=True)
    subject_line = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    template_version = models.ForeignKey(TemplateVersion, models.PROTECT, null=True, blank=True)
    carried_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carries",
        help_text="The one message to a household that says this too.",
    )  # fmt: skip
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "subject_id", "kind", "occasion", "rule", "channel", name="message_once"
            ),
            models.CheckConstraint(
                name="message_state_known",
                condition=Q(state__in=["due", "sending", "sent", "failed", "unknown", "dropped"]),
            ),
            models.CheckConstraint(
                name="message_handed_over_whole",
                condition=~Q(state__in=["sending", "sent", "unknown"])
                | Q(carried_by__isnull=False)
                | (~Q(way="") & ~Q(address="") & ~Q(text="") & ~Q(gateway="")),
            ),
            models.CheckConstraint(
                name="message_says_why_not",
                condition=~Q(state__in=["failed", "unknown", "dropped"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="message_sent_is_dated",
                condition=Q(state="sent", sent_at__isnull=False)
                | Q(~Q(state="sent"), sent_at=None),
            ),
            models.CheckConstraint(
                name="message_leased_is_named",
                condition=Q(lease_until=None) | Q(attempt_id__isnull=False),
            ),
        ]
        indexes = [
            models.Index(F("is_urgent").desc(), "due_at", "id", name="message_due", condition=Q(state="due")),
            models.Index("lease_until", name="message_in_hand", condition=Q(state="sending")),
            models.Index(
                "state", "created_at", name="message_for_a_person", condition=Q(state__in=["failed", "unknown"])
            ),
            models.Index("subject_id", "created_at", name="message_of_subject"),
            models.Index("about_id", name="message_about", condition=Q(about_id__isnull=False)),
            models.Index("sent_at", name="message_sent_lately", condition=Q(state="sent")),
            models.Index("location", "created_at", name="message_of_location"),
            models.Index(
                "broadcast", "state", name="message_of_broadcast", condition=Q(broadcast__isnull=False)
            ),
        ]  # fmt: skip

    @property
    def key(self) -> str:
        """By which a gateway knows it again; another one once somebody decided to send it again."""
        return f"{self.pk}-{self.resends}"


class MessageEvent(models.Model):
    """One thing that became of a message. Only added to."""

    data_class = DataClass.PHI

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, models.CASCADE, related_name="events")
    at = models.DateTimeField(db_default=Now())
    what = models.CharField(max_length=20)
    detail = models.CharField(max_length=200, blank=True)
    by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index("message", "id", name="message_event_of")]
