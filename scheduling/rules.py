"""What the schedule itself says at the gate of a booking."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q

from kernel import clock, gates
from kernel.gates import Finding, Question
from scheduling.models import Appointment
from scheduling.permissions import Permission
from scheduling.queries import availability

BOOK = "appointment.book"


@gates.rule(
    BOOK,
    "scheduling.outside_availability",
    "Outside the practitioner's hours",
    level="warn",
    override=Permission.BOOK_OUTSIDE,
)
def outside_availability(asked: Sequence[Question]) -> list[Finding | None]:
    return [_outside(question) for question in asked]


def _outside(question: Question) -> Finding | None:
    who, location, span = question["practitioner"], question["location"], question["period"]
    if who is None:
        return None
    template = availability.template(location.pk, who.pk)
    day = availability.local_day(span.lower, location.zone)
    why = availability.touches(template.blocks(day), day, location.zone, span)
    if why is not None:
        return Finding(f"{who.short} sees no patients then: {why or 'blocked'}.")
    windows = template.windows(day)
    if not windows:
        return Finding(f"{who.short} has no hours at {location.name} on this day.")
    if not availability.fits(windows, day, location.zone, span):
        hours = ", ".join(f"{starts:%-I:%M}–{ends:%-I:%M}" for starts, ends in windows)
        return Finding(f"{who.short} sees patients {hours} on this day.", facts=(("Hours", hours),))
    kind = question["appointment_type"]
    if not availability.fits(template.windows(day, kind.pk), day, location.zone, span):
        return Finding(f"{who.short} keeps this time for other visit types than {kind}.")
    return None


@gates.rule(BOOK, "scheduling.same_day", "The patient has a visit on the same day", level="warn")
def same_day(asked: Sequence[Question]) -> list[Finding | None]:
    """One query for all questions: the same patient twice a day, or a visit standing beside a held lane."""
    days = [clock.day(_day(question), question["location"].zone) for question in asked]
    wanted = Q(pk=None)
    for question, day in zip(asked, days, strict=True):
        if question["patient"]:  # while one books, the rules are asked before the patient is known
            wanted |= Q(
                patient=question["patient"], starts_at__gte=day.lower, starts_at__lt=day.upper
            )
    visits = Appointment.objects.holding_time().filter(wanted).order_by("starts_at", "pk")
    found = list(visits.values_list("pk", "patient_id", "starts_at"))
    return [
        _twice(question, [row for row in found if _is_of(question, day, row)])
        for question, day in zip(asked, days, strict=True)
    ]


def _is_of(question: Question, day: Any, row: tuple[Any, ...]) -> bool:
    patient = question["patient"]
    return patient is not None and row[1] == patient.pk and row[2] in day


def _day(question: Question) -> date:
    return availability.local_day(question["period"].lower, question["location"].zone)


def _twice(question: Question, others: list[tuple[Any, ...]]) -> Finding | None:
    other = next((row for row in others if row[0] != question.get("moved")), None)
    if other is None:
        return None
    begins = clock.local(other[2], question["location"].zone)
    return Finding(f"This patient has a visit at {begins:%-I:%M %p} on the same day.")
