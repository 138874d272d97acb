"""Pages as one person sees them."""

import gzip
import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from benchmarks import facts
from benchmarks.house import House
from benchmarks.load import Client, drive, statements

SECONDS = 6.0


def day_board(house: House) -> Iterator[dict[str, Any]]:
    """The day grid of twenty clinicians, one client; its size as it travels."""
    day, who = facts.board()
    path = f"/schedule/?day={day}&" + urlencode([("who", each) for each in who])
    house.cookie += f"; place={facts.location().pk}"  # where this browser works
    status, body = Client(house).send("GET", path)
    tally = drive(house, itertools.repeat(lambda client: client.send("GET", path)[0]), 1, SECONDS)
    yield {
        "clients": 1,
        **tally.line(),
        "queries": statements(house, "GET", path),
        "gzip_kb": round(len(gzip.compress(body)) / 1024, 1),
        "cards": body.count(b"data-appt="),
        "unexpected": sum(count for code, count in tally.statuses.items() if code != 200),
        "status": status,
    }


BENCHES = {"day_board": day_board}
