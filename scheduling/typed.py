"""Days and times as people type them at a desk: `12/3`, `+2w`, `tue`; `11:15`, `2pm`, `1430`."""

import re
from datetime import date, time, timedelta

from kernel import clock
from kernel.refusals import Invalid

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip
NEAR = {"today": 0, "now": 0, "tomorrow": 1, "tom": 1, "yesterday": -1}
AWAY = re.compile(r"^([+-])\s*(\d{1,3})\s*([dwm]?)[a-z]*$")
ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
FIGURES = re.compile(r"^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{2}|\d{4}))?$")
SPELLED = re.compile(r"^(?:[a-z]{3,9},?\s+)?(\d{1,2})\.?\s+([a-z]{3,9})\.?,?(?:\s+(\d{4}))?$")
AMERICAN = re.compile(r"^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?$")
CLOCK = re.compile(r"^(\d{1,2})(?:[:.h]?(\d{2}))?\s*([ap])?\.?m?\.?$")
HALF_YEAR = timedelta(days=183)
EARLIEST_BARE = 7  # 7 to 6 are the hours of a working day: each bare figure means one of them


class NotADay(Invalid):
    """What was typed is no day."""

    code = "not-a-day"


class NotATime(Invalid):
    """What was typed is no time of the day."""

    code = "not-a-time"


def read_day(text: str, today: date, field: str = "day") -> date:
    """
    The day that was meant; without a year the one nearest to today.

    :raises NotADay: with what would have been understood
    """
    typed = " ".join(text.strip().lower().split())[:40]
    try:
        found = _day(typed, today)
    except (ValueError, OverflowError):
        found = None
    if found is None or not clock.reasonable(found):
        raise NotADay(
            f"“{text.strip()[:40]}” is no day. Type 12/3, 3 Dec, tue or +2w.", field=field
        )
    return found


def _day(typed: str, today: date) -> date | None:
    if typed in NEAR:
        return today + timedelta(days=NEAR[typed])
    if weekday := _named(typed, DAYS):
        ahead = (weekday - 1 - today.weekday()) % 7
        return today + timedelta(days=ahead)
    if away := AWAY.match(typed):
        return _away(today, int(away[1] + away[2]), away[3] or "d")
    if iso := ISO.match(typed):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if figures := FIGURES.match(typed):
        return _in_year(int(figures[1]), int(figures[2]), figures[3], today)
    if (spelled := SPELLED.match(typed)) and (month := _named(spelled[2], MONTHS)):
        return _in_year(month, int(spelled[1]), spelled[3], today)
    if (american := AMERICAN.match(typed)) and (month := _named(american[1], MONTHS)):
        return _in_year(month, int(american[2]), american[3], today)
    return None


def _named(typed: str, names: tuple[str, ...]) -> int:
    """The number of a name from its first letters, counted from 1; 0 if it is none."""
    if len(typed) < 2:
        return 0
    fits = [
        number
        for number, name in enumerate(names, 1)
        if name.startswith(typed) or (len(name) == 3 and typed.startswith(name))
    ]
    return fits[0] if len(fits) == 1 else 0


def _away(today: date, count: int, unit: str) -> date:
    if unit != "m":
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 + count
    year, month = divmod(months, 12)
    day = min(today.day, _last_day(year, month + 1))
    return date(year, month + 1, day)


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - timedelta(days=1)).day


def _in_year(month: int, day: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    if (month, day) == (2, 29):
        leap = next(y for y in range(today.year, today.year + 9) if _last_day(y, 2) == 29)
        return date(leap, 2, 29)
    found = date(today.year, month, day)
    if today - found > HALF_YEAR:
        return found.replace(year=today.year + 1)
    return found.replace(year=today.year - 1) if found - today > HALF_YEAR else found


def read_time(text: str, field: str = "time") -> time:
    """
    The time that was meant; bare hours from 1 to 6 are in the afternoon.

    :raises NotATime: with what would have been understood
    """
    found = CLOCK.match(" ".join(text.strip().lower().split())[:20])
    hour, minute, half, is_padded = 99, 0, "", False
    if found:
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3] or ""
        is_padded = len(found[1]) == 2
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif half:
        hour = 99
    elif 1 <= hour < EARLIEST_BARE and not is_padded:
        hour += 12
    if hour > 23 or minute > 59:
        raise NotATime(f"“{text.strip()[:20]}” is no time. Type 11:15, 2pm or 14:30.", field=field)
    return time(hour, minute)
