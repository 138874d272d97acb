"""The striking half of `reminders_faults`: plans messages while the office's programs are killed, and counts."""

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.gateway import tally
from benchmarks.striking import EVERY, FAULTS, Office, asked, make_place, wait_for
from launch import keeper, progress, services

ALL = ("none", "worker", "beat", "broker", "broker_flushed", "postgres", "all")
PATIENCE = 400.0
BATCH = 50
WANTED = """
SELECT gen_random_uuid() AS subject_id, NULL::uuid AS about_id, 'n' || number AS occasion,
  '' AS rule, 'sms' AS channel, NULL::uuid AS location_id, NULL::uuid AS broadcast_id, now() AS due_at,
  NULL::timestamptz AS expires_at
FROM generate_series(%s::bigint, %s::bigint) AS number
"""


def publish(first: int, count: int, seconds: float) -> list[int]:
    """So many messages, evenly over the seconds; the same ones again when Postgres was away: planned once."""
    from django.db import DatabaseError, connection

    from communications import planning

    began, slow = time.monotonic(), []
    for start in range(first, first + count, BATCH):
        time.sleep(max(0.0, began + seconds * (start - first) / count - time.monotonic()))
        last = min(start + BATCH, first + count) - 1
        while True:
            try:
                planning.plan(WANTED, [start, last], kind="bench.note", subject_kind="bench.person")
                break
            except DatabaseError:
                slow.append(start)
                connection.close()
                time.sleep(0.3)
    connection.close()
    return slow


def strike(office: Office, name: str, first: int, count: int) -> dict[str, Any]:
    strikes, before = FAULTS[name], tally(os.environ["SMS_URL"])
    unknown = _unknown()
    publisher = threading.Thread(
        target=publish, args=(first, count, max(8.0, count / 200, EVERY * (len(strikes) + 1)))
    )
    began, struck = time.monotonic(), 0
    publisher.start()
    while publisher.is_alive():
        publisher.join(EVERY)
        if strikes and publisher.is_alive():
            strikes[struck % len(strikes)](office)
            struck += 1
    ended = time.monotonic()
    wait_for(
        "SELECT count(*) = 0 FROM communications_message WHERE state IN ('due', 'sending', 'unknown')",
        PATIENCE,
    )
    after = tally(os.environ["SMS_URL"])
    states = dict(
        asked("SELECT state, count(*) FROM communications_message WHERE occasion >= '' AND substr(occasion, 2)::bigint"
              " >= %s AND substr(occasion, 2)::bigint < %s GROUP BY state", [first, first + count])
    )  # fmt: skip
    return {
        "fault": name, "gateway": "keys" if "keys=1" in os.environ["SMS_URL"] else "blind",
        "strikes": struck, "n": count,
        "lost": count - (after["delivered"] - before["delivered"]), "twice": after["twice"] - before["twice"],
        "states": states, "handed": after["handed"] - before["handed"],
        "answers_lost": after["hung"] - before["hung"],
        "were_unknown": _unknown() - unknown, "unexpected": sum(states.values()) - states.get("sent", 0),
        "per_s": round(count / (time.monotonic() - began), 1), "drained_s": round(time.monotonic() - ended, 1),
    }  # fmt: skip


def _unknown() -> int:
    return int(
        asked("SELECT count(*) FROM communications_messageevent WHERE what = 'unknown'")[0][0]
    )


def lines(wanted: tuple[str, ...], count: int) -> Iterator[dict[str, Any]]:
    from datetime import time as wall

    from communications.models import SendingSetting

    SendingSetting.objects.create(quiet_from=wall(0), quiet_until=wall(0), per_minute=60_000)
    with Office() as office:
        wait_for("SELECT count(*) > 0 FROM kernel_heartbeat WHERE role = 'worker'", 60)
        for place, name in enumerate(wanted):
            yield strike(office, name, place * 1_000_000, count)


def main() -> int:
    progress.to_stderr()
    keeper.PAUSES = (0.0, 0.5)
    try:
        make_place()
        for line in lines(tuple(sys.argv[1:]) or ALL, int(os.environ["BENCH_MESSAGES"])):
            print(json.dumps(line), flush=True)
    finally:
        services.stop("dev")
    return 0


if __name__ == "__main__":
    sys.exit(main())
