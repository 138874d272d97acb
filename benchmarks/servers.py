"""The same pages behind other servers: how many processes and threads, and whose. Not of the office, of the choice."""

import importlib.util
import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from benchmarks import booking, facts, house
from benchmarks.house import House
from benchmarks.load import drive

SECONDS = 4.0
# server, workers, threads, and what else is set
CHOICES: tuple[tuple[str, int, int, dict[str, str]], ...] = (
    ("granian", 1, 4, {}),
    ("granian", 2, 1, {}),
    ("granian", 2, 2, {}),
    ("granian", 2, 4, {}),
    ("granian", 2, 8, {}),
    ("granian", 3, 2, {}),
    ("granian", 4, 2, {}),
    ("gunicorn", 2, 4, {}),
    ("gunicorn", 4, 2, {}),
)


def servers(place: House) -> Iterator[dict[str, Any]]:
    """A day as JSON and bookings, at 8 and at 32 clients, behind each choice."""
    person, day = facts.busiest()
    path = f"/api/v1/appointments/?location={facts.location().pk}&practitioner={person}&date={day}&limit=200"
    slots = facts.free_slots(facts.practitioners()[:35])
    wanted = os.environ.get("SERVERS", "")  # "granian:2:4,…" for some of them
    for name, workers, threads, env in CHOICES:
        if importlib.util.find_spec(name) is None or wanted not in f"{name}:{workers}:{threads}":
            continue
        tried = house.serve(place.scale, workers=workers, threads=threads, server=name, **env)
        try:
            known = replace(tried, cookie=place.cookie, csrf=place.csrf)
            for what, clients in itertools.product(("day", "book"), (8, 32)):
                asks = (
                    booking.asks(slots)
                    if what == "book"
                    else itertools.repeat(lambda client: client.send("GET", path)[0])
                )
                drive(known, itertools.islice(asks, 40), clients, 2.0)  # warm
                tally = drive(known, asks, clients, SECONDS)
                yield {
                    "server": name, "workers": workers, "threads": threads, **env, "what": what,
                    "clients": clients, **tally.line(),
                    "unexpected": sum(n for code, n in tally.statuses.items() if code not in {200, 201}),
                }  # fmt: skip
        finally:
            tried.close()


BENCHES = {"servers": servers}
