"""The week of each practitioner: who sees patients where and when, as rules and as the exceptions to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from demo.kinds import NURSE_KINDS
from demo.places import Places
from scheduling.models import AppointmentType, Availability, AvailabilityException
from staff.models import Practitioner


@dataclass(frozen=True)
class Shift:
    """A day's work as a letter stands for it in `WEEKS`."""

    site: str
    spans: tuple[tuple[time, time], ...]


def _shift(site: str, *clocks: str) -> Shift:
    ends = [time.fromisoformat(clock) for clock in clocks]
    return Shift(site, tuple(zip(ends[::2], ends[1::2], strict=True)))


SHIFTS = {
    "D": _shift("lane", "08:00", "12:00", "13:00", "17:00"),
    "K": _shift("lane", "08:00", "12:30", "13:30", "17:00"),
    "R": _shift("lane", "07:00", "12:00", "12:30", "15:30"),
    "A": _shift("lane", "13:00", "18:00"),
    "B": _shift("lane", "09:00", "13:00", "13:30", "18:00"),
    "L": _shift("lane", "13:00", "17:00", "17:30", "21:00"),
    "E": _shift("lane", "07:00", "11:30", "12:00", "14:30"),
    "N": _shift("lane", "07:00", "12:00", "12:30", "17:00", "17:30", "21:00"),
    "H": _shift("hill", "08:00", "12:00", "13:00", "17:30"),
    "S": _shift("hill", "08:00", "13:00"),
    "W": _shift("west", "08:00", "12:00", "13:00", "17:00"),
}

# Monday to Sunday. The nurse room is a column that nurses take in turn, so it is open as long as the house.
WEEKS = {
    "Osei": "DDDDD..",
    "Kessler": "KKKLL.E",
    "Raman": "RRRRR..",
    "Nakamura": "AA.AAL.",
    "Whitfield": "KLKK.E.",
    "Brandt": "LDL.D.L",
    "Bell": "LB.LBE.",
    "Petrova": "H.LH.LE",
    "Ferreira": "HHH.HS.",
    "Lindqvist": "WW.WW.L",
    "Haddad": "WWWWW..",
    "Adeyemi": "NNNNNNN",
}
ROUNDS = "Nakamura"  # mornings in the hospital
HALF_DAY = "Kessler"
PAST_DAYS, AHEAD_DAYS = 42, 28


def make_hours(
    people: dict[str, Practitioner], places: Places, types: dict[str, AppointmentType], today: date
) -> None:
    """Weekly availability, valid since well before the first visit we tell of."""
    rows = [
        row for family, week in WEEKS.items() for row in _week(people[family], week, places, today)
    ]
    Availability.objects.bulk_create(rows)
    allowed = Availability.allowed_types.through
    allowed.objects.bulk_create(
        allowed(availability_id=row.pk, appointmenttype_id=types[name].pk)
        for row in rows
        if row.practitioner_id == people["Adeyemi"].pk
        for name in NURSE_KINDS
    )


def _week(
    practitioner: Practitioner, week: str, places: Places, today: date
) -> Iterator[Availability]:
    for weekday, letter in enumerate(week):
        if letter == ".":
            continue
        shift = SHIFTS[letter]
        for starts, ends in shift.spans:
            yield Availability(
                practitioner=practitioner,
                location=getattr(places, shift.site),
                weekday=weekday,
                starts=starts,
                ends=ends,
                valid_from=today - timedelta(days=730),
            )


def make_exceptions(
    people: dict[str, Practitioner], places: Places, first: date, last: date
) -> None:
    """Hospital rounds every other Thursday, and a half day on every second Monday."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    even = [day for day in days if day.isocalendar().week % 2 == 0]
    AvailabilityException.objects.bulk_create(
        [
            *(
                _blocked(people[ROUNDS], places, day, "13:00", "15:00", "Hospital rounds")
                for day in even
                if day.weekday() == 3
            ),
            *(
                _blocked(people[HALF_DAY], places, day, "12:30", "17:00", "Half day")
                for day in even
                if day.weekday() == 0
            ),
        ]
    )


def _blocked(
    practitioner: Practitioner, places: Places, day: date, starts: str, ends: str, reason: str
) -> AvailabilityException:
    return AvailabilityException(
        practitioner=practitioner,
        location=places.lane,
        kind="blocked",
        date=day,
        starts=time.fromisoformat(starts),
        ends=time.fromisoformat(ends),
        reason=reason,
    )
