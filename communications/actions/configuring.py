"""How the office writes: quiet hours, caps, pace, a pause."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model

from communications.permissions import Permission
from kernel.actors import Actor
from kernel.acts import act
from office.actions import keep_row


@act(permission=Permission.SET_SENDING)
def configure_sending(
    *, instance: Model, changed: Iterable[str], by: Actor, also: Callable[[], Any] | None = None
) -> Model:
    """
    Keep how messages are sent, or when reminders go out; what is due follows at the next tick.

    :raises StaleVersion: somebody else changed it since it was read
    :raises AlreadyThere: the database refuses a second one
    """
    return keep_row(instance, changed, also)
