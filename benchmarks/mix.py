"""W7, an office at work: 60 % days, 20 % finding a patient, 10 % a month of openings, 10 % bookings."""

import itertools
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from benchmarks import booking, facts
from benchmarks.house import House
from benchmarks.load import Client, Tally, drive
from kernel.text import search_key
from patients.models import Patient

SECONDS = {"small": 40.0, "full": 600.0}
SHARES = {"day": 60, "find": 20, "openings": 10, "book": 10}
CLIENTS = 8

Ask = Callable[[Client], int]


def mix(house: House) -> Iterator[dict[str, Any]]:
    """A line for each kind of request and one for all; memory and connections before and after."""
    kinds, weights = list(SHARES), list(SHARES.values())
    sources = _sources()
    chance, tallies = random.Random(7), {kind: Tally() for kind in kinds}
    drive(house, _mixed(sources, kinds, weights, chance, tallies), CLIENTS, 3.0)  # warm
    tallies.update({kind: Tally() for kind in kinds})
    before = _footprint(house)
    whole = drive(
        house, _mixed(sources, kinds, weights, chance, tallies), CLIENTS, SECONDS[house.scale]
    )
    after = _footprint(house)
    for kind in kinds:
        tallies[kind].seconds = whole.seconds
        yield {"clients": CLIENTS, "what": kind, **tallies[kind].line(), **_refused(tallies[kind])}
    yield {
        "clients": CLIENTS,
        "what": "all",
        **whole.line(),
        **_refused(whole),
        "double_bookings": booking.double_bookings(),
        "memory_mb": [before[0], after[0]],
        "connections": [before[1], after[1]],
    }


def _refused(tally: Tally) -> dict[str, int]:
    return {
        "unexpected": sum(n for status, n in tally.statuses.items() if status not in {200, 201})
    }


def _sources() -> dict[str, Iterator[Ask]]:
    place, people = facts.location(), facts.practitioners()
    _person, day = facts.busiest()
    days = [day + timedelta(days=number) for number in range(-10, 11)]
    names = Patient.objects.order_by("pk").values_list("family_name", flat=True)[:2000]
    words = [search_key(name)[1:5] for name in names if len(search_key(name)) >= 5]
    begin = timezone.now() + timedelta(minutes=5)
    span = f"from={_plus(begin)}&to={_plus(begin + timedelta(days=31))}"
    kind = facts.short_type().pk

    def reads(paths: Iterator[str]) -> Iterator[Ask]:
        return (lambda client, path=path: client.send("GET", path)[0] for path in paths)

    return {
        "day": reads(
            f"/api/v1/appointments/?location={place.pk}&practitioner={who}&date={on}&limit=200"
            for who, on in itertools.cycle(itertools.product(people, days))
        ),
        "openings": reads(
            f"/api/v1/openings/?type={kind}&location={place.pk}&practitioner={who}&{span}&limit=2000"
            for who in itertools.cycle(people)
        ),
        "find": (
            lambda client, word=word: client.send(
                "POST", "/api/v1/patients/search/", json.dumps({"q": word}).encode()
            )[0]
            for word in itertools.cycle(words)
        ),
        "book": booking.asks(facts.free_slots(people)),
    }


def _plus(moment: Any) -> str:
    return moment.isoformat().replace("+", "%2B")


def _mixed(
    sources: dict[str, Iterator[Ask]],
    kinds: list[str],
    weights: list[int],
    chance: random.Random,
    tallies: dict[str, Tally],
) -> Iterator[Ask]:
    """The next request of a kind drawn by its share; each is timed under its own name too."""
    import time

    while True:
        kind = chance.choices(kinds, weights)[0]
        ask = next(sources[kind])

        def timed(client: Client, kind: str = kind, ask: Ask = ask) -> int:
            began = time.perf_counter()
            status = ask(client)
            tallies[kind].times.append(time.perf_counter() - began)
            tallies[kind].statuses.update(Counter([status]))
            return status

        yield timed


def _footprint(house: House) -> tuple[int, int]:
    """Resident megabytes of the server's processes, and connections to this database."""
    pages = sum(_resident(pid) for pid in _family(house.server.pid))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return pages * 4096 >> 20, cursor.fetchone()[0]


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1])


BENCHES = {"mix": mix}
