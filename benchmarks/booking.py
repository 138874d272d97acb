"""W1 different slots, W2 one practitioner's slots, W3 one slot for everybody."""

import itertools
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from django.db import connection
from psycopg.types.json import Jsonb
from psycopg.types.range import TimestamptzRange

from benchmarks import facts
from benchmarks.house import House
from benchmarks.load import Client, Tally, drive, raw, statements

PATH = "/api/v1/appointments/"
SECONDS = 6.0


def _body(slot: facts.Slot, patient: Any) -> dict[str, str]:
    return {
        "patient": str(patient),
        "practitioner": str(slot.practitioner),
        "location": str(facts.location().pk),
        "appointment_type": str(facts.short_type().pk),
        "start": slot.starts_at.isoformat(),
    }


def asks(slots: Iterator[facts.Slot]) -> Iterator[Callable[[Client], int]]:
    patients = itertools.cycle(facts.some_patients())
    for slot, patient in zip(slots, patients, strict=False):
        body = json.dumps(_body(slot, patient)).encode()
        yield lambda client, body=body: client.send("POST", PATH, body)[0]


INSERTS = (
    "INSERT INTO scheduling_appointment (id, created_at, updated_at, version, patient_id, practitioner_id,"
    " location_id, appointment_type_id, period, lane, status, confirmation, note, overbook_reason, is_walk_in,"
    " cancelled_by, cancel_reason, source, source_id, fingerprint) VALUES (%s, now(), now(), 1, %s, %s, %s, %s,"
    " %s, 0, 'booked', 'unconfirmed', '', '', false, '', '', '', '', '')",
    "INSERT INTO scheduling_reservation (appointment_id, resource_kind, resource_id, period, lane, is_live)"
    " VALUES (%s, 'practitioner', %s, %s, 0, true), (%s, 'patient', %s, %s, 0, true)",
    "INSERT INTO patients_patientlocation (patient_id, location_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
    "INSERT INTO kernel_outboxevent (topic, payload) VALUES ('appointment.booked', %s)",
    "INSERT INTO kernel_auditevent (actor_kind, actor_name, action, outcome, subject_kind, subject_ids, reason,"
    " details, source) VALUES ('system', 'limit', 'bench', 'done', 'scheduling.appointment', %s, '', '{}', '')",
)


def _limit_works(slots: Iterator[facts.Slot]) -> Iterator[Callable[[Any], None]]:
    """The same rows by hand, behind the same lock."""
    patients = itertools.cycle(facts.some_patients())
    place, kind = facts.location().pk, facts.short_type().pk
    for slot, patient in zip(slots, patients, strict=False):

        def work(link: Any, slot: facts.Slot = slot, patient: Any = patient) -> None:
            key, span = uuid4(), TimestamptzRange(slot.starts_at, slot.starts_at + facts.SLOT)
            with link.transaction():
                link.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                    [f"practitioner:{slot.practitioner}"],
                )
                link.execute(INSERTS[0], [key, patient, slot.practitioner, place, kind, span])
                link.execute(INSERTS[1], [key, slot.practitioner, span, key, patient, span])
                link.execute(INSERTS[2], [patient, place])
                link.execute(INSERTS[3], [Jsonb({"appointment_id": str(key)})])
                link.execute(INSERTS[4], [[key]])

        yield work


def _line(clients: int, tally: Tally, limit: Tally | None, **more: Any) -> dict[str, Any]:
    line = {"clients": clients, **tally.line(), "double_bookings": double_bookings(), **more}
    line["unexpected"] = sum(count for status, count in tally.statuses.items() if status != 201)
    if limit:
        line["limit_per_s"] = limit.line()["per_s"]
        line["limit_ratio"] = (
            round(line["per_s"] / line["limit_per_s"], 3) if line["limit_per_s"] else None
        )
    return line


def double_bookings() -> int:
    """Pairs of live reservations of one resource and lane that overlap; the table is searched by index."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM scheduling_reservation a JOIN scheduling_reservation b ON b.id > a.id"
            " AND b.resource_id = a.resource_id AND b.lane = a.lane AND b.period && a.period AND b.is_live"
            " WHERE a.is_live AND a.id > (SELECT coalesce(max(id), 0) - 50000 FROM scheduling_reservation)"
        )
        return cursor.fetchone()[0]


def booking(house: House) -> Iterator[dict[str, Any]]:
    """W1: different slots over 35 practitioners at 1, 8 and 32 clients."""
    slots = facts.free_slots(facts.practitioners()[:35])
    first = next(slots)
    queries = statements(house, "POST", PATH, _body(first, facts.some_patients()[-1]))
    for clients in (1, 8, 32):
        tally = drive(house, asks(slots), clients, SECONDS)
        limit = raw(facts.connect, _limit_works(slots), clients, SECONDS / 2)
        yield _line(clients, tally, limit, queries=queries)


def booking_one_practitioner(house: House) -> Iterator[dict[str, Any]]:
    """W2: different slots of one practitioner; no valid booking may be refused."""
    slots = facts.free_slots(facts.practitioners()[35:36] or facts.practitioners()[:1])
    for clients in (1, 8, 32):
        tally = drive(house, asks(slots), clients, SECONDS)
        refused = sum(count for status, count in tally.statuses.items() if status == 409)
        limit = raw(facts.connect, _limit_works(slots), clients, SECONDS / 2)
        yield _line(clients, tally, limit, refused=refused)


def booking_contended(house: House) -> Iterator[dict[str, Any]]:
    """W3: N clients on one slot, round after round: exactly one winner, no 5xx, no deadlock."""
    slots = facts.free_slots(facts.practitioners()[36:37] or facts.practitioners()[:1])
    patients = itertools.cycle(facts.some_patients())
    for clients, rounds in ((2, 100), (8, 100), (32, 40)):
        before = deadlocks()
        tally, winners = Tally(), []
        together = threading.Barrier(clients)
        bodies: list[list[bytes]] = [
            [json.dumps(_body(slot, next(patients))).encode() for _ in range(clients)]
            for slot in itertools.islice(slots, rounds)
        ]
        _rounds(house, bodies, together, tally, winners)
        yield {
            "clients": clients,
            **tally.line(),
            "rounds": rounds,
            "one_winner": sum(1 for count in winners if count == 1),
            "unexpected": sum(
                count for status, count in tally.statuses.items() if status not in {201, 409}
            ),
            "deadlocks": deadlocks() - before,
            "double_bookings": double_bookings(),
        }


def _rounds(
    house: House,
    bodies: list[list[bytes]],
    together: threading.Barrier,
    tally: Tally,
    winners: list[int],
) -> None:
    import time

    lock = threading.Lock()
    wins = [0] * len(bodies)

    def clerk(place: int) -> None:
        client = Client(house)
        for number, round_bodies in enumerate(bodies):
            together.wait()
            began = time.perf_counter()
            status, _ = client.send("POST", PATH, round_bodies[place])
            took = time.perf_counter() - began
            with lock:
                tally.times.append(took)
                tally.statuses[status] += 1
                wins[number] += status == 201

    clerks = [threading.Thread(target=clerk, args=[place]) for place in range(together.parties)]
    began = time.perf_counter()
    for thread in clerks:
        thread.start()
    for thread in clerks:
        thread.join()
    tally.seconds = time.perf_counter() - began
    winners += wins


def deadlocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


BENCHES = {
    "booking": booking,
    "booking_one_practitioner": booking_one_practitioner,
    "booking_contended": booking_contended,
}
