from collections.abc import Iterable

import pgtrigger
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from office.models import Location, Organization, Room
from patients.models.patient import Patient
from patients.querysets import EncounterQuerySet
from staff.models import Practitioner


class EncounterStatus(models.TextChoices):
    """The FHIR R4 codes, letter for letter; the labels are ours."""

    PLANNED = "planned", "Planned"
    ARRIVED = "arrived", "Arrived"
    TRIAGED = "triaged", "In room"
    IN_PROGRESS = "in-progress", "With practitioner"
    ON_LEAVE = "onleave", "On leave"
    FINISHED = "finished", "Left"
    CANCELLED = "cancelled", "Canceled"
    ENTERED_IN_ERROR = "entered-in-error", "Entered in error"
    UNKNOWN = "unknown", "Not known"


@keep_history
class Encounter(BaseModel):
    """What happened in the office, from arriving to leaving (FHIR Encounter)."""

    data_class = DataClass.PHI

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="encounters")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, related_name="encounters"
    )
    location = models.ForeignKey(Location, models.PROTECT, null=True, related_name="encounters")
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="encounters")
    service_provider = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="encounters",
        help_text="Who cared for the patient, when it was not we.",
    )
    status = models.CharField(max_length=18, choices=EncounterStatus)
    class_code = models.CharField(
        max_length=10, default="AMB", help_text="v3 ActCode: AMB, EMER, IMP, VR."
    )
    kind = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    period = DateTimeRangeField(help_text="Open above while the patient is here.")
    arrived_at = models.DateTimeField(null=True, blank=True)
    roomed_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=300, blank=True, editable=False)
    source_id = models.CharField(max_length=200, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    objects = EncounterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="encounter_status_known", condition=Q(status__in=EncounterStatus.values)
            ),
            models.CheckConstraint(
                name="encounter_period_begins",
                condition=Q(period__isempty=False, period__lower_inf=False),
            ),
            models.CheckConstraint(
                name="encounter_left_when_finished",
                condition=~Q(status="finished") | Q(left_at__isnull=False),
            ),
            models.UniqueConstraint(
                "source", "source_id", name="encounter_once_per_source", condition=~Q(source_id="")
            ),
        ]
        indexes = [
            models.Index(fields=["patient", "-created_at"], name="encounter_by_patient"),
            models.Index(
                "location", "status", name="encounter_open",
                condition=Q(status__in=["arrived", "triaged", "in-progress"]),
            ),
        ]  # fmt: skip


class EncounterEvent(models.Model):
    """One step of a patient through the office; steps are added, also the step back, never changed."""

    data_class = DataClass.PHI
    append_only = True

    class Code(models.TextChoices):
        ARRIVED = "arrived", "Arrived"
        CHECKED_IN = "checked-in", "Checked in"
        ROOMED = "roomed", "In room"
        WITH_PRACTITIONER = "with-practitioner", "With practitioner"
        READY_TO_LEAVE = "ready-to-leave", "Ready to check out"
        LEFT = "left", "Left"
        STEPPED_BACK = "stepped-back", "Taken back"

    id = models.BigAutoField(primary_key=True)
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="events")
    code = models.CharField(max_length=20, choices=Code)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    room = models.ForeignKey(Room, models.PROTECT, null=True)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="encounter_event_code_known",
                condition=Q(
                    code__in=["arrived", "checked-in", "roomed", "with-practitioner", "ready-to-leave", "left",
                              "stepped-back"]
                ),
            ),
        ]  # fmt: skip
        indexes = [models.Index("encounter", "id", name="encounter_events_in_order")]
        triggers = [
            pgtrigger.Protect(
                name="encounter_events_only_grow", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()}, {self.at:%d %b %Y %H:%M}"


def standing_steps(events: Iterable[EncounterEvent]) -> list[EncounterEvent]:
    """The steps that still stand, in order: each step back takes away the one before it."""
    standing: list[EncounterEvent] = []
    for event in events:
        if event.code != EncounterEvent.Code.STEPPED_BACK:
            standing.append(event)
        elif standing:
            standing.pop()
    return standing
