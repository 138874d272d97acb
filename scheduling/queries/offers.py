"""What a booking could be: the first free times in words, and what stands at the time that was chosen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count, Q
from django.utils import timezone

from kernel import clock, gates
from kernel.templatetags import house
from office.models import Location
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType, Reservation, ResourceKind
from scheduling.queries import catalog
from scheduling.queries.board import CREDENTIAL_RULE
from scheduling.queries.openings import Opening, find_openings
from staff.models import Practitioner
from staff.queries.hindrances import Asked, hindrances

REACH = timedelta(days=28)
LOOKED_AT = 5  # openings of each day, for a rule may take away the first ones
USUAL_SPAN = timedelta(days=56)


@dataclass(frozen=True)
class Offer:
    """A free time one may take by a click; `value` is what the button sends."""

    day: date
    at: clock_time
    time: str
    when: str
    who: str
    practitioner_id: UUID
    minutes: int

    @property
    def wire(self) -> str:
        """11:15, 14:00: as the grid's script reads it."""
        return f"{self.at:%H:%M}"

    @property
    def value(self) -> str:
        return f"{self.day.isoformat()} {self.time} {self.practitioner_id}"


@dataclass(frozen=True)
class Clash:
    """Somebody who is not free at the time that was chosen."""

    kind: str
    sentence: str


def offers(openings: Iterable[Opening], location: Location, now: datetime) -> list[Offer]:
    """In words, without those whom a rule would stop at once."""
    zone = location.zone
    people = catalog.practitioners()
    return [
        Offer(
            (begins := clock.local(each.starts_at, zone)).date(),
            begins.time(),
            house.clock(begins),
            f"{day_words(begins.date(), clock.today(now, zone))} {house.clock(begins)}",
            people[each.practitioner_id].family_name,
            each.practitioner_id,
            each.minutes,
        )
        for each in _bookable(list(openings), zone)
        if each.practitioner_id in people
    ]


def _bookable(openings: list[Opening], zone: str) -> list[Opening]:
    """Without people whose credential has lapsed by then, where the practice blocks that, or who have left."""
    asked = [
        Asked(
            each.practitioner_id,
            clock.period(each.starts_at, each.minutes),
            clock.local(each.starts_at, zone).date(),
        )
        for each in openings
    ]
    stops = gates.level_of(CREDENTIAL_RULE) == "block"
    against = {
        place
        for place, found in hindrances(asked).items()
        if found.parted_date or (found.lapsed and stops)
    }
    return [each for place, each in enumerate(openings) if place not in against]


def day_words(day: date, today: date) -> str:
    """Today, Tomorrow, Wed; further away with the date."""
    away = (day - today).days
    if away in {0, 1}:
        return ("Today", "Tomorrow")[away]
    return f"{day:%a}" if 1 < away < 7 else f"{day:%a} {day.day} {day:%b}"


def first_openings(
    *,
    appointment_type: AppointmentType,
    location: Location,
    practitioners: Sequence[UUID] | None,
    since: datetime,
    now: datetime,
    minutes: int | None = None,
    days: int = 3,
) -> list[Offer]:
    """The first free time of each of the next days that have one."""
    found = find_openings(
        appointment_type=appointment_type,
        location=location,
        span=DateTimeTZRange(max(since, now), max(since, now) + REACH),
        practitioners=practitioners,
        minutes=minutes,
        limit=LOOKED_AT * days * 2,
        per_day=LOOKED_AT,
    )
    first: dict[date, Offer] = {}
    for each in offers(found, location, now):
        first.setdefault(each.day, each)
    return list(first.values())[:days]


def free_first(kind: AppointmentType | None, location: Location, now: datetime) -> Offer | None:
    """Who of today's clinicians is free soonest, for somebody who stands at the desk."""
    if kind is None:
        return None
    today = clock.today(now, location.zone)
    found = first_openings(
        appointment_type=kind, location=location, practitioners=None, since=now, now=now, days=1
    )
    return next((each for each in found if each.day == today), None)


def clashes(
    *,
    patient: Patient | None,
    practitioner: Practitioner | None,
    location: Location,
    period: DateTimeTZRange,
    by_id: UUID | None,
) -> list[Clash]:
    """Whose time is taken then; the other patient's name stays out of it. One's own hold is no clash."""
    owners = [each.pk for each in (patient, practitioner) if each is not None]
    rows = (
        Reservation.objects.live()
        .touching(period)
        .filter(Q(resource_id__in=owners), Q(lane=0) | Q(resource_kind=ResourceKind.PATIENT))
        .filter(
            Q(hold=None) | (Q(hold__expires_at__gt=timezone.now()) & ~Q(hold__held_by_id=by_id))
        )
        .order_by("period", "pk")
    )
    shown = rows.values_list("resource_kind", "period", "hold__held_by_name")
    return [
        Clash(kind, _sentence(kind, span, holder, practitioner, location.zone))
        for kind, span, holder in shown
    ]


def _sentence(
    kind: str, span: DateTimeTZRange, holder: str | None, who: Practitioner | None, zone: str
) -> str:
    begins, ends = clock.local(span.lower, zone), clock.local(span.upper, zone)
    words = f"{house.clock(begins)}–{house.clock(ends)}"
    if kind == ResourceKind.PATIENT:
        return f"The patient has another visit {words}."
    name = who.spoken if who else "The clinician"
    if holder:
        return f"{holder.split(' ')[0]} is booking {words} with {name} just now."
    return f"{name} has another visit {words}."


def usual_type(practitioner: Practitioner | None, location: Location, now: datetime) -> UUID | None:
    """The visit type booked most with this practitioner lately, or at this location; the first by name at last."""
    known = [pk for pk, each in catalog.types().items() if each.is_active]
    recent = Appointment.objects.filter(
        location=location, starts_at__gte=now - USUAL_SPAN, starts_at__lt=now + USUAL_SPAN
    )
    if practitioner is not None:
        recent = recent.filter(practitioner=practitioner)
    counted = recent.values("appointment_type").annotate(times=Count("pk")).order_by("-times")
    most = counted.values_list("appointment_type", flat=True)[:5]
    return next((each for each in most if each in known), next(iter(known), None))
