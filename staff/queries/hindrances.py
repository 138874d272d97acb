"""What stands against booking somebody: lapsed credentials, leave, having left. One statement for any number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange


class Asked(NamedTuple):
    """One visit somebody wants to book: with whom, when, and on which day at the location."""

    practitioner_id: UUID
    period: DateTimeTZRange
    day: date


class Lapsed(NamedTuple):
    """A required credential that does not hold on the day of the visit."""

    kind: str
    name: str
    state: str
    expires_date: date


@dataclass(frozen=True)
class Hindrances:
    """Everything that stands against one visit."""

    employee_id: UUID
    lapsed: tuple[Lapsed, ...] = ()
    away: tuple[DateTimeTZRange, ...] = ()
    parted_date: date | None = None


# A credential entered anew instead of renewed covers its lapsed predecessor.
HINDRANCES = """
WITH asked AS (
    SELECT a.*, p.employee_id
    FROM unnest(%s::int[], %s::uuid[], %s::tstzrange[], %s::date[]) AS a(place, practitioner_id, period, day)
    JOIN staff_practitioner p ON p.id = a.practitioner_id
    WHERE p.employee_id IS NOT NULL
)
SELECT place, employee_id, c.kind, c.name, c.state, c.expires_date, NULL::tstzrange, NULL::date
FROM asked JOIN staff_credential c USING (employee_id)
WHERE c.is_required AND c.voided_at IS NULL AND c.expires_date <= asked.day AND NOT EXISTS (
    SELECT FROM staff_credential newer
    WHERE newer.employee_id = c.employee_id AND newer.voided_at IS NULL
        AND (newer.kind, newer.state, lower(newer.name)) = (c.kind, c.state, lower(c.name))
        AND (newer.issued_date IS NULL OR newer.issued_date <= asked.day)
        AND (newer.expires_date IS NULL OR newer.expires_date > asked.day)
)
UNION ALL
SELECT place, employee_id, '', '', '', NULL, t.period, NULL
FROM asked JOIN staff_employeetime t USING (employee_id)
WHERE t.kind = 'leave' AND t.status = 'approved' AND t.period && asked.period
UNION ALL
SELECT place, employee_id, '', '', '', NULL, NULL, e.parted_date
FROM asked JOIN staff_employee e ON e.id = employee_id
WHERE e.parted_date < asked.day
ORDER BY 1, 6, 7
"""


def hindrances(asked: Sequence[Asked]) -> dict[int, Hindrances]:
    """By the place in `asked`; places without any are absent."""
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            HINDRANCES,
            [
                list(range(len(asked))),
                [each.practitioner_id for each in asked],
                [each.period for each in asked],
                [each.day for each in asked],
            ],
        )
        rows = cursor.fetchall()
    by_place: dict[int, list[tuple[Any, ...]]] = {}
    for place, *row in rows:
        by_place.setdefault(place, []).append(tuple(row))
    return {place: _gathered(found) for place, found in by_place.items()}


def _gathered(rows: list[tuple[Any, ...]]) -> Hindrances:
    return Hindrances(
        employee_id=rows[0][0],
        lapsed=tuple(Lapsed(*row[1:5]) for row in rows if row[4]),
        away=tuple(row[5] for row in rows if row[5]),
        parted_date=next((row[6] for row in rows if row[6]), None),
    )
