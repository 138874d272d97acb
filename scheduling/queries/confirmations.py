"""The next two business days: who has said that they come, who has not, and what was written to them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from communications.models import Message
from kernel import clock
from kernel.actors import Actor
from office import queries as office
from office.models import Location
from patients.models import ContactPoint
from scheduling.models import (
    AnswerKind,
    Appointment,
    AppointmentStatus,
    Confirmation,
    PatientAnswer,
)

BUSINESS_DAYS = 2
LOOK_AHEAD = 14  # calendar days; an office that is closed longer has nobody to call
SHOWN = ("open", "all")


@dataclass(frozen=True)
class Line:
    """One visit, and whether its patient will come."""

    id: UUID
    patient_id: UUID
    version: int
    starts_at: datetime
    name: str
    practitioner: str
    kind: str
    phone: str
    confirmation: str
    confirmation_word: str
    written: str
    written_state: str
    answers: tuple[PatientAnswer, ...] = ()

    @property
    def asks(self) -> PatientAnswer | None:
        """What a person has to see to."""
        return next((each for each in self.answers if each.settled_at is None), None)

    @property
    def is_open(self) -> bool:
        return self.confirmation != Confirmation.CONFIRMED or self.asks is not None


@dataclass(frozen=True)
class Day:
    day: date
    lines: tuple[Line, ...]
    confirmed: int

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def open_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_open)


def business_days(location: Location, today: date, how_many: int = BUSINESS_DAYS) -> list[date]:
    """The next days on which the location is open, after today."""
    days = (today + timedelta(days=ahead) for ahead in range(1, LOOK_AHEAD + 1))
    return [day for day in days if office.open_day(location.pk, day).is_open][:how_many]


def confirmations(actor: Actor, location: Location, at: datetime) -> list[Day]:
    """Four statements, however many visits."""
    today = clock.today(at, location.zone)
    days = business_days(location, today)
    if not days:
        return []
    visits = list(
        Appointment.objects.visible_to(actor)
        .at_location(location)
        .starting_in(clock.days(days[0], days[-1], location.zone))
        .filter(status=AppointmentStatus.BOOKED)
        .select_related("patient", "practitioner", "appointment_type")
        .order_by("starts_at", "pk")
    )
    ids = [visit.pk for visit in visits]
    phones, written, answers = _phones(visits), _written(ids), _answers(ids)
    by_day: dict[date, list[Line]] = {day: [] for day in days}
    for visit in visits:
        begins = clock.local(visit.starts_at, location.zone)
        if begins.date() in by_day:
            line = _line(visit, begins, phones, written.get(visit.pk), answers[visit.pk])
            by_day[begins.date()].append(line)
    return [
        Day(day, tuple(lines), sum(line.confirmation == Confirmation.CONFIRMED for line in lines))
        for day, lines in by_day.items()
    ]


def open_answers(actor: Actor) -> list[PatientAnswer]:
    """Answers that wait for somebody, the earliest visit first."""
    rows = PatientAnswer.objects.visible_to(actor).unsettled()
    rows = rows.filter(appointment__status=AppointmentStatus.BOOKED)
    return list(
        rows.select_related("appointment__patient", "appointment__location").order_by(
            "appointment__starts_at", "pk"
        )[:50]
    )


def _line(
    visit: Appointment,
    begins: datetime,
    phones: Mapping[UUID, str],
    message: Message | None,
    answers: Iterable[PatientAnswer],
) -> Line:
    return Line(
        visit.pk, visit.patient_id, visit.version, begins, str(visit.patient),
        visit.practitioner.short if visit.practitioner else "", str(visit.appointment_type),
        phones.get(visit.patient_id, ""), visit.confirmation, visit.get_confirmation_display(),
        _what(message), message.state if message else "", tuple(answers),
    )  # fmt: skip


def _what(message: Message | None) -> str:
    if message is None:
        return ""
    way = message.get_way_display() if message.way else "Reminder"
    return f"{way}: {(message.reason or message.get_state_display()).rstrip('.').lower()}"


def _phones(visits: Iterable[Appointment]) -> dict[UUID, str]:
    rows = ContactPoint.objects.filter(
        patient__in={visit.patient_id for visit in visits}, system=ContactPoint.System.PHONE
    ).order_by("-rank", "-pk")
    return {row.patient_id: row.value for row in rows}


def _written(ids: list[UUID]) -> dict[UUID, Message]:
    rows = Message.objects.filter(about_id__in=ids).order_by("due_at", "pk")
    return {row.about_id: row for row in rows if row.about_id}


def _answers(ids: list[UUID]) -> dict[UUID, list[PatientAnswer]]:
    found: dict[UUID, list[PatientAnswer]] = defaultdict(list)
    for row in PatientAnswer.objects.filter(appointment__in=ids).order_by("-created_at", "-pk"):
        found[row.appointment_id].append(row)
    return found


def asks_what(answer: PatientAnswer) -> str:
    """In the words of the desk."""
    if answer.kind == AnswerKind.LATE:
        return f"Running {answer.late_minutes} minutes late"
    if answer.kind == AnswerKind.WORDS:
        return f"Wrote back: “{answer.words}”"
    return AnswerKind(answer.kind).label
