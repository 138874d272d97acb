from uuid import UUID

import pgtrigger
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q

from access.models import User
from desk.querysets import TaskQuerySet
from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from office.models import Location


class Urgency(models.TextChoices):
    """FHIR request-priority, the three that a desk tells apart."""

    ROUTINE = "routine", "Normal"
    URGENT = "urgent", "Urgent"
    STAT = "stat", "Now"


class RepeatUnit(models.TextChoices):
    DAY = "day", "days"
    WEEK = "week", "weeks"
    MONTH = "month", "months"


@keep_history
class Task(BaseModel):
    """
    Something somebody is to do by some day (FHIR Task).

    Whoever made it owns it until somebody has it or it is done. `about` names any subject of the house by
    kind and id; there is no foreign key, because those rooms stand above this one.
    """

    data_class = DataClass.PHI

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    location = models.ForeignKey(Location, models.PROTECT, related_name="tasks")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    owner = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="tasks")
    team = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="tasks")
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="tasks_made"
    )
    urgency = models.CharField(max_length=8, choices=Urgency, default=Urgency.ROUTINE)
    due_date = models.DateField(null=True, blank=True)
    due_time = models.TimeField(null=True, blank=True, help_text="Empty: by the end of the day.")
    due_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="The same as an instant, of its location's clock.",
    )
    repeat_unit = models.CharField(max_length=6, choices=RepeatUnit, blank=True)
    repeat_every = models.PositiveSmallIntegerField(null=True, blank=True)
    repeat_on = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The weekday (0 is Monday), or the day of the month."
    )
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="following",
        help_text="The task of a row of repeated ones that came before.",
    )  # fmt: skip
    about_kind = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True, blank=True)
    source = models.CharField(max_length=60, blank=True, help_text="Which room made it: room.kind.")
    source_key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="tasks_closed"
    )
    drop_reason = models.CharField(max_length=300, blank=True)

    undo_token = ""  # given by the act that changed it, for the page that shows the result

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="task_state_known", condition=Q(state__in=["open", "done", "dropped"])
            ),
            models.CheckConstraint(
                name="task_urgency_known", condition=Q(urgency__in=["routine", "urgent", "stat"])
            ),
            models.CheckConstraint(name="task_title_given", condition=~Q(title="")),
            models.CheckConstraint(
                name="task_has_somebody",
                condition=Q(owner__isnull=False)
                | Q(team__isnull=False)
                | Q(created_by__isnull=False),
            ),
            models.CheckConstraint(
                name="task_due_paired",
                condition=Q(due_date=None, due_time=None, due_at=None)
                | Q(due_date__isnull=False, due_at__isnull=False),
            ),
            models.CheckConstraint(
                name="task_closed_paired",
                condition=Q(state="open", closed_at=None, closed_by=None)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="task_dropped_with_reason",
                condition=(Q(state="dropped") & ~Q(drop_reason=""))
                | (~Q(state="dropped") & Q(drop_reason="")),
            ),
            models.CheckConstraint(
                name="task_repeat_fits",
                condition=Q(repeat_unit="", repeat_every=None, repeat_on=None)
                | Q(
                    Q(repeat_unit="day", repeat_on=None)
                    | Q(repeat_unit="week", repeat_on__isnull=False, repeat_on__lte=6)
                    | Q(
                        repeat_unit="month",
                        repeat_on__isnull=False,
                        repeat_on__gte=1,
                        repeat_on__lte=31,
                    ),
                    repeat_every__isnull=False,
                    repeat_every__gte=1,
                    repeat_every__lte=99,
                    due_date__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="task_about_paired",
                condition=Q(about_kind="", about_id=None)
                | (~Q(about_kind="") & Q(about_id__isnull=False)),
            ),
            models.CheckConstraint(
                name="task_source_paired",
                condition=Q(source="", source_key="") | (~Q(source="") & ~Q(source_key="")),
            ),
            models.UniqueConstraint(
                "source", "source_key", name="task_once_per_source", condition=~Q(source="")
            ),
            models.UniqueConstraint("previous", name="task_follows_once"),
            models.CheckConstraint(
                name="task_follows_another", condition=Q(previous=None) | ~Q(previous=F("id"))
            ),
        ]
        indexes = [
            models.Index("owner", "due_at", name="task_open_by_owner", condition=Q(state="open")),
            models.Index("team", "due_at", name="task_open_by_team", condition=Q(state="open")),
            models.Index(
                "created_by", "due_at", name="task_open_by_creator", condition=Q(state="open")
            ),
            models.Index("location", "due_at", name="task_open_by_place", condition=Q(state="open")),
            models.Index(fields=["location", "-closed_at"], name="task_closed_by_place"),
            models.Index(
                "about_kind", "about_id", name="task_by_subject", condition=~Q(about_kind="")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def about(self) -> tuple[str, UUID] | None:
        return (self.about_kind, self.about_id) if self.about_id else None


class TaskEntry(models.Model):
    """What happened to a task, and what people said about it; entries are added, never changed."""

    data_class = DataClass.PHI
    append_only = True

    class Code(models.TextChoices):
        ADDED = "added", "Added"
        COMMENTED = "commented", "Said"
        TAKEN = "taken", "Took it"
        HANDED_OVER = "handed-over", "Handed it over"
        CHANGED = "changed", "Changed it"
        DONE = "done", "Done"
        REOPENED = "reopened", "Opened it again"
        DROPPED = "dropped", "Dropped it"

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(Task, models.PROTECT, related_name="entries")
    code = models.CharField(max_length=12, choices=Code)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    whose = models.CharField(
        max_length=200, blank=True, help_text="To whom it was handed, as they were called then."
    )
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="task_entry_code_known",
                condition=Q(
                    code__in=["added", "commented", "taken", "handed-over", "changed", "done", "reopened",
                              "dropped"]
                ),
            ),
            models.CheckConstraint(
                name="task_entry_says_something", condition=~Q(code="commented") | ~Q(text="")
            ),
        ]  # fmt: skip
        indexes = [models.Index("task", "id", name="task_entries_in_order")]
        triggers = [
            pgtrigger.Protect(
                name="task_entries_only_grow", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
