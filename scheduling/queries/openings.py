"""
Openings: real free time, by subtraction in Postgres.

The free time of `free_time`, cut into starts on the location's wall-clock grid. A slot-by-slot anti-join
over the same rows is sixty times slower (measured).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from office.models import Location
from scheduling.models import AppointmentType
from scheduling.queries.free_time import ABSENT, FREE, OPENED, RESERVED, asked_for
from staff.models import Practitioner

STEP_MINUTES = 15
# Look near first: most answers are there, and a quarter year of everybody's visits is a lot to subtract.
REACH_DAYS = (7, 28, 120)

OPENINGS = (
    f"{OPENED}, taken AS ({RESERVED} UNION ALL {ABSENT}), free AS ({FREE}"  # noqa: S608
    """
), start AS (
    SELECT free.practitioner_id, slot AS starts_at
    FROM free, LATERAL (SELECT lower(free.period) AT TIME ZONE %(zone)s AS begins) AS wall, generate_series(
        -- up to the next step, in real time: the wall's time may come twice or not at all
        lower(free.period) + (
            date_bin(%(step)s, begins + %(step)s - interval '1 microsecond', timestamp '2000-01-01') - begins
        ),
        upper(free.period) - %(length)s, %(step)s
    ) AS slot
)
"""
)
FIRST = """
SELECT starts_at, practitioner_id FROM start
WHERE {rooms} AND {devices} AND {wanted}
ORDER BY starts_at, practitioner_id
LIMIT %(limit)s
"""
FIRST_OF_EACH_DAY = """
SELECT starts_at, practitioner_id FROM (
    SELECT starts_at, practitioner_id, row_number() OVER (
        PARTITION BY (starts_at AT TIME ZONE %(zone)s)::date ORDER BY starts_at, practitioner_id
    ) AS place
    FROM start WHERE {rooms} AND {devices} AND {wanted}
) AS placed
WHERE place <= %(per_day)s
ORDER BY starts_at, practitioner_id
LIMIT %(limit)s
"""
NTH_OF_EACH = """
SELECT starts_at, practitioner_id FROM (
    SELECT starts_at, practitioner_id, row_number() OVER (
        PARTITION BY practitioner_id ORDER BY starts_at
    ) AS place
    FROM start WHERE {rooms} AND {devices} AND {wanted}
) AS placed
WHERE place = %(limit)s
ORDER BY starts_at, practitioner_id
"""
WANTED = """
    extract(isodow FROM starts_at AT TIME ZONE %(zone)s) - 1 = ANY(%(weekdays)s::int[])
    AND (starts_at AT TIME ZONE %(zone)s)::time >= %(earliest)s
    AND (starts_at AT TIME ZONE %(zone)s)::time < %(before)s
"""

ONE_FREE = """EXISTS (
    SELECT FROM {table} thing
    WHERE thing.location_id = %(location)s AND thing.kind = %({kind})s AND thing.is_active AND NOT EXISTS (
        SELECT FROM scheduling_reservation r
        WHERE r.resource_id = thing.id AND r.is_live AND r.lane = 0
            AND r.period && tstzrange(start.starts_at, start.starts_at + %(length)s)
    )
)"""


@dataclass(frozen=True)
class Wish:
    """When somebody could come: weekdays (0 is Monday), and between which wall-clock times a visit begins."""

    weekdays: tuple[int, ...] = tuple(range(7))
    earliest: time = time.min
    before: time = time.max


ANY_TIME = Wish()


@dataclass(frozen=True)
class Opening:
    """A time at which this type of visit can be booked with this practitioner."""

    starts_at: datetime
    practitioner_id: UUID
    location_id: UUID
    minutes: int


def find_openings(
    *,
    appointment_type: AppointmentType,
    location: Location,
    span: DateTimeTZRange,
    practitioners: Sequence[UUID] | None = None,
    minutes: int | None = None,
    limit: int = 10,
    wish: Wish = ANY_TIME,
    per_day: int | None = None,
) -> list[Opening]:
    """
    The first free times in the span, in order; times in the past are not free.

    :param practitioners: only these; None: everybody bookable at the location
    :param per_day: so many of each day, instead of all of the first
    """
    people = list(practitioners) if practitioners is not None else _bookable_at(location)
    if not people or span.lower >= span.upper:
        return []
    length = timedelta(minutes=minutes or appointment_type.minutes)
    found: list[Opening] = []
    begin = span.lower
    for days in REACH_DAYS:
        end = min(span.upper, span.lower + timedelta(days=days))
        if begin >= end:
            break
        found += _search(
            appointment_type,
            location,
            people,
            begin,
            end,
            length,
            limit - len(found),
            wish,
            per_day,
        )
        if len(found) >= limit:
            break
        begin = end
    return found


def nearest_openings(
    *,
    appointment_type: AppointmentType,
    practitioner: Practitioner | None,
    location: Location,
    around: datetime,
    now: datetime,
    limit: int = 3,
) -> list[Opening]:
    """The free times nearest to one that was refused: an hour before it at the earliest, never in the past."""
    begin = max(now, around - timedelta(hours=1))
    people = [practitioner.pk] if practitioner else None
    return find_openings(
        appointment_type=appointment_type,
        location=location,
        span=DateTimeTZRange(begin, begin + timedelta(days=28)),
        practitioners=people,
        limit=limit,
    )


def nth_opening_of_each(
    kind: AppointmentType, location: Location, span: DateTimeTZRange, place: int
) -> list[Opening]:
    """The third (or whichever) free time of everybody bookable at the location; who has none is absent."""
    people, length = _bookable_at(location), timedelta(minutes=kind.minutes)
    if not people:
        return []
    return _ask(NTH_OF_EACH, kind, location, people, span, length, place, ANY_TIME)


def _search(
    kind: AppointmentType,
    location: Location,
    people: list[UUID],
    begin: datetime,
    before: datetime,
    length: timedelta,
    limit: int,
    wish: Wish,
    per_day: int | None,
) -> list[Opening]:
    """Starts in [begin, before); the last visit may reach further."""
    reach = DateTimeTZRange(begin, before + length)
    which = FIRST_OF_EACH_DAY if per_day else FIRST
    found = _ask(which, kind, location, people, reach, length, limit, wish, per_day)
    return [each for each in found if each.starts_at < before]


def _ask(
    which: str,
    kind: AppointmentType,
    location: Location,
    people: list[UUID],
    span: DateTimeTZRange,
    length: timedelta,
    limit: int,
    wish: Wish,
    per_day: int | None = None,
) -> list[Opening]:
    sql = (OPENINGS + which).format(
        wanted="true" if wish == ANY_TIME else WANTED,
        rooms=ONE_FREE.format(table="office_room", kind="room_kind") if kind.room_kind else "true",
        devices=ONE_FREE.format(table="office_device", kind="device_kind")
        if kind.device_kind
        else "true",
    )
    asked = asked_for(location, span, people, kind.pk) | {
        "step": timedelta(minutes=STEP_MINUTES),
        "length": length,
        "room_kind": kind.room_kind,
        "device_kind": kind.device_kind,
        "limit": limit,
        "per_day": per_day,
        "weekdays": list(wish.weekdays),
        "earliest": wish.earliest,
        "before": wish.before,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        rows = cursor.fetchall()
    minutes = round(length.total_seconds() / 60)
    return [Opening(starts_at, person, location.pk, minutes) for starts_at, person in rows]


def _bookable_at(location: Location) -> list[UUID]:
    people = Practitioner.objects.bookable().at_location(location)
    return list(people.order_by("family_name", "pk").values_list("pk", flat=True))
