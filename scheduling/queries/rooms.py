"""Which rooms are free: nobody whose visit goes on is in them."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from office.models import Location, Room
from office.models.places import RoomKind
from patients.models import Encounter
from scheduling.models import Appointment, Reservation, ResourceKind

FORGOTTEN = timedelta(hours=12)  # who was never checked out does not keep a room for ever
DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Choice:
    """The room for a visit; None because all are taken, or because there are none."""

    room: Room | None
    some_exist: bool


def free_rooms(location: Location, now: datetime) -> list[Room]:
    """The rooms nobody is in, in the order in which their doors are numbered."""
    taken = _occupied(location, now)
    return [room for room in _rooms(location) if room.pk not in taken]


def room_for(appointment: Appointment, now: datetime) -> Choice:
    """The reserved room if nobody is in it, else the first free one of the kind the visit needs."""
    rooms, taken = _rooms(appointment.location), _occupied(appointment.location, now)
    free = {room.pk: room for room in rooms if room.pk not in taken}
    reserved = Reservation.objects.live().filter(
        appointment=appointment, resource_kind=ResourceKind.ROOM
    )
    for room_id in [appointment.room_id, *reserved.values_list("resource_id", flat=True)]:
        if room_id in free:
            return Choice(free[room_id], True)
    wanted = appointment.appointment_type.room_kind or RoomKind.EXAM
    fitting = [room for room in free.values() if room.kind == wanted]
    return Choice(fitting[0] if fitting else None, any(room.kind == wanted for room in rooms))


def _rooms(location: Location) -> list[Room]:
    return sorted(Room.objects.in_use().at(location), key=_by_number)


def _by_number(room: Room) -> list[tuple[int, str]]:
    """Room 2 before Room 10."""
    return [
        (int(part) if part.isdigit() else 0, part.casefold()) for part in DIGITS.split(room.name)
    ]


def _occupied(location: Location, now: datetime) -> set[UUID]:
    here = Encounter.objects.in_office().filter(
        location=location, room__isnull=False, ready_at=None, arrived_at__gte=now - FORGOTTEN
    )
    return {room_id for room_id in here.values_list("room_id", flat=True) if room_id}
