"""Enough clinicians around the clock's now: the demo may be opened on a Sunday evening."""

from datetime import date, datetime, time, timedelta

from demo.people import NURSES, OWN_COLUMN
from demo.places import Places
from demo.sessions import Calendar, Session
from kernel import clock
from scheduling.models import AvailabilityException

BLOCKS = (
    (time(7), time(8)),
    (time(8), time(12)),
    (time(12, 30), time(16, 30)),
    (time(16, 30), time(21)),
)
FULL_DAY = ((time(8), time(12)), (time(13), time(17)))
ENOUGH = 4


def cover_today(places: Places, today: date, now: datetime) -> list[Session]:
    """
    Extra hours at the first site where too few would see patients now; answers the sessions this adds.

    The physician account's own day is full on every day of the week.
    """
    calendar = Calendar(today, today)
    before = calendar.sessions(today)
    added = [*_own_day(calendar, before, places, today)]
    AvailabilityException.objects.bulk_create(added)
    for starts, ends in BLOCKS:
        if _touches_now(places, today, now, starts, ends):
            added_here = _more(Calendar(today, today), places, today, starts, ends)
            AvailabilityException.objects.bulk_create(added_here)
    known = {_key(each) for each in before}
    after = Calendar(today, today).sessions(today)
    return [each for each in after if _key(each) not in known]


def _key(session: Session) -> tuple[object, ...]:
    return session.practitioner.pk, session.location.pk, session.starts


def _own_day(
    calendar: Calendar, sessions: list[Session], places: Places, today: date
) -> list[AvailabilityException]:
    own = [each for each in calendar.practitioners.values() if each.family_name == OWN_COLUMN]
    if not own or any(each.practitioner == own[0] for each in sessions):
        return []
    return [_extra(own[0], places, today, *span, "Weekend cover") for span in FULL_DAY]


def _touches_now(places: Places, today: date, now: datetime, starts: time, ends: time) -> bool:
    zone = places.lane.zone
    window = now - timedelta(minutes=60), now + timedelta(minutes=40)
    return (
        clock.from_rule(today, starts, zone) < window[1]
        and clock.from_rule(today, ends, zone) > window[0]
    )


def _more(
    calendar: Calendar, places: Places, today: date, starts: time, ends: time
) -> list[AvailabilityException]:
    begin = clock.from_rule(today, starts, places.lane.zone)
    end = clock.from_rule(today, ends, places.lane.zone)
    sessions = calendar.sessions(today)
    on_duty = {
        each.practitioner.pk
        for each in sessions
        if each.location == places.lane
        and each.practitioner.specialty != NURSES
        and each.starts <= begin + (end - begin) / 3
        and each.ends >= end - (end - begin) / 3
    }
    busy = {each.practitioner.pk for each in sessions if each.starts < end and each.ends > begin}
    away = {
        employee_id
        for employee_id, spans in calendar.away.items()
        if any(first < end and last > begin for first, last in spans)
    }
    free = [
        each
        for each in calendar.practitioners.values()
        if each.pk not in busy and each.employee_id not in away and each.specialty != NURSES
    ]
    worked = {each.practitioner.pk for each in sessions if each.location != places.lane}
    free.sort(
        key=lambda each: (each.pk in worked, each.family_name != OWN_COLUMN, each.family_name)
    )
    reason = "Weekend cover" if today.weekday() >= 5 else "Walk-in clinic"
    return [
        _extra(each, places, today, starts, ends, reason)
        for each in free[: max(0, ENOUGH - len(on_duty))]
    ]


def _extra(
    practitioner: object, places: Places, today: date, starts: time, ends: time, reason: str
) -> AvailabilityException:
    return AvailabilityException(
        practitioner=practitioner,
        location=places.lane,
        kind="extra",
        date=today,
        starts=starts,
        ends=ends,
        reason=reason,
    )
