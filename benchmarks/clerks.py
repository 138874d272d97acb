"""
Many clerks over two clinicians' few weeks, through the actions themselves: book, move, cancel, all at once.

Processes of their own, each with its own connection. Whatever is neither done nor refused by a rule of the
house is unexpected: an error the database raised and nobody turned into an answer.
"""

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django.db import connection, connections

from benchmarks import facts
from benchmarks.booking import deadlocks
from benchmarks.house import House
from benchmarks.load import Tally

# processes, attempts, seconds: whichever of the last two ends first
SIZES = {"small": (8, 100_000, 20.0), "full": (24, 100_000, 1500.0)}
DAYS = 10
OVERLAPS = (
    "SELECT count(*) FROM scheduling_reservation a JOIN scheduling_reservation b ON b.id > a.id"
    " AND b.resource_id = a.resource_id AND b.lane = a.lane AND b.period && a.period AND b.is_live"
    " WHERE a.is_live AND a.resource_id = ANY(%s)"
)


def booking_clerks(house: House) -> Iterator[dict[str, Any]]:
    """A-11: exactly nobody is booked twice, nothing deadlocks, and every refusal has its sentence."""
    processes, attempts, seconds = SIZES[house.scale]
    people = facts.practitioners()[37:39]
    slots = [slot for slot, _ in zip(facts.free_slots(people), range(DAYS * 32 * 2), strict=False)]
    patients = facts.some_patients()
    before = deadlocks()
    connections.close_all()
    began = time.perf_counter()
    fork = multiprocessing.get_context("fork")
    with fork.Pool(processes) as pool:
        given = [
            (seed, attempts // processes, seconds, slots, patients, house.user_id)
            for seed in range(processes)
        ]
        parts = pool.starmap(_clerk, given)
    tally = Tally(time.perf_counter() - began)
    for times, outcomes in parts:
        tally.times += times
        tally.statuses.update(outcomes)
    known = {"booked", "moved", "cancelled", "refused", "asked to wait"}
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS, [people])
        doubled = cursor.fetchone()[0]
    yield {
        "clients": processes,
        **tally.line(),
        "outcomes": dict(tally.statuses),
        "double_bookings": doubled,
        "deadlocks": deadlocks() - before,
        "unexpected": sum(n for what, n in tally.statuses.items() if what not in known),
    }


def _clerk(
    seed: int,
    attempts: int,
    seconds: float,
    slots: list[facts.Slot],
    patients: list[UUID],
    user_id: str,
) -> tuple[list[float], Counter[str]]:
    from access import grants
    from kernel import overload
    from kernel.refusals import Refusal

    standing = grants.look(UUID(user_id))
    assert standing is not None
    by, chance = standing.actor(), random.Random(seed)
    times: list[float] = []
    outcomes: Counter[str] = Counter()
    until = time.perf_counter() + seconds
    doings = _doings(by, chance, slots, patients)
    for _ in range(attempts):
        began = time.perf_counter()
        if began > until:
            break
        what, do = chance.choices(list(doings.items()), (6, 2, 2))[0]
        try:
            outcomes[what if do() else "refused"] += 1
        except Refusal:
            outcomes["refused"] += 1
        except Exception as error:  # counted by its name: that is what this looks for
            too_long = overload.refusal_of(
                error
            )  # five seconds for a lock: “try again in a moment”
            outcomes["asked to wait" if too_long else type(error).__name__] += 1
        times.append(time.perf_counter() - began)
    connections.close_all()
    return times, outcomes


def _doings(
    by: Any, chance: random.Random, slots: list[facts.Slot], patients: list[UUID]
) -> dict[str, Callable[[], bool]]:
    from django.utils import timezone

    from patients.models import Patient
    from scheduling.actions.booking import book_appointment
    from scheduling.actions.cancelling import cancel_appointment
    from scheduling.actions.moving import move_appointment
    from scheduling.models import Appointment
    from staff.models import Practitioner

    who = {each.pk: each for each in Practitioner.objects.filter(pk__in={s.practitioner for s in slots})}  # fmt: skip
    place, kind = facts.location(), facts.short_type()

    def somebody_at(slot: facts.Slot) -> Any:
        rows = Appointment.objects.filter(
            practitioner=slot.practitioner, starts_at=slot.starts_at, status="booked"
        )
        return rows.select_related(
            "patient", "practitioner", "location", "appointment_type"
        ).first()

    def book() -> bool:
        slot = chance.choice(slots)
        book_appointment(
            patient=Patient.objects.get(pk=chance.choice(patients)), practitioner=who[slot.practitioner],
            location=place, appointment_type=kind, start=slot.starts_at, by=by,
        )  # fmt: skip
        return True

    def move() -> bool:
        visit, to = somebody_at(chance.choice(slots)), chance.choice(slots)
        if visit:
            move_appointment(
                appointment=visit, start=to.starts_at, practitioner=who[to.practitioner], by=by
            )
        return visit is not None

    def cancel() -> bool:
        visit = somebody_at(chance.choice(slots))
        if visit:
            cancel_appointment(
                appointment=visit, cancelled_by="patient", reason="bench", by=by, at=timezone.now()
            )
        return visit is not None

    return {"booked": book, "moved": move, "cancelled": cancel}


BENCHES = {"booking_clerks": booking_clerks}
