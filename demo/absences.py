"""Who is away, who will be, and who has asked: leave in every state the office knows."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet

from demo.people import OWN_COLUMN, PHYSICIANS, People
from demo.visits import cancel
from kernel import clock
from scheduling.models import Appointment
from staff.models import EmployeeTime, Practitioner

AWAY = "Lindqvist"  # the physician who is away today
# (family, leave type, first day, last day, status, note); days count from today
LEAVES = (
    (AWAY, "vacation", 0, 4, "approved", "Family visit"),
    ("Alvarado", "sick", 0, 1, "approved", ""),
    ("Raman", "education", 17, 18, "approved", "Internal medicine course"),
    ("Castro-Lima", "vacation", 40, 49, "approved", ""),
    ("Robinson", "vacation", 6, 10, "approved", ""),
    ("Okonjo", "personal", 3, 3, "approved", ""),
    ("Brandt", "vacation", -23, -19, "approved", ""),
    ("Grant", "sick", -9, -8, "approved", ""),
    ("Kessler", "vacation", 12, 16, "requested", "Our anniversary"),
    ("Bell", "education", 9, 9, "requested", "Dermoscopy course"),
    ("Petrova", "personal", 20, 20, "requested", ""),
    ("Nguyễn", "vacation", 25, 31, "requested", "Wedding of my sister"),
    ("Reyes", "personal", 5, 5, "requested", ""),
    ("Larsen", "vacation", 11, 14, "requested", ""),
    ("Sundaram", "vacation", 2, 3, "declined", ""),
    ("Haddad", "vacation", 33, 37, "cancelled", "Plans changed"),
)
MORNING_OFF = "Moss"
DECISIONS = {"approved": "", "declined": "Two of three are away already"}


def make_absences(people: People, today: date, now: datetime, zone: str) -> None:
    decider = people.employees["Santos"].user_id
    rows = [
        _leave(
            people,
            family,
            kind,
            status,
            _days(today, first, last, zone),
            note,
        )
        for family, kind, first, last, status, note in LEAVES
    ]
    rows.append(
        _leave(people, MORNING_OFF, "personal", "approved", _morning(today, zone), "Dentist")
    )
    for row in rows:
        if row.status in DECISIONS:
            _decide(row, decider, min(now, row.period.lower) - timedelta(days=6, hours=3))
    EmployeeTime.objects.bulk_create(rows)


def _leave(
    people: People, family: str, kind: str, status: str, period: DateTimeTZRange, note: str
) -> EmployeeTime:
    return EmployeeTime(
        employee=people.employees[family],
        kind="leave",
        leave_type=kind,
        status=status,
        period=period,
        note=note,
    )


def _decide(row: EmployeeTime, decider: UUID | None, at: datetime) -> None:
    row.decided_by_id, row.decided_at = decider, at
    row.decision_reason = DECISIONS[row.status]


def _days(today: date, first: int, last: int, zone: str) -> DateTimeTZRange:
    """Nobody asks for a Saturday: what would begin on a weekend begins on the Monday after."""
    begins = today + timedelta(days=first)
    if first and begins.weekday() >= 5:
        begins += timedelta(days=7 - begins.weekday())
    return clock.days(begins, begins + timedelta(days=last - first), zone)


def _morning(day: date, zone: str) -> DateTimeTZRange:
    return DateTimeTZRange(
        clock.from_rule(day, time.min, zone), clock.from_rule(day, time(12), zone)
    )


# ---- a later day


def someone_is_away(people: People, today: date, now: datetime, zone: str) -> EmployeeTime | None:
    """On a later demo day, if no physician is away, the one with the fewest visits calls in sick."""
    span = clock.days(today, today + timedelta(days=1), zone)
    physicians = {
        family: each
        for family, each in people.practitioners.items()
        if each.qualification in PHYSICIANS and family != OWN_COLUMN
    }
    away = EmployeeTime.objects.leave().approved().touching(span)
    if away.filter(employee__in=[each.employee_id for each in physicians.values()]).exists():
        return None
    family = min(physicians, key=lambda each: (_load(physicians[each], span), each))
    row = _leave(people, family, "sick", "approved", span, "")
    _decide(row, people.employees["Santos"].user_id, now)
    row.save()
    cancel(_visits(physicians[family], span), "Practitioner out sick", now)
    return row


def _visits(practitioner: Practitioner, span: DateTimeTZRange) -> QuerySet[Appointment]:
    visits = Appointment.objects.filter(practitioner=practitioner)
    return visits.starting_in(span).filter(status__in=["booked", "proposed", "pending"])


def _load(practitioner: Practitioner, span: DateTimeTZRange) -> int:
    """Only those who have some today: somebody who is off anyway is not missed."""
    return _visits(practitioner, span).count() or 1000
