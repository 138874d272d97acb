"""The life of an appointment as data: where each status leads."""

from kernel.refusals import Refusal
from scheduling.models import Appointment, AppointmentStatus

Status = AppointmentStatus

NEXT = {
    Status.PROPOSED: {Status.BOOKED, Status.CANCELLED, Status.ENTERED_IN_ERROR},
    Status.PENDING: {Status.BOOKED, Status.CANCELLED, Status.ENTERED_IN_ERROR},
    Status.BOOKED: {Status.ARRIVED, Status.CANCELLED, Status.NO_SHOW, Status.ENTERED_IN_ERROR},
    Status.ARRIVED: {Status.BOOKED, Status.CHECKED_IN, Status.FULFILLED},  # a mis-click goes back
    Status.CHECKED_IN: {Status.ARRIVED, Status.FULFILLED},
    Status.FULFILLED: {Status.ARRIVED, Status.CHECKED_IN},
    # These have given their time back: reinstate_appointment takes the locks and may be refused.
    Status.CANCELLED: set(),
    Status.NO_SHOW: set(),
    Status.WAITLIST: {Status.BOOKED, Status.CANCELLED},
    Status.ENTERED_IN_ERROR: set(),
}

WORDS = {
    Status.ARRIVED: "marked arrived",
    Status.CHECKED_IN: "checked in",
    Status.FULFILLED: "completed",
    Status.CANCELLED: "canceled",
    Status.NO_SHOW: "marked no-show",
    Status.BOOKED: "put back to scheduled",
    Status.ENTERED_IN_ERROR: "taken back",
}


class TransitionRefused(Refusal):
    """The visit is not in a state from which this is possible; the sentence says in which it is."""

    code = "transition-refused"
    title = "The visit has moved on"


def require_step(appointment: Appointment, to: str) -> None:
    """
    :raises TransitionRefused: if NEXT has no such step
    """
    now = AppointmentStatus(appointment.status)
    if to not in NEXT[now]:
        raise TransitionRefused(
            f"The visit is {now.label.lower()} by now; it cannot be {WORDS.get(AppointmentStatus(to), to)}."
        )
