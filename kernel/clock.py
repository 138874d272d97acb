"""
Clock: whose wall clock a time is on.

A location has an IANA zone; anything a person reads or types at that location is wall time in it.
Posting dates, months and "today" across sites are in the practice's zone. Instants are stored aware,
periods half-open `[start, end)`. A local time that does not exist (spring) or exists twice (autumn) is
never guessed: the caller gets the suggestions.
"""

from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel.refusals import Invalid

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)


class LocalTimeUnclear(Invalid):
    """A wall time that is no instant, or two; carries the times that are."""

    suggestions: list[datetime]

    def more(self) -> dict[str, Any]:
        return super().more() | {"suggestions": [each.isoformat() for each in self.suggestions]}


class LocalTimeMissing(LocalTimeUnclear):
    """The clocks skip this time; carries the next time that exists."""

    code = "local-time-missing"

    def __init__(self, wanted: datetime, suggestion: datetime) -> None:
        super().__init__(
            f"The clocks go forward on {wanted:%d %b %Y}: {wanted:%H:%M} does not exist. Use {suggestion:%H:%M}.",
            field="start",
        )
        self.suggestions = [suggestion]


class LocalTimeTwice(LocalTimeUnclear):
    """The clocks go back over this time; carries both instants with their offsets."""

    code = "local-time-twice"

    def __init__(self, wanted: datetime, first: datetime, second: datetime) -> None:
        super().__init__(
            f"The clocks go back on {wanted:%d %b %Y}: {wanted:%H:%M} comes twice. "
            f"Say which: {first.isoformat()} or {second.isoformat()}.",
            field="start",
        )
        self.suggestions = [first, second]


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """
    The IANA zones a place may have, named after one, and UTC.

    The old short names stay out: Postgres reads CET, EET, MET and WET as fixed offsets, Python as zones.
    """
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


@lru_cache(maxsize=700)
def zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def at_wall(day: date, clock: time, zone_name: str) -> datetime:
    """
    The instant of a wall time.

    :raises LocalTimeMissing: the clocks skip it
    :raises LocalTimeTwice: it comes twice
    """
    naive = datetime.combine(day, clock)
    place = zone(zone_name)
    first, second = naive.replace(tzinfo=place, fold=0), naive.replace(tzinfo=place, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    back = _round_trip(first)
    if back.replace(tzinfo=None) != naive:  # a gap: neither reading comes back as it went in
        raise LocalTimeMissing(naive, back)
    raise LocalTimeTwice(naive, _fixed(first), _fixed(second))


def read_instant(text: str, zone_name: str) -> datetime:
    """
    RFC 3339, or without an offset: wall time at the place.

    :raises Invalid: no time at all, or a year that cannot be right
    :raises LocalTimeUnclear: the wall time is skipped or comes twice
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            f"“{text[:40]}” is no time. Write 2026-11-16T09:30 or 2026-11-16T09:30:00-05:00.",
            field="start",
        ) from None
    if not reasonable(moment.date()):
        raise Invalid(f"The year {moment.year} cannot be right.", field="start")
    if moment.tzinfo is None:
        return at_wall(moment.date(), moment.time(), zone_name)
    return moment


def from_rule(day: date, clock: time, zone_name: str) -> datetime:
    """
    The instant at which a weekly rule's wall time falls on a day.

    Rules cannot ask back. A skipped time means the moment after the gap, a doubled one its second
    occurrence: exactly what `timestamp AT TIME ZONE` answers in Postgres, so that both sides agree.
    """
    naive = datetime.combine(day, clock)
    place, utc = zone(zone_name), zone("UTC")
    readings = (naive.replace(tzinfo=place, fold=fold).astimezone(utc) for fold in (0, 1))
    return max(readings).astimezone(place)


def _round_trip(moment: datetime) -> datetime:
    return moment.astimezone(zone("UTC")).astimezone(moment.tzinfo)


def _fixed(moment: datetime) -> datetime:
    """The same instant carrying its offset, so that isoformat() tells the two apart."""
    offset = moment.utcoffset()
    return moment.astimezone(timezone(offset)) if offset is not None else moment


def local(moment: datetime, zone_name: str) -> datetime:
    """The wall clock at a place."""
    return moment.astimezone(zone(zone_name))


def today(now: datetime, zone_name: str) -> date:
    return local(now, zone_name).date()


def day(of: date, zone_name: str) -> DateTimeTZRange:
    """A calendar day at a place: 23, 24 or 25 hours."""
    return days(of, of, zone_name)


def days(first: date, last: date, zone_name: str) -> DateTimeTZRange:
    """The days from `first` to `last`, both included, at a place."""
    return DateTimeTZRange(
        from_rule(first, time.min, zone_name),
        from_rule(last + timedelta(days=1), time.min, zone_name),
    )


def period(start: datetime, minutes: int) -> DateTimeTZRange:
    """`minutes` of real time from an instant: added in UTC, since same-zone arithmetic ignores the change."""
    begin = start.astimezone(zone("UTC"))
    return DateTimeTZRange(begin, begin + timedelta(minutes=minutes))


def minutes_of(span: DateTimeTZRange) -> int:
    """Real minutes: two times of one zone would be subtracted as they stand on its wall."""
    utc = zone("UTC")
    return round((span.upper.astimezone(utc) - span.lower.astimezone(utc)).total_seconds() / 60)


def reasonable(day_asked: date) -> bool:
    return EARLIEST <= day_asked <= LATEST
