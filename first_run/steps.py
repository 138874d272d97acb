"""The steps from an empty house to the first bookable day, and how far this office is."""

from collections.abc import Callable
from dataclasses import dataclass

from access.models import User
from kernel.refusals import Refusal
from office.models import Closure, Location, OpeningHours, Practice, Room
from scheduling.models import AppointmentType, Availability
from staff.models import Employee


@dataclass(frozen=True)
class Step:
    """One page of the wizard. What it has done is read from the office itself, so it can be left at any time."""

    slug: str
    label: str
    is_done: Callable[[], bool]
    can_wait: bool = True
    what: str = ""


def first_location() -> Location | None:
    return Location.objects.in_use().order_by("created_at", "id").first()


def the_location() -> Location:
    """
    The location the later steps are about.

    :raises Refusal: there is none yet
    """
    found = first_location()
    if found is None:
        raise Refusal("Enter your first location before this step.")
    return found


def is_over() -> bool:
    """The office is open: what the steps asked is changed under Settings from now on."""
    return Practice.objects.filter(is_set_up=True).exists()


STEPS = [
    Step("account", "Account", User.objects.exists, can_wait=False),
    Step("practice", "Practice", Practice.objects.exists, can_wait=False,
         what="The practice has a name and a time zone"),
    Step("location", "Location and hours", OpeningHours.objects.exists, can_wait=False,
         what="There is a location, and it is open on some days"),
    Step("holidays", "Holidays", Closure.objects.filter(is_holiday=True).exists,
         what="Federal holidays are closed days"),
    Step("people", "People", Employee.objects.exists,
         what="The people who work here are entered"),
    Step("rooms", "Rooms", Room.objects.exists, what="Rooms are named, so that visits can be roomed"),
    Step("visit-types", "Visit types", AppointmentType.objects.exists,
         what="Kinds of visits say how long they take"),
    Step("availability", "Availability", Availability.objects.exists,
         what="Practitioners have hours, so that times can be found"),
    Step("open", "Open", is_over, can_wait=False),
]  # fmt: skip
BY_SLUG = {step.slug: step for step in STEPS}


def after(slug: str) -> Step:
    """The step that follows."""
    place = STEPS.index(BY_SLUG[slug])
    return STEPS[min(place + 1, len(STEPS) - 1)]


def before(slug: str) -> Step | None:
    """The step to go back to; never to the account, which is made once."""
    place = STEPS.index(BY_SLUG[slug])
    return STEPS[place - 1] if place > 1 else None


def next_to_do(furthest: str) -> Step:
    """Where to go on: what cannot wait, else where somebody left off."""
    for step in STEPS[:-1]:
        if not step.can_wait and not step.is_done():
            return step
    return BY_SLUG.get(furthest) or BY_SLUG["holidays"]
