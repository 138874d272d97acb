"""Reminders: planned from rules × visits, claimed, decided, worded, handed over to a gateway on the loopback."""

import multiprocessing
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection, connections

from benchmarks.gateway import running, tally
from benchmarks.house import House

HOW_MANY = {"small": 10_000, "full": 10_000}
SENDERS = 2
DAYS = 60


def reminders(house: House) -> Iterator[dict[str, Any]]:
    """Two senders, as the worker has; the limit is the same rows written and marked by raw SQL."""
    with running("keys", 0) as address:
        wanted = HOW_MANY[house.scale]
        _make_ready(wanted)
        began = time.perf_counter()
        planned = _plan(wanted)
        took = time.perf_counter() - began
        connections.close_all()
        began = time.perf_counter()
        with multiprocessing.get_context("fork").Pool(SENDERS) as pool:
            pool.map(_send, [address] * SENDERS)
        sent = time.perf_counter() - began
        counted, states = tally(address), _states()
    limit = _limit(planned)
    rate = planned / (took + sent)
    yield {
        "n": planned, "per_s": round(rate, 1), "plan_s": round(took, 2), "send_s": round(sent, 2),
        "senders": SENDERS, "states": states, "delivered": counted["delivered"], "twice": counted["twice"],
        "lost": states.get("sent", 0) - counted["delivered"] - states.get("carried", 0),
        "limit_per_s": round(limit, 1), "limit_ratio": round(rate / limit, 3),
    }  # fmt: skip


def _make_ready(wanted: int) -> None:
    """No message yet, no night, and visits that were booked long ago."""
    from datetime import time as wall

    from communications.models import Message, MessageEvent, SendingSetting

    MessageEvent.objects.all().delete()
    Message.objects.all().delete()
    SendingSetting.objects.all().delete()
    SendingSetting.objects.create(
        quiet_from=wall(0), quiet_until=wall(0), weekly_cap=20, per_minute=60_000
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE scheduling_appointment SET created_at = now() - interval '1 year'"
            " WHERE starts_at BETWEEN now() AND now() + interval '70 days' AND created_at > now() - interval '300 days'"
        )


def _plan(wanted: int) -> int:
    """Rules for one day after the other, until so many visits are written about."""
    from scheduling import reminders as kinds
    from scheduling.models import ReminderRule

    ReminderRule.objects.all().update(is_active=False)
    planned = 0
    for day in range(1, DAYS + 1):
        ReminderRule.objects.update_or_create(
            name=f"bench {day}",
            defaults={"lead_minutes": day * 24 * 60, "is_active": True, "moment": "before"},
        )
        planned += kinds.plan()
        ReminderRule.objects.filter(name=f"bench {day}").update(is_active=False)
        if planned >= wanted:
            break
    return planned


def _send(address: str) -> int:
    from django.conf import settings

    from communications.sending import claiming, handing

    settings.GATEWAYS = {"sms": address, "email": "demo:"}
    done = 0
    while claiming.is_anything_due():
        done += handing.send_due()
    connections.close_all()
    return done


def _states() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN state = 'sent' AND (carried_by_id IS NOT NULL OR way <> 'sms') THEN 'carried'"
            " ELSE state END, count(*) FROM communications_message GROUP BY 1"
        )
        found = dict(cursor.fetchall())
    return {**found, "sent": found.get("sent", 0) + found.get("carried", 0)}


def _limit(rows: int) -> float:
    """So many of the same rows a second: written, taken in hand and marked sent, 200 a statement."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE raw (LIKE communications_message INCLUDING INDEXES)")
        cursor.execute("INSERT INTO raw SELECT * FROM communications_message")
        for state in ("sending", "sent"):
            for start in range(0, rows, 200):
                cursor.execute(
                    "UPDATE raw SET state = %s WHERE id IN (SELECT id FROM raw ORDER BY id OFFSET %s LIMIT 200)",
                    [state, start],
                )
        cursor.execute("DROP TABLE raw")
    return rows / (time.perf_counter() - began)


BENCHES = {"reminders": reminders}
