"""
What the key figures of the schedule count: one statement per figure, however many spans are asked for.

A visit belongs to the day on which it begins on its location's calendar.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DateField,
    DateTimeField,
    Expression,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat, Extract, Greatest

from kernel import clock
from kernel.actors import Actor
from kernel.metrics import Behind, Cell, Reading, Span
from scheduling.display import minutes_words
from scheduling.models import Appointment
from scheduling.querysets import AppointmentQuerySet

DAY = timedelta(days=1)
# Those who were still expected when their visit began.
EXPECTED_AT_START = ("arrived", "checked-in", "fulfilled", "noshow")
MISSED = Q(status="noshow")
BUMPED = Q(status="cancelled", cancelled_by="practice")
SEEN = Q(status="fulfilled")


class Median(Aggregate):
    """The middle value; of an even number the mean of the two in the middle."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def visits(actor: Actor, locations: Sequence[UUID]) -> AppointmentQuerySet:
    """What figures count: visits of patients, at those of the locations where the actor works."""
    rows = Appointment.objects.visible_to(actor).filter(location__in=locations)
    return rows.exclude(status="entered-in-error")


def minutes_from_door(until: str) -> Expression:
    """Minutes from arriving to a step; who comes early waits from the start of the visit (IHI)."""
    began = Greatest(F("encounter__arrived_at"), F("starts_at"))
    return Greatest(
        Extract(F(f"encounter__{until}") - began, "epoch") / 60.0, 0.0, output_field=FloatField()
    )


def went_through(rows: AppointmentQuerySet, until: str) -> AppointmentQuerySet:
    """Visits with both ends of a stretch of time stamped."""
    return rows.filter(
        encounter__arrived_at__isnull=False, **{f"encounter__{until}__isnull": False}
    )


def within(rows: AppointmentQuerySet, spans: Sequence[Span]) -> AppointmentQuerySet:
    """Of the days asked for; `span` says of which. Spans must not overlap."""
    first = min(span.first for span in spans)
    last = max(span.last for span in spans)
    there = Func(
        F("location__zone"), F("starts_at"), function="timezone", output_field=DateTimeField()
    )
    whens = [
        When(local_day__gte=span.first, local_day__lte=span.last, then=Value(place))
        for place, span in enumerate(spans)
    ]
    return rows.filter(
        starts_at__gte=datetime.combine(first - DAY, time.min, UTC),
        starts_at__lt=datetime.combine(last + 2 * DAY, time.min, UTC),
    ).annotate(
        local_day=Cast(there, DateField()),
        span=Case(*whens, output_field=IntegerField()),
    ).filter(span__isnull=False)  # fmt: skip


def by_span(
    rows: AppointmentQuerySet, spans: Sequence[Span], **figures: Any
) -> list[dict[str, Any]]:
    """One dict of figures per span; empty where the span has no rows."""
    found = within(rows, spans).order_by().values("span").annotate(**figures)
    by_place = {row["span"]: row for row in found}
    return [by_place.get(place, {}) for place in range(len(spans))]


def share(
    rows: AppointmentQuerySet, spans: Sequence[Span], part: Q, whole: Q, scale: int = 100
) -> list[Reading]:
    """part × scale ÷ whole, of each span."""
    counted = by_span(rows, spans, part=Count("pk", filter=part), whole=Count("pk", filter=whole))
    return [Reading.ratio(row.get("part"), row.get("whole"), scale) for row in counted]


def median_minutes(rows: AppointmentQuerySet, spans: Sequence[Span], until: str) -> list[Reading]:
    """The median of the minutes from the door to a step, of each span."""
    asked = went_through(rows, until)
    found = by_span(asked, spans, middle=Median(minutes_from_door(until)), visits=Count("pk"))
    return [
        Reading(Decimal(str(row["middle"])), None, Decimal(row["visits"])) if row else Reading()
        for row in found
    ]


def per_clinician_day(rows: AppointmentQuerySet, spans: Sequence[Span]) -> list[Reading]:
    """Completed visits ÷ days on which each clinician completed any."""
    worked = Concat(
        Cast("practitioner_id", TextField()),
        Value(" "),
        Cast("local_day", TextField()),
        output_field=TextField(),
    )
    seen = rows.filter(SEEN, practitioner__isnull=False)
    found = by_span(seen, spans, visits=Count("pk"), days=Count(worked, distinct=True))
    return [Reading.ratio(row.get("visits"), row.get("days")) for row in found]


def behind(rows: AppointmentQuerySet, span: Span, limit: int, until: str = "") -> Behind:
    """The visits a figure counted, the latest first; with `until` how long each took."""
    found = within(went_through(rows, until) if until else rows, [span])
    total = found.count()
    if until:
        found = found.annotate(took=minutes_from_door(until)).order_by("-took", "-starts_at", "pk")
    else:
        found = found.order_by("-starts_at", "pk")
    shown = found.select_related("patient", "practitioner", "location", "appointment_type")[:limit]
    last = "Minutes" if until else "What happened"
    columns = ("When", "Patient", "Visit", "Clinician", "Location", last)
    return Behind(columns, tuple(_cells(visit, until) for visit in shown), total)


def _cells(visit: Any, until: str) -> tuple[Cell, ...]:
    begins = clock.local(visit.starts_at, visit.location.zone)
    what = minutes_words(round(visit.took)) if until else _happened(visit)
    who = visit.practitioner.family_name if visit.practitioner else ""
    return (
        Cell(f"{begins:%a} {begins.day} {begins:%b}, {begins:%-I:%M}"),
        Cell(str(visit.patient), "patients.patient", visit.patient_id),
        Cell(visit.appointment_type.name),
        Cell(who),
        Cell(visit.location.name),
        Cell(what),
    )


def _happened(visit: Appointment) -> str:
    return visit.cancel_reason or visit.get_status_display()
