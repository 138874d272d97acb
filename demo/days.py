"""Whole days of visits: past ones as they went, coming ones as they are booked."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from demo import courses, visits
from demo.copying import copy_objects, copy_rows
from demo.courses import Hands, Paper
from demo.daybook import RESERVED, Daybook, Equipment
from demo.kinds import REASONS
from demo.people import NURSES
from demo.sessions import Session
from demo.visits import Desk
from kernel import clock
from office import queries
from patients.models import PatientLocation
from scheduling.models import Appointment, Reservation

BATCH = 2000


def write_days(sessions: dict[date, list[Session]], desk: Desk, hands: Hands, seed: str) -> int:
    """Fill these sessions and write every row of it; answers how many visits there are."""
    if not sessions:
        return 0
    equipment, paper, books = Equipment.known(), Paper(), []
    taken = taken_already(min(sessions), max(sessions))
    for day in sorted(sessions):
        # The same day is told the same way, whichever days are written beside it.
        desk_today = replace(desk, chance=Random(f"{seed} {day}"))
        book = opened(day, equipment, taken)
        _fill(sessions[day], book, desk_today)
        _tell_the_past(book, desk_today, hands, paper)
        books.append(book)
    paper.write()
    return write_books(books)


def _fill(sessions: list[Session], book: Daybook, desk: Desk) -> None:
    far = book.day > desk.now.date() + timedelta(days=14)
    least, most = (0.62, 0.8) if far else (0.72, 0.92)
    for session in sessions:
        less = 0.2 if session.practitioner.specialty == NURSES else 0
        fullness = desk.chance.uniform(least, most) - less
        visits.fill_session(session, book, desk, fullness)
    visits.overbook(book, desk, desk.chance.randrange(3))


def _tell_the_past(book: Daybook, desk: Desk, hands: Hands, paper: Paper) -> None:
    """Visits of days that are over have happened; today's are left to the clock."""
    free_from: dict[UUID, datetime] = {}
    for visit in sorted(book.appointments, key=lambda each: each.period.lower):
        over = book.day < clock.today(desk.now, visit.location.zone)
        if not over or not visit.holds_time:
            continue
        steps = courses.usual_course(visit, desk.chance, free_from.get(visit.practitioner_id))
        free_from[visit.practitioner_id] = steps.get(
            courses.Code.READY_TO_LEAVE, visit.period.upper
        )
        reason = desk.chance.choice(REASONS.get(visit.appointment_type.name, ("",)))
        courses.begin(visit, steps, visit.room, hands, paper, reason)


# ---- what stands in the book already


Taken = dict[date, list[Reservation]]


def taken_already(first: date, last: date) -> Taken:
    """Live reservations by day in UTC, with a day to spare on both sides."""
    span = DateTimeTZRange(
        datetime.combine(first - timedelta(days=1), time.min, clock.zone("UTC")),
        datetime.combine(last + timedelta(days=2), time.min, clock.zone("UTC")),
    )
    found: Taken = defaultdict(list)
    for row in Reservation.objects.live().touching(span):
        found[row.period.lower.date()].append(row)
    return found


def opened(day: date, equipment: Equipment, taken: Taken) -> Daybook:
    """The day's book with what is in it; who is booked on this day is not booked again."""
    book, whole_day = Daybook(day, equipment), clock.day(day, queries.practice_zone())
    for near in (day - timedelta(days=1), day, day + timedelta(days=1)):
        for row in taken.get(near, ()):
            lanes = book.beside if row.lane else book.taken
            lanes[row.resource_id].append((row.period.lower, row.period.upper))
            if row.resource_kind == "patient" and row.period.lower in whole_day:
                book.seen.add(row.resource_id)
    return book


def write_books(books: Iterable[Daybook]) -> int:
    """The rows of these days; answers how many visits there are."""
    books = list(books)
    appointments = [visit for book in books for visit in book.appointments]
    copy_objects(appointments)
    copy_rows(Reservation, RESERVED, (row for book in books for row in book.reservations))
    _make_known(appointments)
    return len(appointments)


def _make_known(appointments: list[Appointment]) -> None:
    """Booking makes a patient known at the site."""
    pairs = defaultdict(set)
    for visit in appointments:
        pairs[visit.patient_id].add(visit.location_id)
    PatientLocation.objects.bulk_create(
        [
            PatientLocation(patient_id=patient_id, location_id=location_id)
            for patient_id, location_ids in pairs.items()
            for location_id in sorted(location_ids)
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
