"""What an office needs before its first day: the practice, where it works, when it is open."""

from collections.abc import Iterable
from datetime import time

from django.core.exceptions import ValidationError
from django.db import transaction

from kernel import acts, consequences, memo
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid
from office.actions.configuration import AlreadyThere, keep_row
from office.models import Device, Location, OpeningHours, Practice, Room
from office.models.hours import Weekday
from office.models.practice import known_zone
from office.permissions import Permission

Hours = Iterable[tuple[int, time, time]]


@act(permission=Permission.CONFIGURE_OFFICE)
def set_up_practice(*, name: str, zone: str, by: Actor) -> Practice:
    """Name the practice and the zone its months and posting dates are in; again changes both."""
    _checked_zone(zone)
    practice = Practice.objects.select_for_update().first()
    if practice is None:
        practice = Practice.objects.create(name=name, zone=zone)
    else:
        practice.save_changes(name=name, zone=zone)
    transaction.on_commit(memo.forget_all)
    return practice


@act(permission=Permission.CONFIGURE_OFFICE)
def finish_set_up(*, by: Actor) -> Practice:
    """
    The first steps are done; the start page leads to the work from now on.

    :raises Invalid: there is no practice or no location yet
    """
    practice = Practice.objects.select_for_update().first()
    if practice is None or not Location.objects.in_use().exists():
        raise Invalid("Name the practice and a first location before you finish.")
    practice.save_changes(is_set_up=True)
    transaction.on_commit(memo.forget_all)
    return practice


@act(permission=Permission.CONFIGURE_OFFICE)
def add_location(
    *, name: str, zone: str, by: Actor, code: str = "", address: str = "", phone: str = ""
) -> Location:
    """
    A new site. Who may configure the office works there too (the rooms above see to it).

    :raises AlreadyThere: a site of ours has this name
    """
    _checked_zone(zone)
    if Location.objects.ours().filter(name=name).exists():
        raise AlreadyThere(f"There is a location called {name} already.")
    location = Location(name=name, zone=zone, code=code, address=address, phone=phone)
    keep_row(location, [])
    consequences.apply("office.location_added", by=by, location=location)
    return location


@act(permission=Permission.CONFIGURE_OFFICE)
def set_hours(*, location: Location, hours: Hours, by: Actor) -> list[OpeningHours]:
    """
    The week of a location, in place of what stood there: weekday (0 is Monday), opens, closes.

    :raises Invalid: a span ends before it begins, or two of a day overlap
    """
    return write_hours(location, hours)


def write_hours(location: Location, hours: Hours) -> list[OpeningHours]:
    """The inside of `set_hours`, for an act that has just made the location."""
    spans = sorted(hours)
    for weekday, opens, closes in spans:
        if closes <= opens:
            raise Invalid(f"{_day(weekday)} closes before it opens.", field=f"opens_{weekday}")
    for (day, _, closes), (next_day, opens, _) in zip(spans, spans[1:], strict=False):
        if day == next_day and opens < closes:
            raise Invalid(f"Two spans of {_day(day)} overlap.", field=f"opens_{day}")
    acts.note(location, days=len({weekday for weekday, *_ in spans}))
    OpeningHours.objects.filter(location=location).delete()
    made = OpeningHours.objects.bulk_create(
        OpeningHours(location=location, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in spans
    )
    transaction.on_commit(memo.forget_all)
    return made


@act(permission=Permission.CONFIGURE_OFFICE)
def add_room(*, location: Location, name: str, kind: str, by: Actor) -> Room:
    """
    A room one patient at a time is in.

    :raises AlreadyThere: the location has a room of this name
    """
    if Room.objects.at(location).filter(name=name).exists():
        raise AlreadyThere(f"{location.name} has a room called {name} already.")
    room = Room(location=location, name=name, kind=kind)
    keep_row(room, [])
    return room


@act(permission=Permission.CONFIGURE_OFFICE)
def add_device(*, location: Location, name: str, kind: str, by: Actor) -> Device:
    """
    A thing visits share.

    :raises AlreadyThere: the location has a device of this name
    """
    if Device.objects.at(location).filter(name=name).exists():
        raise AlreadyThere(f"{location.name} has a device called {name} already.")
    device = Device(location=location, name=name, kind=kind)
    keep_row(device, [])
    return device


def _day(weekday: int) -> str:
    return str(Weekday(weekday).label)


def _checked_zone(name: str) -> str:
    try:
        known_zone(name)
    except ValidationError as error:
        raise Invalid(error.messages[0], field="zone") from error
    return name
