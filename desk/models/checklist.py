from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q

from access.models import User
from desk.querysets import ChecklistRunQuerySet
from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from office.models import Location
from office.models.hours import Weekday


class Rhythm(models.TextChoices):
    DAILY = "daily", "Every open day"
    WEEKLY = "weekly", "Every week"
    MONTHLY = "monthly", "Every month"


class Evidence(models.TextChoices):
    """What an item asks for beside the tick."""

    NONE = "none", "A tick"
    NUMBER = "number", "A number"
    SIGNATURE = "signature", "A signature: the name, typed"


@keep_history
class ChecklistTemplate(BaseModel):
    """A routine of the office: what is gone through, how often, where, until when. Runs copy its items."""

    data_class = DataClass.OPERATIONAL

    name = models.CharField(max_length=100)
    rhythm = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.DAILY)
    weekday = models.PositiveSmallIntegerField(
        choices=Weekday, null=True, blank=True, help_text="Of a weekly one."
    )
    day_of_month = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of a monthly one; 31 is the last day of each month."
    )
    due_time = models.TimeField(help_text="By when, on the clock of each location.")
    locations = models.ManyToManyField(Location, related_name="checklists", blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "checklist"
        constraints = [
            models.UniqueConstraint("name", name="checklist_name_once"),
            models.CheckConstraint(
                name="checklist_rhythm_fits",
                condition=Q(rhythm="daily", weekday=None, day_of_month=None)
                | Q(rhythm="weekly", weekday__isnull=False, weekday__lte=6, day_of_month=None)
                | Q(
                    rhythm="monthly",
                    weekday=None,
                    day_of_month__isnull=False,
                    day_of_month__gte=1,
                    day_of_month__lte=31,
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Asking(models.Model):
    """What an item of a checklist says and asks for; a run has its own copy, so that its day stays as it was."""

    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=200)
    role = models.ForeignKey(
        Group,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who usually does it.",
    )
    evidence = models.CharField(max_length=10, choices=Evidence, default=Evidence.NONE)
    unit = models.CharField(max_length=12, blank=True, help_text="°C, $, pieces.")
    low = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    high = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    is_critical = models.BooleanField(default=False, help_text="Never left out without a word.")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text


@keep_history
class ChecklistItem(BaseModel, Asking):
    """One line of a routine. Retired, never removed: the numbers of years hang on it."""

    data_class = DataClass.OPERATIONAL

    template = models.ForeignKey(ChecklistTemplate, models.PROTECT, related_name="items")
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "item"
        constraints = [
            models.CheckConstraint(
                name="checklist_item_evidence_known",
                condition=Q(evidence__in=["none", "number", "signature"]),
            ),
            models.CheckConstraint(
                name="checklist_item_limits_of_numbers",
                condition=Q(evidence="number") | Q(low=None, high=None, unit=""),
            ),
            models.CheckConstraint(
                name="checklist_item_limits_forward",
                condition=Q(low=None) | Q(high=None) | Q(low__lte=F("high")),
            ),
        ]


class ChecklistRun(BaseModel):
    """A checklist of one day at one location, made by the house each day; ended by who ticks the last item."""

    data_class = DataClass.OPERATIONAL

    class State(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Done"

    template = models.ForeignKey(ChecklistTemplate, models.PROTECT, related_name="runs")
    location = models.ForeignKey(Location, models.PROTECT, related_name="checklist_runs")
    date = models.DateField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    left_out_reason = models.CharField(max_length=300, blank=True)

    undo_token = ""  # given by the act that changed it, for the page that shows the result

    objects = ChecklistRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "template", "location", "date", name="checklist_run_once_a_day"
            ),
            models.CheckConstraint(
                name="checklist_run_state_known", condition=Q(state__in=["open", "closed"])
            ),
            models.CheckConstraint(
                name="checklist_run_closed_paired",
                condition=Q(state="open", closed_at=None, closed_by=None, left_out_reason="")
                | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index("location", "due_at", name="checklist_run_open", condition=Q(state="open")),
            models.Index(fields=["location", "-date"], name="checklist_run_by_day"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.template}, {self.date:%d %b %Y}"


@keep_history
class RunItem(BaseModel, Asking):
    """An item of a run: what was asked that day, who did it when, and the evidence."""

    data_class = DataClass.OPERATIONAL

    run = models.ForeignKey(ChecklistRun, models.PROTECT, related_name="items")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, related_name="ticks")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    done_by_name = models.CharField(max_length=200, blank=True)
    number = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    signature = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What was done about it.")

    undo_token = ""  # given by the act that ticked it, for the page that shows the result

    class Meta:
        constraints = [
            models.UniqueConstraint("run", "item", name="run_item_once"),
            models.CheckConstraint(
                name="run_item_done_paired",
                condition=(Q(done_at=None, done_by=None, done_by_name="", number=None, signature="", note=""))
                | (Q(done_at__isnull=False) & ~Q(done_by_name="")),
            ),
            models.CheckConstraint(
                name="run_item_number_when_asked",
                condition=Q(done_at=None)
                | Q(evidence="number", number__isnull=False)
                | (~Q(evidence="number") & Q(number=None)),
            ),
            models.CheckConstraint(
                name="run_item_signed_when_asked",
                condition=Q(done_at=None)
                | (Q(evidence="signature") & ~Q(signature=""))
                | (~Q(evidence="signature") & Q(signature="")),
            ),
            models.CheckConstraint(
                name="run_item_out_of_limits_has_note",
                condition=Q(number=None)
                | ~Q(note="")
                | (
                    (Q(low=None) | Q(low__lte=F("number")))
                    & (Q(high=None) | Q(high__gte=F("number")))
                ),
            ),
        ]  # fmt: skip
        indexes = [models.Index("item", "done_at", name="run_item_numbers")]
