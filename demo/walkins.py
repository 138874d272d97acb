"""Patients who come without an appointment when the book has too few near now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from demo.daybook import Daybook, Equipment
from demo.days import opened, taken_already, write_books
from demo.people import NURSES
from demo.phases import Part, Phase
from demo.places import Places
from demo.sessions import Calendar, Session, Span
from demo.visits import Desk
from kernel import clock
from scheduling.models import Confirmation

LENGTH, GRID = timedelta(minutes=15), 5
EARLIER = (0, 5, -5, -10)  # minutes tried around the wanted time


def let_in(missing: Sequence[Part], places: Places, desk: Desk) -> int:
    """Book a short visit for each part that nobody plays; answers how many could be."""
    today = clock.today(desk.now, places.lane.zone)
    calendar = Calendar(today, today)
    sessions = [
        each
        for each in calendar.sessions(today)
        if each.location == places.lane and each.practitioner.specialty != NURSES
    ]
    book = opened(today, Equipment.known(), taken_already(today, today))
    for part in missing:
        for shift in EARLIER:
            if _book(part, shift, sessions, book, desk):
                break
    return write_books([book])


def _book(part: Part, shift: int, sessions: list[Session], book: Daybook, desk: Desk) -> bool:
    start = _on_grid(desk.now + timedelta(minutes=shift - part.due))
    span = (start, start + LENGTH)
    for lane in (0, 1):
        for session in desk.chance.sample(sessions, len(sessions)):
            if _has_time(session, span, lane, book) and _write(
                part, session, span, lane, book, desk
            ):
                return True
    return False


def _has_time(session: Session, span: Span, lane: int, book: Daybook) -> bool:
    who = session.practitioner.pk
    if not session.starts <= span[0] < session.ends:
        return False
    if lane == 0:
        return span[1] <= session.ends and book.is_free(who, span)
    return book.may_stand_beside(who, span)


def _write(part: Part, session: Session, span: Span, lane: int, book: Daybook, desk: Desk) -> bool:
    child = session.practitioner.specialty == "Pediatrics"
    patient = desk.crowd.regular(session.location, child, book.seen, desk.chance)
    if patient is None:
        return False
    walks_in = part.phase is not Phase.LATE
    visit = book.write(
        patient=patient,
        practitioner=session.practitioner,
        location=session.location,
        appointment_type=desk.types["Sick visit"],
        span=span,
        lane=lane,
        is_walk_in=walks_in,
        overbook_reason="Acute, cannot wait" if lane else "",
        confirmation=Confirmation.UNCONFIRMED if walks_in else Confirmation.CONFIRMED,
    )
    return visit is not None


def _on_grid(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute - moment.minute % GRID, second=0, microsecond=0)
