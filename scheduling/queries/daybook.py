"""Everything the day sheet of a location is drawn from, in a fixed number of statements however full the day is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from kernel import clock
from kernel.actors import Actor
from office import queries as office_queries
from office.models import Location, Room
from office.queries import OpenDay
from scheduling.models import (
    Appointment,
    Availability,
    AvailabilityException,
    Reservation,
    ResourceKind,
)
from scheduling.queries.cards import Visit, visits
from staff.models import Practitioner
from staff.queries.hindrances import Asked, Hindrances, hindrances

T = TypeVar("T", bound=tuple[Any, ...])
EXTRA, BLOCKED = AvailabilityException.Kind.EXTRA.value, AvailabilityException.Kind.BLOCKED.value


class Hours(NamedTuple):
    """Wall time of a practitioner on the day: open, extra or blocked."""

    practitioner_id: UUID
    starts: time
    ends: time
    kind: str
    reason: str


class Taken(NamedTuple):
    """Time of a practitioner or room that somebody keeps: a hold, or a visit (perhaps at another location)."""

    resource_id: UUID
    period: DateTimeTZRange
    hold_id: UUID | None
    held_by_id: UUID | None
    held_by_name: str
    appointment_id: UUID | None
    elsewhere: str


@dataclass(frozen=True)
class Daybook:
    """One day of one location, as it stands in the tables."""

    location: Location
    day: date
    opened: OpenDay
    visits: list[Visit]
    people: list[Practitioner]
    hours: dict[UUID, list[Hours]]
    hindrances: dict[UUID, Hindrances]
    taken: dict[UUID, list[Taken]]
    rooms: list[Room] = field(default_factory=list)


def read_day(
    *,
    actor: Actor,
    location: Location,
    day: date,
    now: datetime,
    with_rooms: bool = False,
) -> Daybook:
    """Seven statements while configuration is warm, one more with rooms; none depends on how many rows there are."""
    span = clock.day(day, location.zone)
    at_day = Appointment.objects.visible_to(actor).at_location(location).shown().starting_in(span)
    rows = visits(at_day)
    hours = _hours(location, day)
    people = _people(location, {row.practitioner_id for row in rows if row.practitioner_id})
    rooms = list(Room.objects.in_use().at(location).order_by("name", "pk")) if with_rooms else []
    return Daybook(
        location,
        day,
        office_queries.open_day(location.pk, day),
        rows,
        people,
        hours,
        _hindrances(people, span, day),
        _taken([each.pk for each in [*people, *rooms]], location, span, now),
        rooms,
    )


def _people(location: Location, with_visits: Collection[UUID]) -> list[Practitioner]:
    """Who is booked at this location, and whoever has a visit there on the day."""
    works_here = Q(is_bookable=True, is_external=False, locations=location)
    found = Practitioner.objects.filter(works_here | Q(pk__in=with_visits)).distinct()
    return list(found.order_by("family_name", "given_name", "pk"))


def _hours(location: Location, day: date) -> dict[UUID, list[Hours]]:
    still_valid = Q(valid_until=None) | Q(valid_until__gte=day)
    weekly = Availability.objects.filter(
        still_valid, location=location, weekday=day.weekday(), valid_from__lte=day
    ).values_list("practitioner_id", "starts", "ends", Value("open"), Value(""))
    differing = AvailabilityException.objects.filter(location=location, date=day).values_list(
        "practitioner_id", "starts", "ends", "kind", "reason"
    )
    return _grouped(Hours(*row) for row in weekly.union(differing, all=True))


def _hindrances(
    people: list[Practitioner], span: DateTimeTZRange, day: date
) -> dict[UUID, Hindrances]:
    found = hindrances([Asked(each.pk, span, day) for each in people])
    return {people[place].pk: each for place, each in found.items()}


def _taken(
    resources: list[UUID], location: Location, span: DateTimeTZRange, now: datetime
) -> dict[UUID, list[Taken]]:
    """Holds that still stand, visits at other locations, and which room each visit has."""
    elsewhere = Q(appointment__isnull=False) & ~Q(appointment__location=location)
    in_a_room = Q(appointment__isnull=False, resource_kind=ResourceKind.ROOM)
    rows = (
        Reservation.objects.live()
        .touching(span)
        .filter(resource_id__in=resources)
        .filter(Q(hold__expires_at__gt=now) | elsewhere | in_a_room)
        .values_list(
            "resource_id",
            "period",
            "hold_id",
            "hold__held_by_id",
            Coalesce(F("hold__held_by_name"), Value("")),
            "appointment_id",
            Coalesce(F("appointment__location__name"), Value("")),
        )
    )
    return _grouped(Taken(*row) for row in rows.order_by("period", "pk"))


def _grouped(rows: Iterable[T]) -> dict[UUID, list[T]]:
    by_owner: dict[UUID, list[T]] = {}
    for row in rows:
        by_owner.setdefault(row[0], []).append(row)
    return by_owner
