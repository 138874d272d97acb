"""
Patients are registered over the API while the web server is killed in the middle of it.

Each POST has an Idempotency-Key and is sent again, as it was, until it is answered: as a program at the desk
does whose connection broke. One that was answered is there, and none is there twice.
"""

import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

CLIENTS = 4
PATIENCE = 120.0  # seconds one POST is sent again and again
PATH = "/api/v1/patients/"
FAMILY = "Strike"


@dataclass
class Desk:
    """Where the posts go, and with which token."""

    port: int
    token: str
    location: str


@dataclass
class Posted:
    """What the clients know."""

    made: dict[int, str] = field(default_factory=dict)  # number → the id it was answered with
    statuses: Counter[int] = field(default_factory=Counter)
    sent_again: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def open_desk(port: int) -> Desk:
    """An office with one site, and somebody at its desk who has a token."""
    from django.contrib.auth.models import Group
    from django.utils import timezone
    from guardian.shortcuts import assign_perm

    from access import tokens
    from access.models import User
    from office.models import Location, Practice
    from office.roles import Role

    Practice.objects.create(name="Strike", zone="America/New_York", is_set_up=True)
    place = Location.objects.create(name="Strike", zone="America/New_York")
    user = User.objects.create_user(email="desk@strike.example", name="Desk", password=None)
    user.groups.add(Group.objects.get(name=Role.FRONT_DESK))
    assign_perm("office.work_at", user, place)
    token, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())
    return Desk(port, token, str(place.pk))


def post_all(desk: Desk, count: int, posted: Posted) -> None:
    """So many posts by a few clients at once."""
    clients = [
        threading.Thread(target=_client, args=[desk, posted, range(start, count, CLIENTS)])
        for start in range(CLIENTS)
    ]
    for each in clients:
        each.start()
    for each in clients:
        each.join()


def _client(desk: Desk, posted: Posted, numbers: range) -> None:
    for number in numbers:
        status, answer, tries = _until_answered(desk, number)
        with posted.lock:
            posted.statuses[status] += 1
            posted.sent_again += tries - 1
            if status == 201:
                posted.made[number] = answer["id"]


def _until_answered(desk: Desk, number: int) -> tuple[int, Any, int]:
    body = json.dumps({
        "family_name": f"{FAMILY}{number:06}", "given_name": "Ada", "gender": "female",
        "birth_date": f"{1930 + number % 80}-{1 + number % 12:02}-{1 + number % 28:02}", "location": desk.location,
    })  # fmt: skip
    headers = {"Authorization": f"Bearer {desk.token}", "Idempotency-Key": f"post-{number}",
               "Content-Type": "application/json"}  # fmt: skip
    until, tries = time.monotonic() + PATIENCE, 0
    while time.monotonic() < until:
        tries += 1
        connection = HTTPConnection("127.0.0.1", desk.port, timeout=15)
        try:
            connection.request("POST", PATH, body, headers)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status < 500 and answer.status != 409:  # 409: its twin is still at work
                return answer.status, json.loads(said), tries
        except (OSError, HTTPException, ValueError):
            pass  # cut off: nobody knows whether it was done
        finally:
            connection.close()
        time.sleep(0.1)
    return 0, None, tries


def outcome(posted: Posted, rows: list[tuple[str, str]]) -> dict[str, Any]:
    """Beside the rows of the database: `(family name, id)`."""
    times = Counter(name for name, _ in rows)
    there = {str(key) for _, key in rows}
    return {
        "n": sum(posted.statuses.values()),
        "acknowledged": len(posted.made),
        "lost": sum(key not in there for key in posted.made.values()),
        "twice": sum(count > 1 for count in times.values()),
        "unexpected": sum(n for status, n in posted.statuses.items() if status != 201),
        "sent_again": posted.sent_again,
    }
