"""
Free time, by subtraction in Postgres.

bookable time = availability + extra hours − blocked hours − leave − closures − reservations. Weekly
windows become periods with `AT TIME ZONE`, are united per practitioner and have everything taken
subtracted as multiranges. Openings cut what is left into starts; the gaps of a day and the utilization
of a schedule read the same pieces.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import clock
from office import queries as office_queries
from office.models import Location

# Windows of the practitioners asked for; with a type only those that take it.
OPENED = """
WITH wanted AS (
    SELECT unnest(%(practitioners)s::uuid[]) AS practitioner_id
), span AS (
    SELECT tstzrange(%(from)s, %(to)s) AS period
), day AS (
    SELECT generate_series(
        (lower(period) AT TIME ZONE %(zone)s)::date, (upper(period) AT TIME ZONE %(zone)s)::date, interval '1 day'
    )::date AS date FROM span
), opened AS (
    SELECT a.practitioner_id, tstzrange(
        (day.date + a.starts) AT TIME ZONE %(zone)s, (day.date + a.ends) AT TIME ZONE %(zone)s
    ) AS period
    FROM scheduling_availability a
    JOIN wanted USING (practitioner_id)
    JOIN day ON extract(isodow FROM day.date) - 1 = a.weekday
        AND day.date >= a.valid_from AND (a.valid_until IS NULL OR day.date <= a.valid_until)
    WHERE a.location_id = %(location)s AND NOT day.date = ANY(%(closed)s::date[])
        AND (
            %(type)s::uuid IS NULL
            OR NOT EXISTS (SELECT FROM scheduling_availability_allowed_types t WHERE t.availability_id = a.id)
            OR EXISTS (
                SELECT FROM scheduling_availability_allowed_types t
                WHERE t.availability_id = a.id AND t.appointmenttype_id = %(type)s
            )
        )
    UNION ALL
    SELECT e.practitioner_id, tstzrange(
        (e.date + e.starts) AT TIME ZONE %(zone)s, (e.date + e.ends) AT TIME ZONE %(zone)s
    )
    FROM scheduling_availabilityexception e
    JOIN wanted USING (practitioner_id)
    JOIN day USING (date)
    WHERE e.location_id = %(location)s AND e.kind = 'extra' AND NOT e.date = ANY(%(closed)s::date[])
)"""

# When they see nobody: hours blocked, and leave.
ABSENT = """
    SELECT e.practitioner_id, tstzrange(
        (e.date + e.starts) AT TIME ZONE %(zone)s, (e.date + e.ends) AT TIME ZONE %(zone)s
    ) AS period
    FROM scheduling_availabilityexception e
    JOIN wanted USING (practitioner_id)
    JOIN day USING (date)
    WHERE e.location_id = %(location)s AND e.kind = 'blocked'
    UNION ALL
    SELECT p.id, t.period
    FROM staff_employeetime t
    JOIN staff_practitioner p ON p.employee_id = t.employee_id
    JOIN wanted ON wanted.practitioner_id = p.id
    WHERE t.kind = 'leave' AND t.status = 'approved' AND t.period && (SELECT period FROM span)"""

RESERVED = """
    SELECT r.resource_id AS practitioner_id, r.period
    FROM scheduling_reservation r
    JOIN wanted ON wanted.practitioner_id = r.resource_id
    LEFT JOIN scheduling_hold h ON h.id = r.hold_id
    WHERE r.is_live AND r.lane = 0 AND r.period && (SELECT period FROM span)
        AND (h.id IS NULL OR h.expires_at > now())"""

FREE = """
    SELECT o.practitioner_id,
        unnest((o.periods - coalesce(t.periods, '{{}}')) * tstzmultirange((SELECT period FROM span))) AS period
    FROM (SELECT practitioner_id, range_agg(period) AS periods FROM opened GROUP BY 1) o
    LEFT JOIN (SELECT practitioner_id, range_agg(period) AS periods FROM taken GROUP BY 1) t
        USING (practitioner_id)"""

FREE_TIME = (
    f"{OPENED}, taken AS ({RESERVED} UNION ALL {ABSENT}), free AS ({FREE})"  # noqa: S608
    " SELECT practitioner_id, lower(period), upper(period) FROM free"
    " WHERE upper(period) - lower(period) >= %(at_least)s ORDER BY lower(period), practitioner_id"
).format()

OFFERED_TIME = (
    f"{OPENED}, taken AS ({ABSENT}), free AS ({FREE})"  # noqa: S608
    " SELECT practitioner_id, sum(extract(epoch FROM upper(period) - lower(period)) / 60)::int FROM free GROUP BY 1"
).format()


@dataclass(frozen=True)
class Gap:
    """A stretch in which a practitioner could still see somebody."""

    practitioner_id: UUID
    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


def gaps(
    location: Location, span: DateTimeTZRange, practitioners: Sequence[UUID], at_least: int
) -> list[Gap]:
    """The free stretches of at least so many minutes, in order; each practitioner's own."""
    if not practitioners or span.lower >= span.upper:
        return []
    asked = asked_for(location, span, practitioners) | {"at_least": timedelta(minutes=at_least)}
    with connection.cursor() as cursor:
        cursor.execute(FREE_TIME, asked)
        return [Gap(*row) for row in cursor.fetchall()]


def offered_minutes(
    location: Location, span: DateTimeTZRange, practitioners: Sequence[UUID]
) -> dict[UUID, int]:
    """Minutes in which each of them sees patients, booked or not; who sees nobody is absent."""
    if not practitioners or span.lower >= span.upper:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(OFFERED_TIME, asked_for(location, span, practitioners))
        return dict(cursor.fetchall())


def asked_for(
    location: Location,
    span: DateTimeTZRange,
    practitioners: Sequence[UUID],
    appointment_type_id: UUID | None = None,
) -> dict[str, Any]:
    """The parameters that all pieces share."""
    return {
        "practitioners": list(practitioners),
        "from": span.lower,
        "to": span.upper,
        "zone": location.zone,
        "location": location.pk,
        "type": appointment_type_id,
        "closed": _closed_dates(location, span.lower, span.upper),
    }


def _closed_dates(location: Location, begin: datetime, end: datetime) -> list[date]:
    first = clock.local(begin, location.zone).date()
    last = clock.local(end - timedelta(microseconds=1), location.zone).date()
    days = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return [day for day in days if office_queries.closure_on(location.pk, day)]
