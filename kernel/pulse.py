"""
Is anybody working behind the pages? Asked of Postgres alone, so the answer does not need the broker.

Workers and beat leave a sign here while they work (`kernel_heartbeat`); the oldest delivery that is due
tells the rest. `/health/ready`, the manager's home and the watchdog read the same figures.
"""

import os
import socket
import time
from dataclasses import dataclass

from django.db import connection

from kernel.models import Heartbeat

EVERY = 5.0  # seconds between two signs of one process
SILENT_AFTER = (
    60.0  # seconds without a sign, or with something due, after which somebody should look
)
FORGOTTEN_AFTER = 86_400.0  # seconds until a process that is gone is no longer remembered

_signed_at: dict[str, float] = {}
_name = ""

SIGN = """
INSERT INTO kernel_heartbeat (name, role, seen_at) VALUES (%s, %s, now())
ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at
"""

FIGURES = """
SELECT
  (SELECT extract(epoch FROM now() - min(due_at)) FROM kernel_delivery
    WHERE state = 'due' AND due_at <= now())::float,
  (SELECT count(*) FROM kernel_delivery WHERE state = 'stuck'),
  (SELECT extract(epoch FROM now() - max(seen_at)) FROM kernel_heartbeat WHERE role = 'worker')::float,
  (SELECT extract(epoch FROM now() - max(seen_at)) FROM kernel_heartbeat WHERE role = 'beat')::float,
  (SELECT extract(epoch FROM now() - seen_at) FROM kernel_heartbeat WHERE name = %s)::float
"""


@dataclass(frozen=True)
class Pulse:
    """Seconds; None where there is nothing due, or nobody was ever seen."""

    oldest_due: float | None
    stuck: int
    worker: float | None
    beat: float | None
    own: float | None

    @property
    def is_late(self) -> bool:
        return self.oldest_due is not None and self.oldest_due > SILENT_AFTER

    @property
    def worker_is_silent(self) -> bool:
        return self.worker is None or self.worker > SILENT_AFTER

    @property
    def beat_is_silent(self) -> bool:
        return self.beat is None or self.beat > SILENT_AFTER


def name_this_process() -> str:
    """Before a worker forks: its children sign with the parent's name."""
    global _name  # noqa: PLW0603
    _name = f"{socket.gethostname()[:80]}:{os.getpid()}"
    return _name


def sign(role: str) -> None:
    """Leave a sign of life, every few seconds at most."""
    now = time.monotonic()
    if now - _signed_at.get(role, -EVERY) < EVERY:
        return
    with connection.cursor() as cursor:
        cursor.execute(SIGN, [f"{role} {_name or name_this_process()}", role])
    _signed_at[role] = now


def read() -> Pulse:
    """The figures of this moment; `own` is this process's worker."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [f"worker {_name}"])
        return Pulse(*cursor.fetchone())


def forget_the_gone() -> None:
    """Processes that were last seen yesterday are gone; a new one signs with a new name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM kernel_heartbeat WHERE seen_at < now() - make_interval(secs => %s)",
            [FORGOTTEN_AFTER],
        )


def sign_as_worker() -> None:
    sign(Heartbeat.Role.WORKER)


def sign_as_beat() -> None:
    sign(Heartbeat.Role.BEAT)
