"""Pages as one person sees them."""

import gzip
import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from benchmarks import facts
from benchmarks.house import House
from benchmarks.load import Client, drive, raw, statements
from kernel import clock

SECONDS = 6.0
ROWS = (
    "SELECT a.*, p.family_name, p.given_name, p.birth_date, c.family_name, t.name, e.arrived_at, e.roomed_at,"
    " e.seen_at, e.ready_at, e.left_at FROM scheduling_appointment a JOIN patients_patient p ON p.id = a.patient_id"
    " JOIN staff_practitioner c ON c.id = a.practitioner_id"
    " JOIN scheduling_appointmenttype t ON t.id = a.appointment_type_id"
    " LEFT JOIN patients_encounter e ON e.id = a.encounter_id"
    " WHERE a.location_id = %s AND a.practitioner_id = ANY(%s) AND a.starts_at >= %s AND a.starts_at < %s"
)


def day_board(house: House) -> Iterator[dict[str, Any]]:
    """The day grid of twenty clinicians, one client; its size as it travels."""
    day, who = facts.board()
    path = f"/schedule/?day={day}&" + urlencode([("who", each) for each in who])
    house.cookie += f"; place={facts.location().pk}"  # where this browser works
    status, body = Client(house).send("GET", path)
    tally = drive(house, itertools.repeat(lambda client: client.send("GET", path)[0]), 1, SECONDS)
    place = facts.location()
    span = clock.day(day, place.zone)
    values = [place.pk, who, span.lower, span.upper]
    limit = raw(
        facts.connect,
        itertools.repeat(lambda link: link.execute(ROWS, values).fetchall()),
        1,
        SECONDS / 3,
    )
    line = tally.line()
    yield {
        "clients": 1,
        **line,
        "limit_per_s": limit.line()["per_s"],
        "limit_ratio": round(line["per_s"] / limit.line()["per_s"], 3),
        "queries": statements(house, "GET", path),
        "gzip_kb": round(len(gzip.compress(body)) / 1024, 1),
        "cards": body.count(b"data-appt="),
        "unexpected": sum(count for code, count in tally.statuses.items() if code != 200),
        "status": status,
    }


BENCHES = {"day_board": day_board}
