"""When something is due: a day and perhaps a time on the location's clock; and when it is due again."""

import calendar
from datetime import date, datetime, time, timedelta

from desk.models.task import RepeatUnit, Task
from kernel import clock
from kernel.templatetags import house


def instant(day: date | None, at: time | None, zone: str) -> datetime | None:
    """
    The moment from which it is overdue; without a time the end of the day.

    :raises LocalTimeUnclear: the clocks skip this time, or it comes twice
    """
    if day is None:
        return None
    return clock.at_wall(day, at, zone) if at else end_of(day, zone)


def end_of(day: date, zone: str) -> datetime:
    return clock.from_rule(day + timedelta(days=1), time.min, zone)


def by_rule(day: date, at: time | None, zone: str) -> datetime:
    """The same for a day that nobody typed: a rule cannot ask back."""
    return clock.from_rule(day, at, zone) if at else end_of(day, zone)


def following(task: Task, today: date) -> date:
    """The first day after today, and after its own, on which a repeated task is due again."""
    day = task.due_date
    if day is None or not task.repeat_every:
        raise ValueError("it does not repeat")
    step = 0
    while True:
        step += 1
        found = _later(task, day, step * task.repeat_every)
        if found > max(day, today):
            return found


def _later(task: Task, day: date, count: int) -> date:
    if task.repeat_unit == RepeatUnit.DAY:
        return day + timedelta(days=count)
    on = task.repeat_on or 0
    if task.repeat_unit == RepeatUnit.WEEK:
        return day + timedelta(weeks=count, days=on - day.weekday())
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(on, last))


def words(task: Task, today: date) -> str:
    """Today, tomorrow at 3:00, Mon 16 Nov; nothing when it has no day."""
    if task.due_date is None:
        return ""
    named = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
    day = named.get((task.due_date - today).days) or house.day(task.due_date)
    return f"{day} {house.clock(task.due_time)}" if task.due_time else day


NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def repeat_words(task: Task) -> str:
    """every day, every 2 weeks on Monday, every month on the 15th."""
    if not task.repeat_unit:
        return ""
    every, unit = task.repeat_every or 1, task.repeat_unit
    often = f"every {unit}" if every == 1 else f"every {every} {unit}s"
    if unit == RepeatUnit.WEEK:
        return f"{often} on {NAMES[task.repeat_on or 0]}"
    if unit == RepeatUnit.MONTH:
        return f"{often} on the {_ordinal(task.repeat_on or 1)}"
    return often


def _ordinal(number: int) -> str:
    if 10 < number < 14:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
