"""The practice and its three sites, with rooms, devices, hours and holidays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import holidays

from demo import zones
from kernel import clock
from office.models import Closure, Device, Location, OpeningHours, Practice, Room

PRACTICE = "Harbor Medical Group"
WEEKDAYS, EVERY_DAY, SATURDAY = range(5), range(7), (5,)


@dataclass(frozen=True)
class Site:
    """What is built at one location; the hours are (weekdays, opens, closes)."""

    name: str
    code: str
    line: str
    phone: str
    hours: tuple[tuple[range | tuple[int, ...], time, time], ...]
    rooms: dict[str, int]  # kind → how many
    devices: dict[str, str]  # name → kind


LANE = Site(
    "Harbor Lane", "Lane", "100 Harbor Lane, Harborview", "(212) 555-0100",
    ((EVERY_DAY, time(7), time(21)),),
    {"exam": 10, "procedure": 1, "lab": 2, "imaging": 1, "consult": 1},
    {"Ultrasound 1": "ultrasound", "ECG cart": "ecg", "Spirometer": "spirometer"},
)  # fmt: skip
HILL = Site(
    "Harbor Hill", "Hill", "48 Beacon Hill Road, Harborview", "(212) 555-0140",
    ((WEEKDAYS, time(8), time(18)), (SATURDAY, time(8), time(13))),
    {"exam": 5, "procedure": 1, "lab": 1, "imaging": 1},
    {"Ultrasound 2": "ultrasound", "ECG cart": "ecg"},
)  # fmt: skip
WEST = Site(
    "Harbor West", "West", "7 Mill Street, Westbrook", "(312) 555-0170",
    ((WEEKDAYS, time(8), time(17)),),
    {"exam": 4, "procedure": 1, "lab": 1},
    {"ECG cart": "ecg"},
)  # fmt: skip
SITES = (LANE, HILL, WEST)


@dataclass(frozen=True)
class Places:
    """The three locations, in the order of `SITES`."""

    lane: Location
    hill: Location
    west: Location

    @property
    def all(self) -> tuple[Location, Location, Location]:
        return self.lane, self.hill, self.west


def make_places(now: datetime, home: str) -> Places:
    """Write the practice; the first site never closes, so that a demo is never in front of a locked door."""
    Practice.objects.create(name=PRACTICE, zone=home, is_set_up=True)
    site_zones = (home, home, zones.next_to(home, now))
    locations = [
        Location(name=site.name, code=site.code, zone=zone, address=site.line, phone=site.phone)
        for site, zone in zip(SITES, site_zones, strict=True)
    ]
    Location.objects.bulk_create(locations)
    for site, location in zip(SITES, locations, strict=True):
        _furnish(site, location)
    today = clock.today(now, home)
    Closure.objects.bulk_create(
        closure for location in locations[1:] for closure in _holidays(location, today)
    )
    Closure.objects.create(
        location=locations[2],
        first_date=_next_friday(today),
        last_date=_next_friday(today),
        name="Staff training day",
    )
    return Places(*locations)


def known_places() -> Places:
    """The sites of a practice made earlier, also after they were renamed."""
    ours = Location.objects.filter(is_external=False).order_by("created_at", "id")
    return Places(*ours[:3])


def _furnish(site: Site, location: Location) -> None:
    OpeningHours.objects.bulk_create(
        OpeningHours(location=location, weekday=day, opens=opens, closes=closes)
        for days, opens, closes in site.hours
        for day in days
    )
    Room.objects.bulk_create(
        Room(location=location, name=name, kind=kind) for kind, name in _room_names(site)
    )
    Device.objects.bulk_create(
        Device(location=location, name=name, kind=kind) for name, kind in site.devices.items()
    )


ROOM_WORDS = {
    "exam": "Room",
    "procedure": "Procedure",
    "lab": "Lab",
    "imaging": "Imaging",
    "consult": "Consult",
}


def _room_names(site: Site) -> Iterator[tuple[str, str]]:
    for kind, how_many in site.rooms.items():
        for number in range(1, how_many + 1):
            alone = how_many == 1 and kind != "exam"
            yield kind, ROOM_WORDS[kind] if alone else f"{ROOM_WORDS[kind]} {number}"


def _holidays(location: Location, today: date) -> Iterator[Closure]:
    years = [today.year - 1, today.year, today.year + 1]
    for day, name in sorted(holidays.country_holidays("US", years=years).items()):
        yield Closure(
            location=location, first_date=day, last_date=day, name=name[:100], is_holiday=True
        )


def _next_friday(today: date) -> date:
    """The Friday of the week after next."""
    return today + timedelta(days=14 + (4 - today.weekday()) % 7)
