"""What is in the bench database: people, places, and times that are still free."""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from uuid import UUID

import psycopg
from django.db.models import Count, Max

from kernel import clock
from office.models import Location
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType
from staff.models import Practitioner

SLOT = timedelta(minutes=15)


def connect() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"])


@cache
def location() -> Location:
    """The site with most clinicians."""
    return (
        Location.objects.ours().annotate(people=Count("practitioners")).order_by("-people", "pk")[0]
    )


@cache
def practitioners() -> list[UUID]:
    found = Practitioner.objects.bookable().at_location(location()).order_by("pk")
    return list(found.values_list("pk", flat=True))


@cache
def short_type() -> AppointmentType:
    """A quarter of an hour with a clinician and nothing else."""
    kind, _ = AppointmentType.objects.get_or_create(name="Bench visit", defaults={"minutes": 15})
    return kind


@cache
def some_patients(count: int = 20_000) -> list[UUID]:
    return list(Patient.objects.order_by("pk").values_list("pk", flat=True)[:count])


@cache
def busiest() -> tuple[UUID, date]:
    """A clinician and a day with about forty visits."""
    place = location()
    rows = Appointment.objects.at_location(place).values("practitioner", "starts_at__date")
    best = rows.annotate(count=Count("pk")).filter(count__lte=44).order_by("-count")[0]
    return best["practitioner"], best["starts_at__date"]


@dataclass(frozen=True)
class Slot:
    practitioner: UUID
    starts_at: datetime


def free_slots(people: list[UUID]) -> Iterator[Slot]:
    """Quarter hours after everything that is booked, so that every booking is valid; never the same twice."""
    place = location()
    last = Appointment.objects.at_location(place).aggregate(last=Max("starts_at"))["last"]
    day = clock.local(last, place.zone).date() + timedelta(days=1)
    for number in itertools.count():
        on = day + timedelta(days=number)
        for quarter in range(32):
            begins = clock.from_rule(on, time(9 + quarter // 4, quarter % 4 * 15), place.zone)
            for person in people:
                yield Slot(person, begins)


@cache
def board() -> tuple[date, list[UUID]]:
    """Twenty clinicians, and the day on which they have most nearly thirty visits each."""
    who = practitioners()[:20]
    rows = Appointment.objects.at_location(location()).filter(practitioner__in=who).shown()
    days = (
        rows.values_list("starts_at__date").annotate(visits=Count("pk")).order_by("starts_at__date")
    )
    return min(days, key=lambda row: abs(row[1] - 600))[0], who
