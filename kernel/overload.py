"""When the database says "not now": a sentence and a status that says try again, never a fault page."""

import logging

from django.db import DatabaseError, InterfaceError

from kernel import durable
from kernel.refusals import Refusal

log = logging.getLogger(__name__)


class Busy(Refusal):
    """Somebody else held the same rows for longer than `lock_timeout`, or three tries met a deadlock."""

    code = "busy"
    title = (
        "Somebody else is changing the same thing right now, so nothing was saved. "
        "Try again in a moment."
    )
    status = 409


class TookTooLong(Refusal):
    """A question ran into `statement_timeout`."""

    code = "too-long"
    title = (
        "This took too long and was stopped; nothing was saved. Ask for less at once, "
        "or try again in a few minutes."
    )
    status = 503


class Unreachable(Refusal):
    """The database does not answer, or is just starting or stopping."""

    code = "unreachable"
    title = (
        "The office's database does not answer right now; nothing was saved. Try again in a minute."
    )
    status = 503


REFUSALS: dict[str, type[Refusal]] = {
    "55P03": Busy,  # lock_not_available
    "40P01": Busy,  # deadlock_detected
    "40001": Busy,  # serialization_failure
    "57014": TookTooLong,  # query_canceled
    "53300": Unreachable,  # too_many_connections
    "57P01": Unreachable,  # admin_shutdown
    "57P02": Unreachable,  # crash_shutdown
    "57P03": Unreachable,  # cannot_connect_now
}


def refusal_of(error: BaseException | None) -> Refusal | None:
    """The refusal an error of the database means to a person; None: it is a fault of ours."""
    if not isinstance(error, DatabaseError | InterfaceError):
        return None
    state = durable.sqlstate(error)
    wanted = REFUSALS.get(state)
    if wanted is None and (state.startswith("08") or _has_no_server(error, state)):
        wanted = Unreachable
    if wanted is None:
        return None
    log.warning("the database refused: %s (%s)", wanted.code, state or type(error).__name__)
    return wanted()


def _has_no_server(error: BaseException, state: str) -> bool:
    """A connection that could not be made or was cut carries no state."""
    return not state and type(error).__name__ in {"OperationalError", "InterfaceError"}
