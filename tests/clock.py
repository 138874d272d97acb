"""The tests' Monday: 16 November 2026, in New York unless a test says otherwise."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

MONDAY = date(2026, 11, 16)
ZONE = "America/New_York"


def at(clock: str, day: date = MONDAY, zone: str = ZONE) -> datetime:
    """`at("09:30")`: half past nine on the Monday."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))


def period(start: str, end: str, day: date = MONDAY, zone: str = ZONE) -> DateTimeTZRange:
    return DateTimeTZRange(at(start, day, zone), at(end, day, zone))
