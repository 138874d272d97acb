"""What every booking needs and nobody changes by the minute: types, bookable people, own sites."""

from uuid import UUID

from kernel.memo import for_a_moment
from office.models import Location
from scheduling.models import AppointmentType
from staff.models import Practitioner


@for_a_moment
def types() -> dict[UUID, AppointmentType]:
    return {each.pk: each for each in AppointmentType.objects.order_by("name")}


@for_a_moment
def practitioners() -> dict[UUID, Practitioner]:
    """Our own, bookable or not; which of them somebody may book is a question of the location."""
    rows = Practitioner.objects.filter(is_external=False).select_related("employee")
    return {each.pk: each for each in rows.order_by("family_name", "given_name", "pk")}


@for_a_moment
def locations() -> dict[UUID, Location]:
    return {each.pk: each for each in Location.objects.ours().order_by("name")}


def forget_catalog() -> None:
    """After a change of configuration in this process."""
    for memo in (types, practitioners, locations):
        memo.forget()
