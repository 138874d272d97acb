"""The striking half of the `faults` bench: runs the office's programs in DATA_DIR, publishes, kills, counts."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

from benchmarks import registering
from launch import environment, keeper, processes, progress, services
from launch.office import WEB, granian
from launch.paths import ROOT, VENV_PYTHON, data_dir, make_private
from launch.supervisor import Program, Supervisor

EVERY = 3.0  # seconds between two strikes
PATIENCE = 400.0  # seconds for what is left after the last one; the supervisor waits longer after each kill
BATCH = 5
WEB_STRIKES = 6  # evenly over the posts: however slow the machine, some are cut off each time
WEB_PORT = 18613  # or the next that is free
WORKER = ["worker", "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip", "--without-mingle"]  # fmt: skip


@dataclass
class Published:
    """What the publisher knows: acknowledged, or cut off before it heard."""

    acknowledged: list[int] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)
    slowest: float = 0.0


class Office:
    """Worker, beat and, if wanted, web under the launcher's supervisor; Postgres and Valkey under its keeper."""

    def __init__(self, with_web: bool = False) -> None:
        schedule = make_private(data_dir() / "beat") / "schedule"
        self.worker = Program("worker", lambda: celery(*WORKER))
        self.beat = Program(
            "beat", lambda: celery("beat", "--pidfile=", "--schedule", str(schedule))
        )
        self.port = processes.free_port(WEB_PORT)
        self.web = Program("web", lambda: granian(self.port, WEB))
        programs = [self.worker, self.beat, *([self.web] if with_web else [])]
        self.supervisor = Supervisor(programs, os.environ)
        self.over = threading.Event()
        self.looking = threading.Thread(target=self._look_after)

    def __enter__(self) -> "Office":
        self.supervisor.start_others()
        self.looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.looking.join()
        self.supervisor.close()

    def _look_after(self) -> None:
        while not self.over.is_set():
            self.supervisor.look_after()

    # ---- the faults

    def kill_worker(self) -> None:
        self._kill(self.worker)

    def kill_beat(self) -> None:
        self._kill(self.beat)

    def kill_web(self) -> None:
        """The server and all its workers, in the middle of whatever they answer."""
        self._kill(self.web)

    def kill_broker(self) -> None:
        os.kill(self._server("valkey"), signal.SIGKILL)

    def flush_broker(self) -> None:
        from kernel import doorbell

        doorbell.client().flushall()

    def pause_broker(self) -> None:
        """It answers nobody for two seconds, and forgets nothing."""
        pid = self._server("valkey")
        os.kill(pid, signal.SIGSTOP)
        time.sleep(2)
        os.kill(pid, signal.SIGCONT)

    def stop_postgres(self) -> None:
        """Immediate stop: as if the power had gone, without a checkpoint."""
        os.kill(self._server("postgres"), signal.SIGQUIT)

    def _kill(self, program: Program) -> None:
        if program.child is not None:
            os.killpg(program.child.pid, signal.SIGKILL)

    def _server(self, name: str) -> int:
        """The process number of a server now: the keeper starts a dead one again."""
        known = services.state("dev")
        assert known is not None
        until = time.monotonic() + 20
        while time.monotonic() < until:
            for folder in Path("/proc").glob("[0-9]*"):
                if _parent(folder) == known["keeper"] and name in processes.command_of(
                    int(folder.name)
                ):
                    return int(folder.name)
            time.sleep(0.1)
        raise SystemExit(f"{name} did not come back.")


Strike = Callable[[Office], None]
FAULTS: dict[str, list[Strike]] = {
    "none": [],
    "worker": [Office.kill_worker],
    "beat": [Office.kill_beat],
    "broker": [Office.kill_broker],
    "broker_flushed": [Office.flush_broker],
    "broker_paused": [Office.pause_broker],
    "postgres": [Office.stop_postgres],
    "web": [Office.kill_web],
    "all": [
        Office.kill_worker, Office.kill_broker, Office.stop_postgres, Office.kill_beat, Office.flush_broker,
    ],
}  # fmt: skip


def celery(*how: str) -> list[str]:
    return [
        str(VENV_PYTHON),
        "-W",
        "ignore",
        "-m",
        "celery",
        "--quiet",
        "-A",
        "benchmarks.hands",
        *how,
    ]


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


def publish(first: int, count: int, seconds: float) -> Published:
    """So many facts, evenly over the seconds, a few a transaction; goes on whatever happens to Postgres."""
    from django.db import DatabaseError, connection, transaction

    from benchmarks.hands import TOPIC
    from kernel import outbox

    told, began = Published(), time.monotonic()
    for start in range(first, first + count, BATCH):
        numbers = list(range(start, min(start + BATCH, first + count)))
        time.sleep(max(0.0, began + seconds * (start - first) / count - time.monotonic()))
        asked = time.monotonic()
        try:
            with transaction.atomic():
                for number in numbers:
                    outbox.publish(TOPIC, number=number)
            told.acknowledged += numbers
        except DatabaseError:
            told.unknown += numbers
            connection.close()
            time.sleep(0.2)
        told.slowest = max(told.slowest, time.monotonic() - asked)
    connection.close()
    return told


def strike(office: Office, name: str, first: int, count: int) -> dict[str, Any]:
    """One fault, every few seconds while facts are published; then everything left is waited for."""
    strikes, results = FAULTS[name], []
    seconds = max(6.0, count / 250, EVERY * (len(strikes) + 1))
    publisher = threading.Thread(target=lambda: results.append(publish(first, count, seconds)))
    began = time.monotonic()
    publisher.start()
    struck = 0
    while publisher.is_alive():
        publisher.join(EVERY)
        if strikes and publisher.is_alive():
            strikes[struck % len(strikes)](office)
            struck += 1
    ended = time.monotonic()
    drain()
    return {
        "fault": name,
        "strikes": struck,
        **outcome(results[0], first, count),
        "per_s": round(count / (time.monotonic() - began), 1),
        "drained_s": round(time.monotonic() - ended, 1),
    }


def strike_web(office: Office, count: int) -> dict[str, Any]:
    """Patients are registered, each with a key; whenever the web server has answered some, it is killed."""
    desk, posted = registering.open_desk(office.port), registering.Posted()
    clients = threading.Thread(target=lambda: registering.post_all(desk, count, posted))
    began, strikes_at = (
        time.monotonic(),
        [count * n // (WEB_STRIKES + 1) for n in range(1, WEB_STRIKES + 1)],
    )
    clients.start()
    struck = 0
    while clients.is_alive():
        clients.join(0.05)
        if struck < len(strikes_at) and posted.statuses.total() >= strikes_at[struck]:
            office.kill_web()
            struck += 1
    rows = asked("SELECT family_name, id FROM patients_patient WHERE family_name LIKE 'Strike%'")
    done = registering.outcome(posted, rows)
    per_s = round(count / (time.monotonic() - began), 1)
    return {"fault": "web", "strikes": struck, **done, "per_s": per_s}


def wait_for(true: str, patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until and not asked(true)[0][0]:
        time.sleep(0.2)


def drain() -> None:
    """Until nothing is due any more."""
    wait_for("SELECT count(*) = 0 FROM kernel_delivery WHERE state = 'due'", PATIENCE)


def outcome(told: Published, first: int, count: int) -> dict[str, Any]:
    """Counted in the database; a batch that was cut off may be there or not, but never in part."""
    rows = asked(
        "SELECT number, count(*) FROM bench_receipt WHERE number >= %s AND number < %s GROUP BY number",
        [first, first + count],
    )
    times = dict(rows)
    late = asked(
        "SELECT coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM r.at - e.published_at)), 0)"
        "::float, coalesce(max(extract(epoch FROM r.at - e.published_at)), 0)::float FROM bench_receipt r"
        " JOIN kernel_outboxevent e ON (e.payload->>'number')::bigint = r.number WHERE r.number >= %s",
        [first],
    )[0]
    states = asked(
        "SELECT state, count(*) FROM kernel_delivery WHERE state <> 'done' GROUP BY state"
    )
    return {
        "n": count,
        "acknowledged": len(told.acknowledged),
        "lost": sum(1 for number in told.acknowledged if number not in times),
        "twice": sum(1 for number in times if times[number] > 1),
        "unexpected": sum(found for _state, found in states),
        "late_p99_s": round(late[0], 1),
        "late_max_s": round(late[1], 1),
        "publish_max_s": round(told.slowest, 2),
    }


def asked(sql: str, values: list[Any] | None = None) -> list[Any]:
    """Rows, on a connection of this moment; Postgres may be starting again."""
    import psycopg

    until = time.monotonic() + 60
    while True:
        try:
            with psycopg.connect(os.environ["DATABASE_OWNER_URL"], connect_timeout=3) as link:
                return link.execute(sql, values).fetchall()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def make_place() -> None:
    """An empty office: its servers, tables and receipts."""
    environment.settle(os.environ)
    owner = dict(os.environ)
    environment.as_owner(owner)
    subprocess.run(
        [VENV_PYTHON, "manage.py", "migrate", "--no-input", "-v", "0"],
        check=True, cwd=ROOT, env=owner, stdout=sys.stderr,
    )  # fmt: skip
    django.setup()
    import psycopg

    from benchmarks import hands

    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as link:
        link.execute(hands.RECEIPTS)
        link.execute("GRANT SELECT, INSERT ON bench_receipt TO office_app")
    hands.register()


def lines(wanted: list[str], count: int) -> Iterator[dict[str, Any]]:
    with Office(with_web="web" in wanted) as office:
        wait_for("SELECT count(*) > 0 FROM kernel_heartbeat WHERE role = 'worker'", 60)
        for place, name in enumerate(wanted):
            if name == "web":
                yield strike_web(office, count // 4)  # a post is dearer than a fact
            else:
                yield strike(office, name, place * 1_000_000, count)


def main() -> int:
    progress.to_stderr()
    wanted = sys.argv[1:] or list(FAULTS)
    keeper.PAUSES = (0.0, 0.5)
    try:
        make_place()
        for line in lines(wanted, int(os.environ["BENCH_DELIVERIES"])):
            print(json.dumps(line), flush=True)
    finally:
        services.stop("dev")
    return 0


if __name__ == "__main__":
    sys.exit(main())
