"""How the time of people is said: `Mon 16 Nov – Wed 18 Nov`, `until 12:00`."""

from datetime import date, datetime, time, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import clock
from kernel.templatetags import house


def day(of: date) -> str:
    return house.day(of)


def is_whole_days(begins: datetime, ends: datetime) -> bool:
    return begins.time() == ends.time() == time.min


def span(period: DateTimeTZRange, zone: str) -> str:
    """`Mon 16 Nov`, `Mon 16 Nov – Wed 18 Nov`, `Mon 16 Nov, 1:00–5:00`."""
    begins, ends = clock.local(period.lower, zone), clock.local(period.upper, zone)
    first, last = begins.date(), ends.date()
    if is_whole_days(begins, ends):
        last -= timedelta(days=1)
        return day(first) if first == last else f"{day(first)} – {day(last)}"
    if first == last:
        return f"{day(first)}, {house.clock(begins)}–{house.clock(ends)}"
    return f"{day(first)} {house.clock(begins)} – {day(last)} {house.clock(ends)}"


def until(ends: datetime, zone: str, now: datetime) -> str:
    """When somebody is back: empty for the rest of today, `12:00`, or the last day away."""
    end, today = clock.local(ends, zone), clock.today(now, zone)
    if end.time() == time.min:
        last = end.date() - timedelta(days=1)
        return "" if last == today else day(last)
    return house.clock(end) if end.date() == today else f"{day(end.date())} {house.clock(end)}"
