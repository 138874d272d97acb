"""
A practice large enough to measure: the bench database.

Harbor Lane has 40 practitioners with 40 quarter hours a day, from 8 to 18 h. The first of them is full today, the
others have 30 visits; on each of the next 30 days every second quarter hour is taken; the rest of the number
asked for lies in full days before today. Harbor Hill is the board of 20 practitioners with 30 visits each today.
There are as many patients as appointments.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from random import Random
from uuid import UUID

from django.db import connection
from django.utils import timezone

from demo import npi
from demo.bare import bare, is_ours
from demo.copying import copy_rows, span
from demo.daybook import RESERVED
from demo.models import DemoPractice
from demo.names import HERITAGES, given, heritage
from demo.people import make_accounts
from demo.places import make_places
from kernel import acts, clock
from kernel.actors import Actor
from kernel.acts import act
from kernel.models.base import new_id
from kernel.text import search_key
from office.models import Location
from office.permissions import Permission
from patients.actions import take_chart_numbers
from patients.models import ContactPoint, Patient, PatientLocation
from scheduling.models import Appointment, AppointmentType, Availability, Reservation
from staff.models import Employee, Practitioner

PRACTITIONERS, BOARD = 40, 20
SLOT, SLOTS = timedelta(minutes=15), 40
OPENS, CLOSES = time(8), time(18)
AHEAD = 30
BULK = (Patient, PatientLocation, ContactPoint, Appointment, Reservation)
AREAS = range(201, 990)


@dataclass(frozen=True)
class Team:
    """Who works at one site, in order."""

    location: Location
    ids: tuple[UUID, ...]


@act(permission=Permission.CONFIGURE_OFFICE)
def make_large(*, by: Actor, at: datetime, how_many: int, home: str = "") -> int:
    """Write the practice and `how_many` appointments; answers how many rows were copied."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    places = make_places(at, home or "America/New_York")
    make_accounts(places)
    lane = _team(places.lane, PRACTITIONERS, 0, at)
    hill = _team(places.hill, BOARD, PRACTITIONERS, at)
    kind = AppointmentType.objects.create(name="Quarter hour", minutes=15, color="#0D9488")
    if is_ours(BULK):
        with bare(BULK):
            rows = _fill(how_many, lane, hill, kind, at)
    else:
        rows = _fill(how_many, lane, hill, kind, at)
    today = clock.today(at, places.lane.zone)
    DemoPractice.objects.create(
        seed=seed_of(how_many), today_date=today, through_date=today, spread_at=at
    )
    acts.note(*places.all, appointments=how_many)
    return rows


def seed_of(how_many: int) -> str:
    return f"scale {how_many}"


def settle() -> None:
    """Outside any transaction: what a quiet night does to a database."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")


def _team(location: Location, how_many: int, first: int, at: datetime) -> Team:
    chance = Random(f"team {location.code}")
    practitioners = []
    for number in range(first, first + how_many):
        names = heritage(chance)
        person = {
            "family_name": chance.choice(names.family),
            "given_name": given(chance, names, ""),
        }
        employee = Employee.objects.create(
            **person,
            position="Physician",
            hired_date=at.date() - timedelta(days=900),
            search_key=search_key(" ".join(person.values())),
        )
        practitioners.append(
            Practitioner(**person, employee=employee, qualification="MD", npi=npi.invented(number))
        )
    Practitioner.objects.bulk_create(practitioners)
    location.practitioners.add(*practitioners)
    Availability.objects.bulk_create(
        Availability(
            practitioner=practitioner,
            location=location,
            weekday=weekday,
            starts=OPENS,
            ends=CLOSES,
            valid_from=at.date() - timedelta(days=2000),
        )
        for practitioner in practitioners
        for weekday in range(7)
    )
    return Team(location, tuple(each.pk for each in practitioners))


def _fill(how_many: int, lane: Team, hill: Team, kind: AppointmentType, at: datetime) -> int:
    patients = _patients(how_many, lane.location, at)
    slots = _slots(how_many, lane, hill, at)
    visits = [
        (new_id(), patients[number % how_many], *slot) for number, slot in zip(count(), slots)
    ]
    copy_rows(Appointment, VISIT, _visit_rows(visits, kind, at))
    copy_rows(Reservation, RESERVED, _reservation_rows(visits))
    return how_many * 3 + len(visits) * 3


# ---- patients

PATIENT = (
    "id", "created_at", "updated_at", "version", "medical_record_number", "family_name", "given_name",
    "middle_name", "suffix", "preferred_name", "birth_date", "gender", "birth_sex", "race", "ethnicity",
    "language", "needs_interpreter", "marital_status", "note", "is_active", "source", "fingerprint",
    "search_key", "family_key", "given_key",
)  # fmt: skip
CONTACT = (
    "id", "created_at", "updated_at", "version", "patient_id", "system", "use", "value", "digits", "rank",
    "is_verified",
)  # fmt: skip


def _patients(how_many: int, location: Location, at: datetime) -> list[UUID]:
    ids = [new_id() for _ in range(how_many)]
    chance, numbers = Random(how_many), take_chart_numbers(how_many)
    copy_rows(Patient, PATIENT, _patient_rows(ids, numbers, chance, at))
    copy_rows(PatientLocation, ("patient_id", "location_id"), ((pk, location.pk) for pk in ids))
    copy_rows(ContactPoint, CONTACT, _contact_rows(ids, chance, at))
    return ids


def _patient_rows(
    ids: list[UUID], numbers: list[str], chance: Random, at: datetime
) -> Iterator[tuple]:
    now, weights = timezone.now(), [each.weight for each in HERITAGES]
    first_day = at.date() - timedelta(days=95 * 365)
    for pk, number in zip(ids, numbers, strict=True):
        names = chance.choices(HERITAGES, weights)[0]
        female = chance.random() < 0.52
        first = chance.choice(names.female if female else names.male)
        last = chance.choice(names.family)
        if chance.random() < 0.4:  # more different people than the lists have pairs
            last = f"{last}-{chance.choice(names.family)}"
        family, plain = _key(last), _key(first)
        gender, sex = ("female", "F") if female else ("male", "M")
        born = first_day + timedelta(days=chance.randrange(95 * 365))
        yield (
            pk, now, now, 1, number, last, first, "", "", "", born, gender, sex, names.race, names.ethnicity,
            names.language, False, "", "", True, "", "", f"{family} {plain}", family, plain,
        )  # fmt: skip


@lru_cache(maxsize=100_000)
def _key(name: str) -> str:
    return search_key(name)


def _contact_rows(ids: list[UUID], chance: Random, at: datetime) -> Iterator[tuple]:
    """Exchange 555 all over: a hundred fictional lines an area would make every search find thousands."""
    now = timezone.now()
    for pk in ids:
        area, line = chance.choice(AREAS), chance.randrange(10_000)
        value = f"({area}) 555-{line:04d}"
        yield new_id(), now, now, 1, pk, "phone", "mobile", value, f"{area}555{line:04d}", 1, False


# ---- visits

VISIT = (
    "id", "created_at", "updated_at", "version", "patient_id", "practitioner_id", "location_id",
    "appointment_type_id", "period", "lane", "status", "confirmation", "note", "overbook_reason", "is_walk_in",
    "cancelled_by", "cancel_reason", "source", "source_id", "fingerprint",
)  # fmt: skip
Slot = tuple[UUID, UUID, str, str]  # practitioner, location, status, period


def _slots(how_many: int, lane: Team, hill: Team, at: datetime) -> list[Slot]:
    """The times that are taken, the nearest first, until there are enough."""
    today = clock.today(at, lane.location.zone)
    found: list[Slot] = []
    for slot in _endless(lane, hill, today):
        found.append(slot)
        if len(found) == how_many:
            break
    return found


def _endless(lane: Team, hill: Team, today: date) -> Iterator[Slot]:
    yield from _day(lane, today, "booked", lambda who, slot: who == 0 or slot % 4 != 3)
    yield from _day(hill, today, "booked", lambda who, slot: slot % 4 != 3)
    for ahead in range(1, AHEAD + 1):
        day = today + timedelta(days=ahead)
        yield from _day(
            lane, day, "booked", lambda who, slot, odd=ahead: (who + slot + odd) % 2 == 0
        )
    for ago in count(1):
        yield from _day(lane, today - timedelta(days=ago), "fulfilled", lambda who, slot: True)


def _day(team: Team, day: date, status: str, taken: object) -> Iterator[Slot]:
    """Slot by slot over all practitioners, so that neighbors in the list have different patients."""
    begins = clock.from_rule(day, OPENS, team.location.zone).astimezone(clock.zone("UTC"))
    for slot in range(SLOTS):
        period = span(begins + slot * SLOT, begins + (slot + 1) * SLOT)
        for who, practitioner in enumerate(team.ids):
            if taken(who, slot):
                yield practitioner, team.location.pk, status, period


def _visit_rows(visits: list[tuple], kind: AppointmentType, at: datetime) -> Iterator[tuple]:
    now = timezone.now()
    for pk, patient, practitioner, location, status, period in visits:
        yield (
            pk, now, now, 1, patient, practitioner, location, kind.pk, period, 0, status, "unconfirmed", "", "",
            False, "", "", "", "", "",
        )  # fmt: skip


def _reservation_rows(visits: list[tuple]) -> Iterator[tuple]:
    for pk, patient, practitioner, _location, _status, period in visits:
        yield pk, "practitioner", practitioner, period, 0, True
        yield pk, "patient", patient, period, 0, True
