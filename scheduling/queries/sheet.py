"""The arithmetic of a day sheet: spans of wall-clock minutes, what is free between them, and who stands beside whom."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from kernel import clock

Span = tuple[int, int]  # [start, end) in minutes of the wall clock from midnight

MIDNIGHT = 24 * 60
HOUR = 60
SHORTEST_DRAWN = 15  # a card is never lower than one row, or nobody could hit it
ORDINARY_DAY = (8 * HOUR, 17 * HOUR)


def minute_of(clock_time: time) -> int:
    return clock_time.hour * 60 + clock_time.minute


def minute_on(moment: datetime, day: date, zone: str) -> int:
    """Where an instant falls on the sheet of a day: 0 before it, 1440 after it."""
    local = clock.local(moment, zone)
    if local.date() < day:
        return 0
    return MIDNIGHT if local.date() > day else local.hour * 60 + local.minute


def spans_of(times: Iterable[tuple[time, time]]) -> list[Span]:
    return [(minute_of(starts), minute_of(ends)) for starts, ends in times]


def unite(spans: Iterable[Span]) -> list[Span]:
    """In order, touching ones made one."""
    united: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united


def subtract(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What is left of `spans` without `taken`."""
    holes = unite(taken)
    left: list[Span] = []
    for begin, end in unite(spans):
        at = begin
        for start, stop in holes:
            if stop <= at or start >= end:
                continue
            if start > at:
                left.append((at, start))
            at = max(at, stop)
        if at < end:
            left.append((at, end))
    return left


def meet(spans: Iterable[Span], others: Iterable[Span]) -> list[Span]:
    """What lies in both."""
    both = [
        (max(start, other), min(end, stop))
        for start, end in unite(spans)
        for other, stop in unite(others)
    ]
    return unite(both)


def sheet_hours(opened: Sequence[Span], used: Sequence[Span]) -> Span:
    """From the first full hour to the last: the opening hours, and whatever lies outside of them."""
    spans = [*opened, *used] or [ORDINARY_DAY]
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return first // HOUR * HOUR, min(MIDNIGHT, -(-last // HOUR) * HOUR)


def pack(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """
    (lane, lanes) for each span, given in order of their starts: what overlaps stands side by side.

    A run of spans that overlap one another shares one number of lanes, so that neighbors line up.
    """
    placed: list[tuple[int, int]] = []
    lane_ends: list[int] = []
    run: list[int] = []
    reach = -1
    for start, end in spans:
        if start >= reach:
            placed += [(lane, len(lane_ends)) for lane in run]
            lane_ends, run = [], []
        end = max(end, start + SHORTEST_DRAWN)
        lane = next((n for n, free_at in enumerate(lane_ends) if free_at <= start), len(lane_ends))
        lane_ends[lane : lane + 1] = [end]
        run.append(lane)
        reach = max(reach, end)
    return placed + [(lane, len(lane_ends)) for lane in run]
