"""
Key figures of access: how patients get in, wait and go. Formulas as IHI and MGMA give them.

Each says what it leaves out; all count visits by the day on which they begin.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from kernel import metrics
from kernel.actors import Actor
from kernel.metrics import Behind, Metric, Reading, Span
from scheduling.permissions import Permission
from scheduling.queries import figures, third_next
from scheduling.queries.figures import BUMPED, EXPECTED_AT_START, MISSED, SEEN, behind, visits

Places = Sequence[UUID]


def no_shows(actor: Actor, spans: Sequence[Span], places: Places) -> list[Reading]:
    """No-shows ÷ visits still booked when they began."""
    expected = Q(status__in=EXPECTED_AT_START)
    return figures.share(visits(actor, places), spans, MISSED, expected)


def bumps(actor: Actor, spans: Sequence[Span], places: Places) -> list[Reading]:
    """Visits the practice canceled ÷ all visits that were booked."""
    return figures.share(visits(actor, places), spans, BUMPED, ~Q(status="proposed"))


def wait(actor: Actor, spans: Sequence[Span], places: Places) -> list[Reading]:
    """Median minutes from the door to the room."""
    return figures.median_minutes(visits(actor, places), spans, "roomed_at")


def cycle_time(actor: Actor, spans: Sequence[Span], places: Places) -> list[Reading]:
    """Median minutes from the door to leaving."""
    return figures.median_minutes(visits(actor, places), spans, "left_at")


def visits_a_day(actor: Actor, spans: Sequence[Span], places: Places) -> list[Reading]:
    """Completed visits ÷ clinician days."""
    return figures.per_clinician_day(visits(actor, places), spans)


def missed_visits(actor: Actor, span: Span, places: Places, limit: int) -> Behind:
    return behind(visits(actor, places).filter(MISSED), span, limit)


def bumped_visits(actor: Actor, span: Span, places: Places, limit: int) -> Behind:
    return behind(visits(actor, places).filter(BUMPED), span, limit)


def completed_visits(actor: Actor, span: Span, places: Places, limit: int) -> Behind:
    return behind(visits(actor, places).filter(SEEN), span, limit)


def waits(actor: Actor, span: Span, places: Places, limit: int) -> Behind:
    return behind(visits(actor, places), span, limit, "roomed_at")


def cycles(actor: Actor, span: Span, places: Places, limit: int) -> Behind:
    return behind(visits(actor, places), span, limit, "left_at")


def register() -> None:
    seen = Permission.VIEW_SCHEDULE
    for metric in (
        Metric("no_show_rate", "No-shows", "%",
               "No-shows ÷ visits that were still booked when they began",
               "IHI, Reduce no-shows", no_shows, missed_visits, seen,
               leaves_out="canceled visits, and past visits nobody closed",
               numbers=("no-shows", "visits"), target=Decimal(7), higher_is_better=False,
               digits=1, order=10),
        Metric("third_next_available", "Third next opening", "days",
               "Days from today to the third open time of each clinician, the mean of them",
               "IHI, Third next available", third_next.measure, third_next.rows, seen,
               leaves_out="held times, and clinicians without a third open time in six weeks",
               numbers=("days in all", "clinicians"), target=Decimal(10), higher_is_better=False,
               digits=1, order=20, is_of_now=True),
        Metric("wait", "Wait, median", "min",
               "Median of: taken to a room − arrived, or the start of the visit if they came early",
               "IHI, Office visit cycle time", wait, waits, seen,
               leaves_out="visits that were not roomed", numbers=("", "visits"),
               target=Decimal(15), higher_is_better=False, order=30),
        Metric("cycle_time", "Time in office", "min",
               "Median of: left − arrived, or the start of the visit if they came early",
               "IHI, Office visit cycle time", cycle_time, cycles, seen,
               leaves_out="visits nobody marked as left", numbers=("", "visits"),
               target=Decimal(45), higher_is_better=False, order=40),
        Metric("bump_rate", "Canceled by us", "%",
               "Visits the practice canceled ÷ visits booked",
               "QueueDr, cancellations and bumps told apart", bumps, bumped_visits, seen,
               leaves_out="requests nobody answered", numbers=("canceled by us", "visits"),
               target=Decimal(2), higher_is_better=False, digits=1, order=50),
        Metric("visits_per_provider_day", "Visits a clinician day", "visits",
               "Completed visits ÷ days on which each clinician completed any",
               "MGMA, visits per provider day", visits_a_day, completed_visits, seen,
               leaves_out="visits without a clinician", numbers=("visits", "clinician days"),
               digits=1, order=60),
    ):  # fmt: skip
        metrics.register(metric)
