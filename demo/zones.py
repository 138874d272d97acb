"""
Where the demo practice stands: in the zone of the machine it runs on, with one site a zone further.

Servers mostly keep UTC, which is no place. There the practice stands where it is the middle of the day, so
that whoever opens it finds people in the waiting room.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kernel import clock

NOWHERE = {"UTC", "UCT", "GMT", "Zulu", "Universal", "Greenwich"}
MIDDAY = timedelta(hours=12, minutes=30)
PLACES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "Pacific/Pago_Pago", "Pacific/Guam", "Europe/Berlin",
)  # fmt: skip
# One well-known zone per hour, so that "an hour over" has a name anywhere.
NEIGHBORS = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
    "Pacific/Honolulu", "Pacific/Pago_Pago", "America/Puerto_Rico", "America/Sao_Paulo", "America/Noronha",
    "Atlantic/Azores", "Europe/London", "Europe/Berlin", "Europe/Helsinki", "Europe/Moscow", "Asia/Dubai",
    "Asia/Karachi", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo", "Australia/Brisbane",
    "Pacific/Noumea", "Pacific/Fiji",
)  # fmt: skip
STATES = {
    "America/New_York": "NY",
    "America/Chicago": "IL",
    "America/Denver": "CO",
    "America/Los_Angeles": "CA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "Pacific/Pago_Pago": "AS",
    "Pacific/Guam": "GU",
}


def of_this_machine(now: datetime, localtime: Path = Path("/etc/localtime")) -> str:
    """`TZ`, or what /etc/localtime points to; where neither names a place, one that is at midday."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked(localtime)):
        if name in clock.zone_names() and name.removeprefix("Etc/") not in NOWHERE:
            return name
    return at_midday(now)


def at_midday(now: datetime) -> str:
    """One whose clocks are nearest to the middle of an office day."""

    def distance(name: str) -> timedelta:
        there = now.astimezone(ZoneInfo(name))
        return abs(timedelta(hours=there.hour, minutes=there.minute) - MIDDAY)

    return min(PLACES, key=distance)


def _linked(localtime: Path) -> str:
    try:
        return str(localtime.resolve()).partition("/zoneinfo/")[2]
    except OSError:
        return ""


def next_to(zone: str, now: datetime) -> str:
    """A zone whose clocks show about an hour less; an hour more where there is none."""
    here = _offset(zone, now)

    def distance(name: str) -> tuple[bool, float]:
        ahead = _offset(name, now) - here
        return ahead >= timedelta(0), abs((ahead + timedelta(hours=1)).total_seconds())

    others = [name for name in NEIGHBORS if _offset(name, now) != here]
    return min(others, key=distance)


def state(zone: str) -> str:
    return STATES.get(zone, "NY")


def _offset(zone: str, now: datetime) -> timedelta:
    return now.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
