"""Visits that do not happen: canceled, no-show, and back again."""

from datetime import datetime

from kernel import acts, gates, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.locks import lock_in_order
from kernel.refusals import Invalid, StaleVersion
from scheduling.actions.booking import announce, question, refuse_unbookable, reread, unchanged
from scheduling.actions.life import TransitionRefused, require_step
from scheduling.actions.reserving import Terms, release, reserve
from scheduling.models import Appointment, AppointmentStatus, CancelledBy
from scheduling.permissions import Permission

GAVE_BACK = {AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW}


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["appointment"].location)
def cancel_appointment(
    *, appointment: Appointment, cancelled_by: str, reason: str, by: Actor, at: datetime
) -> Appointment:
    """
    Give the visit's time back.

    :raises Invalid: without a reason, or who asked for it
    :raises TransitionRefused: the patient is here already, or the visit is over
    """
    if cancelled_by not in CancelledBy.values:
        raise Invalid("Say who cancels: the patient or the practice.", field="cancelled_by")
    if not reason.strip():
        raise Invalid("Say why the visit is canceled.", field="reason")
    return _end(
        appointment,
        AppointmentStatus.CANCELLED,
        at,
        by,
        cancelled_by=cancelled_by,
        cancel_reason=reason.strip(),
    )


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["appointment"].location)
def mark_no_show(*, appointment: Appointment, by: Actor, at: datetime) -> Appointment:
    """
    The patient did not come. Only a person says so, and only after the start.

    :raises TransitionRefused: the visit has not begun, or the patient is here
    """
    if at < appointment.period.lower:
        raise TransitionRefused("The visit has not begun yet: cancel it instead.")
    return _end(appointment, AppointmentStatus.NO_SHOW, at, by)


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["appointment"].location)
def reinstate_appointment(*, appointment: Appointment, by: Actor, at: datetime) -> Appointment:
    """
    From canceled or no-show back to scheduled: takes the locks and reserves anew.

    :raises TransitionRefused: it is neither
    :raises StaleVersion: somebody changed it since it was read
    :raises Invalid: somebody or something of it is no longer booked
    :raises TimeTaken: its time has been taken meanwhile
    """
    terms = _terms(appointment)
    lock_in_order(terms.owners)
    appointment = reread(appointment)
    if appointment.status not in GAVE_BACK:
        raise TransitionRefused(
            f"The visit is {appointment.get_status_display().lower()}; nothing to take back."
        )
    if _terms(appointment) != terms:  # put back, moved and canceled again since it was read
        raise StaleVersion(appointment)
    refuse_unbookable(terms)
    gates.ask("appointment.book", by=by, moved=appointment.pk, **question(terms))
    reserve(appointment, terms, appointment.lane)
    appointment.save_changes(
        status=AppointmentStatus.BOOKED, cancelled_by="", cancel_reason="", ended_at=None
    )
    announce("appointment.reinstated", appointment)
    return appointment


def _terms(appointment: Appointment) -> Terms:
    return Terms(
        appointment.patient,
        appointment.practitioner,
        appointment.location,
        appointment.appointment_type,
        appointment.period,
        appointment.room,
    )


def _end(appointment: Appointment, to: str, at: datetime, by: Actor, **why: str) -> Appointment:
    appointment = reread(appointment)
    require_step(appointment, to)
    release(appointment)
    appointment.save_changes(status=to, ended_at=at, **why)
    announce(f"appointment.{to}", appointment)
    acts.note(appointment)
    appointment.undo_token = undo.offer(
        "scheduling.cancel_appointment",
        by=by,
        appointment_id=appointment.pk,
        version=appointment.version,
    )
    return appointment


@undo.reverses("scheduling.cancel_appointment")
def uncancel(*, appointment_id: str, version: int, by: Actor, at: datetime) -> Appointment:
    return reinstate_appointment(appointment=unchanged(appointment_id, version), by=by, at=at)
