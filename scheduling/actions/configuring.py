"""Visit types and when practitioners see patients: configuration with a permission of its own."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model

from kernel.actors import Actor
from kernel.acts import act
from office.actions import keep_row, remove_row
from scheduling.permissions import Permission


@act(permission=Permission.SET_AVAILABILITY)
def configure_schedule(
    *, instance: Model, changed: Iterable[str], by: Actor, also: Callable[[], Any] | None = None
) -> Model:
    """
    Keep a visit type, an availability or an exception; visits that stand already are not touched.

    :raises StaleVersion: somebody else changed it since it was read
    :raises AlreadyThere: the database refuses a second one
    """
    return keep_row(instance, changed, also)


@act(permission=Permission.SET_AVAILABILITY)
def remove_from_schedule(*, instance: Model, by: Actor) -> None:
    """
    Take an availability or an exception away; visits that stand already are not touched.

    :raises InUse: a visit still has this type
    """
    remove_row(instance)
