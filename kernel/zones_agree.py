"""Do Python and Postgres know the same rules for a time zone? Two editions of the tz database may not."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.db import connection

from kernel import clock

AHEAD = 800  # days: the next two years, where appointments are

TOLD = """
SELECT name, array_agg(extract(epoch FROM (t AT TIME ZONE name) - (t AT TIME ZONE 'UTC'))::int ORDER BY t)
FROM unnest(%s::text[]) AS name, unnest(%s::timestamptz[]) AS t GROUP BY name
"""


def disagreed(zones: Iterable[str]) -> list[str]:
    """The zones for which the two differ on some day of the next two years."""
    return list(_disagreed(datetime.now(UTC).date(), *sorted(set(zones))))


@lru_cache(maxsize=8)  # once a day
def _disagreed(today: date, *zones: str) -> tuple[str, ...]:
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    days = [noon + timedelta(days=number) for number in range(AHEAD)]
    with connection.cursor() as cursor:
        cursor.execute(TOLD, [list(zones), days])
        told = dict(cursor.fetchall())
    return tuple(zone for zone in zones if told[zone] != _ours(zone, days))


def _ours(zone: str, days: list[datetime]) -> list[int]:
    offsets = (clock.local(each, zone).utcoffset() for each in days)
    return [round(each.total_seconds()) for each in offsets if each is not None]
