"""The visits of a day, as a full but not bursting practice books them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet

from demo.crowd import Crowd
from demo.daybook import Daybook
from demo.kinds import KINDS, MIXES
from demo.people import NURSES
from demo.sessions import Session, Span
from patients.models import Patient
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AppointmentType,
    Confirmation,
    Reservation,
)
from scheduling.models.appointment import CancelledBy

Status = AppointmentStatus
CANCELLED, NO_SHOW, REQUESTED, WALK_IN, REFILLED = 0.06, 0.06, 0.008, 0.12, 0.5
REASONS = {
    CancelledBy.PATIENT: (
        "Feels better", "Has to work", "No ride", "Sick child at home", "Moved to another day by phone",
        "Insurance changed", "Out of town",
    ),
    CancelledBy.PRACTICE: ("Practitioner called away", "Equipment out of order", "Snow"),
}  # fmt: skip
DESK_NOTES = (
    "Bring glucose log", "Fasting since midnight", "Interpreter by phone", "Forms sent", "Needs 5 minutes more",
    "Asks for a refill too", "Bring vaccine card", "Parking validated",
)  # fmt: skip
OVERBOOKING_REASONS = (
    "Acute, cannot wait", "Doctor asked to see today", "Sibling of the patient at this time",
    "Drove an hour, slot was double-promised",
)  # fmt: skip


@dataclass
class Desk:
    """Everything that writing a day needs, once."""

    types: dict[str, AppointmentType]
    crowd: Crowd
    now: datetime
    chance: Random


def fill_session(session: Session, book: Daybook, desk: Desk, fullness: float) -> None:
    """Visit after visit with gaps between, until the session is over."""
    cursor = session.starts
    while session.ends - cursor >= timedelta(minutes=10):
        if desk.chance.random() > fullness:
            cursor += timedelta(minutes=desk.chance.choice((10, 15, 15, 20)))
            continue
        visit = _next_visit(session, cursor, book, desk)
        if visit is None:
            cursor += timedelta(minutes=5)
        elif visit.holds_time or desk.chance.random() > REFILLED:
            cursor = visit.period.upper


def _next_visit(session: Session, start: datetime, book: Daybook, desk: Desk) -> Appointment | None:
    minutes = (session.ends - start).total_seconds() / 60
    name = _kind(session, start, minutes, desk)
    if name is None:
        return None
    patient = _patient(name, session, book, desk)
    span = (start, start + timedelta(minutes=desk.types[name].minutes))
    if (
        patient is None
        or not book.is_free(session.practitioner.pk, span)
        or not book.is_free(patient.pk, span)
    ):
        return None
    return book.write(
        patient=patient,
        practitioner=session.practitioner,
        location=session.location,
        appointment_type=desk.types[name],
        span=span,
        **_facts(name, span, desk),
    )


def mix_of(session: Session, start: datetime) -> str:
    """Which kinds of visit this hour with this clinician sees."""
    if session.practitioner.specialty == NURSES:
        return "nurse"
    if session.practitioner.specialty == "Pediatrics":
        return "child"
    there = start.astimezone(ZoneInfo(session.location.zone))
    return "late" if there.hour >= 17 or there.weekday() >= 5 else "adult"


def _kind(session: Session, start: datetime, minutes: float, desk: Desk) -> str | None:
    mix = MIXES[mix_of(session, start)]
    names = [name for name in mix if name in desk.types and desk.types[name].minutes <= minutes]
    if not names:
        return None
    return desk.chance.choices(names, [mix[name] for name in names])[0]


def _patient(name: str, session: Session, book: Daybook, desk: Desk) -> Patient | None:
    children = session.practitioner.specialty == "Pediatrics"
    if name == "New patient":
        return desk.crowd.newcomer(session.location, children)
    child = children or _sees_a_child(name, session, desk)
    return desk.crowd.regular(session.location, child, book.seen, desk.chance)


def _sees_a_child(name: str, session: Session, desk: Desk) -> bool:
    """Families bring their children to nurses and to family medicine too."""
    for_children = KINDS[name].for_children
    if for_children is not None:
        return for_children
    return session.practitioner.specialty != "Internal medicine" and desk.chance.random() < 0.15


def _facts(name: str, span: Span, desk: Desk) -> dict[str, object]:
    chance, now = desk.chance, desk.now
    draw = chance.random()
    facts: dict[str, object] = {"confirmation": _confirmation(span[0], desk)}
    if chance.random() < 0.05:
        facts["note"] = chance.choice(DESK_NOTES)
    if draw < CANCELLED:
        return facts | _cancelled(span[0], desk)
    if span[1] < now and draw < CANCELLED + NO_SHOW and _is_past_day(span[0], now):
        return facts | {"status": Status.NO_SHOW, "ended_at": span[0] + timedelta(minutes=20)}
    if name in {"Sick visit", "Vaccine"} and span[1] < now and chance.random() < WALK_IN:
        return {"is_walk_in": True}
    if span[0] > now + timedelta(days=3) and chance.random() < REQUESTED:
        facts |= {"status": Status.PROPOSED, "confirmation": Confirmation.UNCONFIRMED}
    return facts


def _is_past_day(start: datetime, now: datetime) -> bool:
    """No-shows of today are told by `today`, which knows the clock."""
    return now - start > timedelta(hours=24)


def _cancelled(start: datetime, desk: Desk) -> dict[str, object]:
    by = CancelledBy.PATIENT if desk.chance.random() < 0.8 else CancelledBy.PRACTICE
    ended_at = min(start, desk.now) - timedelta(minutes=desk.chance.randrange(90, 7000))
    return {
        "status": Status.CANCELLED,
        "cancelled_by": by,
        "cancel_reason": desk.chance.choice(REASONS[by]),
        "ended_at": ended_at,
    }


def _confirmation(start: datetime, desk: Desk) -> str:
    """Reminders go out some days before."""
    ahead = start - desk.now
    weights = (80, 8, 12) if ahead < timedelta(days=1) else (58, 14, 28)
    if ahead > timedelta(days=4):
        weights = (7, 3, 90)
    answers = (Confirmation.CONFIRMED, Confirmation.LEFT_MESSAGE, Confirmation.UNCONFIRMED)
    return desk.chance.choices(answers, weights)[0]


def overbook(book: Daybook, desk: Desk, how_many: int) -> None:
    """Put a short visit beside one that stands, on purpose and with a reason."""
    beside = [visit for visit in book.appointments if _may_share(visit, book)]
    for visit in desk.chance.sample(beside, min(how_many, len(beside))):
        span = (visit.period.lower, visit.period.lower + timedelta(minutes=15))
        patient = desk.crowd.regular(visit.location, False, book.seen, desk.chance)
        if patient and book.is_free(patient.pk, span):
            book.write(
                patient=patient,
                practitioner=visit.practitioner,
                location=visit.location,
                appointment_type=desk.types["Sick visit"],
                span=span,
                lane=1,
                overbook_reason=desk.chance.choice(OVERBOOKING_REASONS),
                confirmation=Confirmation.CONFIRMED,
            )


def _may_share(visit: Appointment, book: Daybook) -> bool:
    span = (visit.period.lower, visit.period.lower + timedelta(minutes=15))
    return (
        visit.holds_time
        and visit.lane == 0
        and visit.appointment_type.name in {"Follow-up", "Extended follow-up", "Sick visit"}
        and visit.practitioner.specialty != "Pediatrics"
        and book.may_stand_beside(visit.practitioner_id, span)
    )


def cancel(visits: QuerySet[Appointment], reason: str, now: datetime) -> None:
    """The practice takes these back, and their time is free again."""
    ids = list(visits.values_list("pk", flat=True))
    Reservation.objects.filter(appointment__in=ids).update(is_live=False)
    Appointment.objects.filter(pk__in=ids).update(
        status=Status.CANCELLED,
        cancelled_by=CancelledBy.PRACTICE,
        cancel_reason=reason,
        ended_at=now,
        version=F("version") + 1,
        updated_at=now,
    )
