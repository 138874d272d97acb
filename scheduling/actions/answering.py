"""What patients say about their visits, by link or reply: kept, and where a person has to do something, asked."""

from datetime import datetime, timedelta

from communications.models import Message
from kernel import acts, text
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid, Refusal
from scheduling.actions.booking import reread, show
from scheduling.models import (
    AnswerKind,
    Appointment,
    AppointmentStatus,
    Confirmation,
    PatientAnswer,
)
from scheduling.permissions import Permission

LATE_MINUTES = (5, 10, 15, 20, 30, 45, 60)
LONGEST_WORDS = 500
# Once the visit has begun there is nothing to say by link any more, but “running late” has its own hour.
OPEN_AFTER_START = timedelta(minutes=30)


class AnsweredBefore(Refusal):
    """A link answers once."""

    code = "answered-before"
    title = "This was answered before"
    status = 409


class NothingToAnswer(Refusal):
    """The visit was moved, canceled, or has begun."""

    code = "nothing-to-answer"
    title = "There is nothing left to answer"
    status = 409


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["appointment"].location)
def take_answer(
    *, appointment: Appointment, kind: str, came_by: str, by: Actor, at: datetime,
    message: Message | None = None, late_minutes: int | None = None, words: str = "",
) -> PatientAnswer:  # fmt: skip
    """
    Keep what the patient said. “Will come” confirms; everything else waits for the desk.

    :raises Invalid: no such answer, or late without minutes
    :raises AnsweredBefore: this link was used
    :raises NothingToAnswer: the visit is no longer ahead as the message said
    """
    if kind not in AnswerKind.values:
        raise Invalid("Say whether you come.", field="kind")
    if (kind == AnswerKind.LATE) != (late_minutes is not None):
        raise Invalid("Say how many minutes.", field="late_minutes")
    if late_minutes is not None and late_minutes not in LATE_MINUTES:
        raise Invalid(
            f"Choose one of {', '.join(map(str, LATE_MINUTES))} minutes.", field="late_minutes"
        )
    appointment = reread(appointment)
    is_ahead = appointment.starts_at + OPEN_AFTER_START > at
    if appointment.status != AppointmentStatus.BOOKED or not is_ahead:
        raise NothingToAnswer(_why(appointment))
    if came_by == "link" and appointment.answers.filter(message=message, came_by="link").exists():
        raise AnsweredBefore("This link was used. Call us if something has changed.")
    answer = PatientAnswer(
        appointment=appointment, message=message, kind=kind, came_by=came_by,
        late_minutes=late_minutes, words=text.clean(words)[:LONGEST_WORDS],
    )  # fmt: skip
    if kind == AnswerKind.CONFIRM:
        appointment.save_changes(confirmation=Confirmation.CONFIRMED)
    answer.save()
    if kind == AnswerKind.CONFIRM:
        answer.save_changes(settled_at=answer.created_at, settled_by="the answer itself")
    show(appointment)
    acts.note(appointment, answer=kind, came_by=came_by)
    return answer


@act(
    permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["answer"].appointment.location
)
def settle_answer(*, answer: PatientAnswer, by: Actor, at: datetime) -> PatientAnswer:
    """
    Somebody has seen to it: called, canceled, moved. Twice is once.
    """
    answer = PatientAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    if answer.settled_at is None:
        answer.save_changes(settled_at=max(at, answer.created_at), settled_by=by.name[:200])
    show(answer.appointment)
    acts.note(answer.appointment, answer=answer.kind)
    return answer


def _why(appointment: Appointment) -> str:
    if appointment.status == AppointmentStatus.BOOKED:
        return "The visit has begun."
    return f"The visit is {appointment.get_status_display().lower()}."
