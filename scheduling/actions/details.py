"""What is noted about a visit that does not move it: whether the patient confirmed, and the desk's note."""

from kernel import acts, text, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid, StaleVersion
from scheduling.actions.booking import reread, show, unchanged
from scheduling.actions.life import TransitionRefused
from scheduling.actions.moving import MOVABLE
from scheduling.models import Appointment, Confirmation
from scheduling.permissions import Permission

LONGEST_NOTE = 300


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["appointment"].location)
def confirm_appointment(*, appointment: Appointment, confirmation: str, by: Actor) -> Appointment:
    """
    Keep what the patient said, or that nobody answered: confirmed, left message, not confirmed.

    :raises Invalid: no such answer
    :raises TransitionRefused: the patient is here, or the visit is over
    """
    if confirmation not in Confirmation.values:
        raise Invalid("Say whether the patient confirmed.", field="confirmation")
    appointment = reread(appointment)
    if appointment.status not in MOVABLE:
        raise TransitionRefused(
            f"The visit is {appointment.get_status_display().lower()}: there is nothing left to confirm."
        )
    before = appointment.confirmation
    appointment.save_changes(confirmation=confirmation)
    show(appointment)
    acts.note(appointment, confirmation=confirmation, before=before)
    appointment.undo_token = undo.offer(
        "scheduling.confirm_appointment",
        by=by,
        appointment_id=appointment.pk,
        version=appointment.version,
        before=before,
    )
    return appointment


@undo.reverses("scheduling.confirm_appointment")
def unconfirm(
    *, appointment_id: str, version: int, before: str, by: Actor, at: object
) -> Appointment:
    """What was known before."""
    return confirm_appointment(
        appointment=unchanged(appointment_id, version), confirmation=before, by=by
    )


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["appointment"].location)
def change_note(*, appointment: Appointment, note: str, version: int, by: Actor) -> Appointment:
    """
    Change the note for the desk.

    :raises Invalid: too long
    :raises StaleVersion: somebody changed the visit since the note was opened
    """
    note = text.clean(note)
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"A note has at most {LONGEST_NOTE} characters.", field="note")
    appointment = reread(appointment)
    if appointment.version != version and appointment.note != note:
        raise StaleVersion(appointment, {"note": note})
    if appointment.save_changes(note=note):
        show(appointment)
    acts.note(appointment)
    return appointment
