"""
Looks after one worker from outside Celery.

A worker may stay connected and take nothing more (seen after the broker was reset), and no task can
notice that. So a thread of its parent process asks Postgres: is something due that nobody takes, and has
this worker done nothing? First it rings; when that does not help, it ends the process, and whoever
runs it (the launcher, the container's restart policy) starts a fresh one. Nothing is lost by that: work
and receipt commit together.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connection

from kernel import pulse, tasks
from kernel.pulse import SILENT_AFTER, Pulse

log = logging.getLogger(__name__)

LOOK_EVERY = 10.0  # seconds
GRACE = 20.0  # seconds a worker has to end by itself
FAILED = 70  # exit code: software error (sysexits.h)


class Watchdog:
    """One look at a time; `rings` and `ends` are what it does, so that a test can watch."""

    def __init__(self, rings: Callable[[], Any], ends: Callable[[], Any]) -> None:
        self.rings, self.ends = rings, ends
        self.began = time.monotonic()
        self.rang_at: float | None = None

    def look(self, seen: Pulse) -> None:
        """Ring when something is overdue; end the worker when it does not even hear that."""
        if not seen.is_late:
            self.rang_at = None
            return
        now = time.monotonic()
        silent_for = min(seen.own if seen.own is not None else float("inf"), now - self.began)
        if silent_for <= SILENT_AFTER:  # busy, or just started
            return
        if self.rang_at is None:
            log.warning(
                "deliveries are %d s late and this worker is silent: ringing", seen.oldest_due
            )
            self.rang_at = now
            self.rings()
        elif now - self.rang_at > SILENT_AFTER / 2:
            log.critical("this worker takes no work although it is due: ending it")
            self.ends()


def watch() -> None:
    """Start the thread; called once in a worker's parent process, after it has forked its children."""
    threading.Thread(target=_watch, name="watchdog", daemon=True).start()


def _watch() -> None:
    dog = Watchdog(_ring, _end)
    while True:
        time.sleep(LOOK_EVERY)
        try:
            dog.look(pulse.read())
        except DatabaseError:
            log.warning("the watchdog cannot reach the database")
        finally:
            connection.close()  # one look every ten seconds needs no standing connection


def _ring() -> None:
    # A tick, not only the work: when beat is gone, its chores wait as well.
    tasks.send(tasks.tick)


def _end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(FAILED)  # a consumer that hears nothing may not hear this either
