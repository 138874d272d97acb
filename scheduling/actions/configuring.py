"""Visit types and when practitioners see patients: configuration with a permission of its own."""

from collections.abc import Callable, Iterable
from datetime import date, time
from typing import Any

from django.db.models import Model

from kernel import acts
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid
from office.actions import announce, keep_row, remove_row
from office.models import Location
from scheduling.models import Availability
from scheduling.permissions import Permission
from staff.models import Practitioner

Hours = Iterable[tuple[int, time, time]]


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
def set_week(
    *,
    practitioner: Practitioner,
    location: Location,
    hours: Hours,
    valid_from: date,
    by: Actor,
) -> list[Availability]:
    """
    Say when somebody sees patients at a location: weekday (0 is Monday), starts, ends.

    It takes the place of what begins on the same day or later; visits that stand already are not touched.

    :raises Invalid: hours end before they begin
    """
    spans = sorted(hours)
    if any(ends <= starts for _, starts, ends in spans):
        raise Invalid("The hours end before they begin.", field="ends")
    Availability.objects.filter(
        practitioner=practitioner, location=location, valid_from__gte=valid_from
    ).delete()
    made = Availability.objects.bulk_create(
        Availability(
            practitioner=practitioner,
            location=location,
            weekday=weekday,
            starts=starts,
            ends=ends,
            valid_from=valid_from,
        )
        for weekday, starts, ends in spans
    )
    acts.note(practitioner, days=len({weekday for weekday, *_ in spans}))
    announce(made[0] if made else practitioner)
    return made


@act(permission=Permission.SET_AVAILABILITY)
def remove_from_schedule(*, instance: Model, by: Actor) -> None:
    """
    Take an availability or an exception away; visits that stand already are not touched.

    :raises InUse: a visit still has this type
    """
    remove_row(instance)
