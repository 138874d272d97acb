"""A-55: migrating the largest table while people work and a report reads it for seconds."""

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

from benchmarks import facts
from benchmarks.house import ROOT, House
from benchmarks.load import drive

CLIENTS, REPORT_SECONDS, LONGEST_LOAD = 4, 14.0, 240.0  # the program starts in some six
WAITS = """
SELECT coalesce(max(extract(epoch FROM now() - query_start)), 0)::float FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event <> 'advisory'
"""


def migrations(house: House) -> Iterator[dict[str, Any]]:
    """Widen, bind and index the patients' table; nobody waits long, nothing fails, a second run changes nothing."""
    place = facts.location()
    path = f"/api/v1/patients/{facts.some_patients(1)[0]}/"
    migrated, longest = threading.Event(), [0.0]
    told: dict[str, Any] = {}

    def migrate() -> None:
        try:
            time.sleep(2)
            began = time.perf_counter()
            done = _manage("migrate_safely", "fhir")
            told["migrate_s"] = round(time.perf_counter() - began, 1)
            told["tries"] = done.stderr.count("everybody passes")
            told["failed"] = done.returncode
        finally:
            migrated.set()

    threads = [
        threading.Thread(target=migrate),
        threading.Thread(target=_report),
        threading.Thread(target=_watch, args=(migrated, longest)),
    ]
    for thread in threads:
        thread.start()
    asks = itertools.repeat(lambda client: client.send("GET", path)[0])
    tally = drive(
        house,
        itertools.takewhile(lambda _: not migrated.is_set(), asks),
        CLIENTS,
        LONGEST_LOAD,
    )
    for thread in threads:
        thread.join()
    again = _manage("migrate_safely", "fhir")
    back = _manage("migrate", "fhir", "zero")
    statuses = {status: count for status, count in tally.statuses.items() if status != 200}
    yield {
        **tally.line(),
        "at": place.name,
        "max_ms": round(max(tally.times, default=0) * 1000, 1),
        "longest_lock_wait_s": round(longest[0], 2),
        **told,
        "unexpected": sum(statuses.values()),
        "equal": "No migrations to apply" in again.stdout and back.returncode == 0,
    }


def _report() -> None:
    """Somebody's long report holds the table, for reading, when the migration wants it."""
    time.sleep(1.5)
    with facts.connect() as link:
        link.execute("SELECT count(*) FROM patients_patient")
        link.execute("SELECT pg_sleep(%s)", [REPORT_SECONDS])


def _watch(ends: threading.Event, longest: list[float]) -> None:
    with facts.connect() as link:
        link.autocommit = True
        while not ends.wait(0.05):
            row = link.execute(WAITS).fetchone()
            longest[0] = max(longest[0], row[0] if row else 0.0)


def _manage(*words: str) -> "subprocess.CompletedProcess[str]":
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.growing_settings",
        "DATABASE_URL": os.environ["DATABASE_OWNER_URL"],
    }
    done = subprocess.run(
        [sys.executable, "manage.py", *words, "--no-input"],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    print(done.stdout + done.stderr, file=sys.stderr)
    return done


BENCHES = {"migrations": migrations}
