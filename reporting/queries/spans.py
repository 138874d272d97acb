"""Over which days key figures are read: four full weeks up to yesterday, and what they are compared with."""

from datetime import date, timedelta

from kernel.metrics import Span

DAYS = 28
WEEKS = 12


def last_weeks(today: date) -> Span:
    """The 28 days up to yesterday: every weekday four times, so that days of the week weigh the same."""
    return Span(today - timedelta(days=DAYS), today - timedelta(days=1))


def before(span: Span) -> Span:
    """As many days just before."""
    days = (span.last - span.first).days + 1
    return Span(span.first - timedelta(days=days), span.first - timedelta(days=1))


def weeks(span: Span, count: int = WEEKS) -> list[Span]:
    """Weeks that end with the span, the oldest first."""
    ends = [span.last - timedelta(days=7 * back) for back in range(count - 1, -1, -1)]
    return [Span(end - timedelta(days=6), end) for end in ends]


def words(span: Span) -> str:
    """19 Oct – 15 Nov."""
    if span.first == span.last:
        return _day(span.first)
    return f"{_day(span.first)} – {_day(span.last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"
