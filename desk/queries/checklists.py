"""Checklists as their pages show them: today's, one with its items, those of days past, the numbers of an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from desk.models import ChecklistItem, ChecklistRun, ChecklistTemplate, RunItem
from desk.models.checklist import Asking, Evidence, Rhythm
from desk.permissions import Permission
from desk.querysets import ChecklistRunQuerySet
from kernel import clock
from kernel.actors import Actor
from kernel.templatetags import house
from office.models import Location

BACK_DAYS = 60
DAILY_DAYS, OTHER_DAYS = 2, 14
A_PAGE = 60


def plain(number: Decimal) -> str:
    """4.5 and 8, not 4.50 and 8.00."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def measured(number: Decimal, unit: str) -> str:
    if unit == "$":
        return house.money(number)
    return f"{plain(number)} {unit}".strip().replace("-", "−")


def span(asked: Asking) -> str:
    """2 to 8 °C, at most 10 days, at least 500 psi."""
    low, high = asked.low, asked.high
    if low is not None and high is not None:
        return f"{plain(low)} to {measured(high, asked.unit)}".replace("-", "−")
    if high is not None:
        return f"at most {measured(high, asked.unit)}"
    return f"at least {measured(low, asked.unit)}" if low is not None else asked.unit


def limits(asked: Asking, number: Decimal | None = None) -> str:
    """What is wrong with a number, as a sentence; empty: it is within its limits."""
    value = number if number is not None else getattr(asked, "number", None)
    if value is None:
        return ""
    if asked.low is not None and value < asked.low:
        return f"{measured(value, asked.unit)} is below {measured(asked.low, asked.unit)}."
    if asked.high is not None and value > asked.high:
        return f"{measured(value, asked.unit)} is above {measured(asked.high, asked.unit)}."
    return ""


@dataclass(frozen=True)
class RunCard:
    """A checklist of a day, in a list."""

    id: UUID
    name: str
    place: str
    day: str
    url: str
    done: int
    total: int
    tone: str
    says: str
    out: int  # numbers out of their limits
    left_out: str

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    @property
    def is_over(self) -> bool:
        return self.tone == "good" or bool(self.left_out)


def with_counts(runs: QuerySet[ChecklistRun]) -> QuerySet[ChecklistRun]:
    done = Q(items__done_at__isnull=False)
    out = Q(items__number__lt=F("items__low")) | Q(items__number__gt=F("items__high"))
    return runs.select_related("template", "location", "closed_by").annotate(
        total=Count("items"), done=Count("items", filter=done), out=Count("items", filter=out)
    )


def still_asked(runs: ChecklistRunQuerySet, at: datetime) -> ChecklistRunQuerySet:
    """
    Not ended, and still worth doing: a daily list for two days, others for two weeks.

    What is older stays in the record as never ended.
    """
    day = at.date()
    of_a_day = Q(template__rhythm=Rhythm.DAILY, date__gte=day - timedelta(days=DAILY_DAYS))
    of_others = ~Q(template__rhythm=Rhythm.DAILY) & Q(date__gte=day - timedelta(days=OTHER_DAYS))
    return runs.open().filter(of_a_day | of_others)


def due_now(actor: Actor, at: datetime, location: Location | None = None) -> list[RunCard]:
    """The lists of today, and those of days before that nobody has ended; the most urgent first."""
    found = ChecklistRun.objects.visible_to(actor)
    if location is not None:
        found = found.filter(location=location)
    recent = still_asked(found, at) | found.filter(closed_at__gte=at - timedelta(hours=36))
    page = list(with_counts(recent).order_by("due_at", "template__name", "pk")[:200])
    return [card(each, at) for each in page if each.state == "open" or _is_of_today(each, at)]


def _is_of_today(run: ChecklistRun, at: datetime) -> bool:
    return run.date == clock.today(at, run.location.zone)


def card(run: Any, at: datetime) -> RunCard:
    """`run` comes from `with_counts`."""
    tone, says = standing(run, at)
    return RunCard(
        id=run.pk,
        name=run.template.name,
        place=run.location.name,
        day=house.day(run.date),
        url=reverse("desk:checklist", args=[run.pk]),
        done=run.done,
        total=run.total,
        tone=tone,
        says=says,
        out=run.out,
        left_out=run.left_out_reason,
    )


def standing(run: ChecklistRun, at: datetime) -> tuple[str, str]:
    """How a list stands: its tone, and the words for it."""
    zone = run.location.zone
    due = clock.local(run.due_at, zone)
    if run.closed_at is not None:
        ended = clock.local(run.closed_at, zone)
        by = f" by {run.closed_by}" if run.closed_by else ""
        day = "" if ended.date() == run.date else f"{house.day(ended)} "
        late = ", late" if run.closed_at > run.due_at else ""
        word = "Ended" if run.left_out_reason else "Done"
        return (
            "look" if run.left_out_reason else "good"
        ), f"{word} {day}{house.clock(ended)}{by}{late}"
    day = "" if run.date == clock.today(at, zone) else f"{house.day(run.date)} "
    if (clock.today(at, zone) - run.date).days > OTHER_DAYS:
        return "look", f"Never ended, was due by {house.clock(due)}"
    if run.due_at <= at:
        return "act", f"Overdue since {day}{house.clock(due)}"
    return "", f"By {day}{house.clock(due)}"


# ---- one


@dataclass(frozen=True)
class Line:
    """An item of a run."""

    id: UUID
    text: str
    role: str
    evidence: str
    unit: str
    span: str
    is_critical: bool
    is_done: bool
    says: str
    value: str
    note: str
    warns: str


@dataclass(frozen=True)
class RunPage:
    run: ChecklistRun
    card: RunCard
    lines: list[Line]

    @property
    def left(self) -> int:
        return self.card.total - self.card.done


def run_page(run: ChecklistRun, at: datetime) -> RunPage:
    whole = with_counts(ChecklistRun.objects.filter(pk=run.pk)).get()
    rows = whole.items.select_related("role").order_by("position", "pk")
    return RunPage(whole, card(whole, at), [_line(each, whole.location.zone) for each in rows])


def _line(item: RunItem, zone: str) -> Line:
    value = measured(item.number, item.unit) if item.number is not None else item.signature
    says = ""
    if item.done_at is not None:
        says = f"{item.done_by_name}, {house.clock(clock.local(item.done_at, zone))}"
    return Line(
        item.pk, item.text, str(item.role or ""), item.evidence, item.unit,
        span(item) if item.evidence == Evidence.NUMBER else "",
        item.is_critical, item.done_at is not None, says, value, item.note, limits(item),
    )  # fmt: skip


# ---- days past


@dataclass(frozen=True)
class Past:
    cards: list[RunCard]
    total: int


def past(
    actor: Actor,
    at: datetime,
    *,
    template: ChecklistTemplate | None = None,
    location: Location | None = None,
    first: int = 0,
) -> Past:
    """The lists of all days, the latest first."""
    found = ChecklistRun.objects.visible_to(actor).filter(due_at__lte=at)
    if template is not None:
        found = found.filter(template=template)
    if location is not None:
        found = found.filter(location=location)
    ordered = with_counts(found).order_by("-date", "-due_at", "pk")
    return Past([card(each, at) for each in ordered[first : first + A_PAGE]], found.count())


@dataclass(frozen=True)
class Measured:
    """One number of an item's row."""

    day: str
    clock: str
    value: str
    plain: str
    by: str
    note: str
    warns: str
    url: str


@dataclass(frozen=True)
class Numbers:
    item: ChecklistItem
    location: Location
    span: str
    rows: list[Measured]
    out: int


def measured_items(actor: Actor, location: Location) -> list[ChecklistItem]:
    """What is measured at a location, in the order of its lists."""
    ticked = RunItem.objects.filter(
        run__in=ChecklistRun.objects.visible_to(actor).filter(location=location),
        evidence=Evidence.NUMBER,
    )
    found = ChecklistItem.objects.filter(pk__in=ticked.values("item")).select_related("template")
    return list(found.order_by("template__name", "position", "pk"))


def numbers(
    actor: Actor, item: ChecklistItem, location: Location, today: date, days: int = BACK_DAYS
) -> Numbers:
    """What was measured at a location, the latest first: the temperature log."""
    runs = ChecklistRun.objects.visible_to(actor).filter(
        location=location, date__gte=today - timedelta(days=days)
    )
    found = RunItem.objects.filter(item=item, run__in=runs, number__isnull=False)
    rows = [
        _measured(each, location.zone)
        for each in found.select_related("run").order_by("-done_at", "pk")
    ]
    return Numbers(item, location, span(item), rows, sum(bool(each.warns) for each in rows))


def _measured(row: Any, zone: str) -> Measured:
    when = clock.local(row.done_at, zone)
    return Measured(
        house.day(when), house.clock(when), measured(row.number, row.unit), plain(row.number),
        row.done_by_name, row.note, limits(row), reverse("desk:checklist", args=[row.run_id]),
    )  # fmt: skip


def may_begin(actor: Actor) -> bool:
    """Whether this actor may take over the starting lists: there are none, and they configure them."""
    return actor.may(Permission.CONFIGURE_CHECKLISTS) and not ChecklistTemplate.objects.exists()


def overdue(actor: Actor, at: datetime) -> Sequence[Any]:
    """By Postgres's clock, the oldest first; of those that are still worth doing."""
    found = still_asked(ChecklistRun.objects.visible_to(actor).overdue(), at)
    return list(with_counts(found).order_by("due_at", "pk")[:30])
