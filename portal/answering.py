"""What a link opens: the visits its message was about, as they stand now, and what was answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from communications import links
from communications.models import Message
from kernel import clock
from kernel.actors import Actor, ActorKind
from kernel.refusals import Invalid
from office import queries as office
from office.models import Location
from scheduling.actions import answering
from scheduling.models import AnswerKind, Appointment, AppointmentStatus
from scheduling.reminders import occasion

OPEN_FOR = timedelta(days=1)  # after the visit; then the link leads nowhere


@dataclass(frozen=True)
class Visit:
    """No more than the message said: a first name, when, where, with whom."""

    appointment: Appointment
    starts_at: datetime
    first_name: str
    practitioner: str
    stands: bool  # as the message said: booked, and at that time
    answered: str


@dataclass(frozen=True)
class Door:
    message: Message
    visits: tuple[Visit, ...]
    location: Location
    practice: str
    late_minutes: tuple[int, ...] = answering.LATE_MINUTES

    @property
    def open_visits(self) -> list[Visit]:
        return [visit for visit in self.visits if visit.stands and not visit.answered]

    @property
    def answered(self) -> str:
        return next((visit.answered for visit in self.visits if visit.answered), "")


def open_door(token: str, at: datetime) -> Door | None:
    """None: no such link, one that is too old, or of a message that was never sent."""
    message_id = links.read(token)
    message = (
        Message.objects.filter(pk=message_id, about_id__isnull=False).first()
        if message_id
        else None
    )
    if message is None or message.state in {"due", "dropped"}:
        return None
    said = Message.objects.filter(Q(pk=message.pk) | Q(carried_by=message.pk))
    about = said.values_list("about_id", "occasion")
    occasions = {key: stood for key, stood in about if key}
    rows = (
        Appointment.objects.filter(pk__in=occasions)
        .select_related("patient", "practitioner", "location")
        .prefetch_related("answers")
        .order_by("starts_at", "pk")
    )
    found = [row for row in rows if row.ends_at + OPEN_FOR > at]
    if not found:
        return None
    practice = office.practice()
    visits = tuple(_visit(row, occasions[row.pk], message) for row in found)
    return Door(message, visits, found[0].location, practice.name if practice else "")


def _visit(row: Appointment, said: str, message: Message) -> Visit:
    answer = next(
        (
            each
            for each in row.answers.all()
            if each.message_id == message.pk and each.came_by == "link"
        ),
        None,
    )
    return Visit(
        row,
        clock.local(row.starts_at, row.location.zone),
        row.patient.preferred_name or row.patient.given_name,
        row.practitioner.spoken if row.practitioner else "",
        row.status == AppointmentStatus.BOOKED and occasion(row) == said,
        answer.kind if answer else "",
    )


def take(door: Door, kind: str, late: str, at: datetime) -> None:
    """
    One answer for all that the message said: a family comes or does not.

    :raises Invalid: no such answer
    :raises AnsweredBefore, NothingToAnswer: used, moved, canceled, begun
    """
    if not door.open_visits:
        if door.answered:
            raise answering.AnsweredBefore("This link was used. Call us if something has changed.")
        raise answering.NothingToAnswer(
            "The visit was moved or canceled since we wrote. Please call us."
        )
    if kind not in {AnswerKind.CONFIRM, AnswerKind.CANCEL, AnswerKind.LATE}:
        raise Invalid("Press one of the buttons.", field="answer")
    minutes = (
        int(late)
        if kind == AnswerKind.LATE and late.isascii() and late.isdigit() and len(late) < 4
        else None
    )
    for visit in door.open_visits:
        patient = Actor(ActorKind.PATIENT, visit.appointment.patient_id, "patient, by link")
        answering.take_answer(
            appointment=visit.appointment, kind=kind, came_by="link", message=door.message,
            late_minutes=minutes, by=Actor.system("portal", on_behalf_of=patient), at=at,
        )  # fmt: skip
