"""The office's own rules at the gates above it."""

from collections.abc import Sequence
from datetime import timedelta

from kernel import clock, gates
from kernel.gates import Finding, Question
from office import queries
from office.permissions import Permission

BOOK = gates.point("appointment.book", asked_when="Booking, moving")
CHANGE_PAST = gates.point("record.change", asked_when="Changing what is past", closed=True)


@gates.rule(
    BOOK,
    "office.closed",
    "The location is closed",
    level="warn",
    override=Permission.CONFIGURE_OFFICE,
)
def location_closed(asked: Sequence[Question]) -> list[Finding | None]:
    return [_closed(question) for question in asked]


def _closed(question: Question) -> Finding | None:
    location, span = question["location"], question["period"]
    begins, ends = (clock.local(edge, location.zone) for edge in (span.lower, span.upper))
    day = queries.open_day(location.pk, begins.date())
    if not day.is_open:
        return Finding(
            f"{location.name} is closed on {begins:%a} {begins.day} {begins:%b}: {day.closed_because}.",
            facts=(
                ("Day", f"{begins:%A} {begins.day} {begins:%B %Y}"),
                ("Why", day.closed_because),
            ),
        )
    inside = any(
        opens <= begins.time() and (begins.date() == ends.date() and ends.time() <= closes)
        for opens, closes in day.spans
    )
    if inside:
        return None
    hours = ", ".join(f"{opens:%-I:%M}–{closes:%-I:%M}" for opens, closes in day.spans)
    return Finding(f"{location.name} is open {hours} on this day.", facts=(("Open", hours),))


@gates.rule(BOOK, "office.period_locked", "The period is locked", level="block", override="")
def booking_in_locked_period(asked: Sequence[Question]) -> list[Finding | None]:
    return [_locked(question) for question in asked]


@gates.rule(
    CHANGE_PAST, "office.period_locked_change", "The period is locked", level="block", override=""
)
def change_in_locked_period(asked: Sequence[Question]) -> list[Finding | None]:
    return [_locked(question) for question in asked]


def _locked(question: Question) -> Finding | None:
    practice = queries.practice()
    if practice is None or practice.locked_through_date is None:
        return None
    day = clock.local(question["period"].lower, practice.zone).date()
    if day > practice.locked_through_date:
        return None
    last = practice.locked_through_date
    return Finding(
        f"Everything through {last.day} {last:%b %Y} is locked.",
        facts=(
            ("Locked through", f"{last.day} {last:%b %Y}"),
            ("First open day", str(last + timedelta(days=1))),
        ),
    )
