"""
Counters of the web processes: kept in memory for two seconds, then added to one hash in the broker.

So any process can answer for all of them, however many there are and wherever they run. They only grow;
when the broker is away they are lost, and nothing waits.
"""

import atexit
import contextlib
import threading
from collections import Counter

import redis

from kernel import doorbell

KEY = "office-counters"
EVERY = 2.0
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)  # seconds

_lock = threading.Lock()
_waiting: Counter[str] = Counter()
_timer: threading.Timer | None = None


def note_request(route: str, method: str, status: int, seconds: float) -> None:
    """Count an answer, and how long it took."""
    bucket = next((str(limit) for limit in BUCKETS if seconds <= limit), "+Inf")
    with _lock:
        _waiting[f"n {route} {method} {status}"] += 1
        _waiting[f"b {route} {bucket}"] += 1
        _waiting[f"us {route}"] += int(seconds * 1_000_000)
        _wake()


def _wake() -> None:
    global _timer  # noqa: PLW0603
    if _timer is None:
        _timer = threading.Timer(EVERY, flush)
        _timer.daemon = True
        _timer.start()


def flush() -> None:
    """Add what waits to what all have counted."""
    global _timer  # noqa: PLW0603
    with _lock:
        counted, _timer = dict(_waiting), None
        _waiting.clear()
    if not counted:
        return
    with contextlib.suppress(redis.RedisError):
        pipeline = doorbell.client().pipeline(transaction=False)
        for name, number in counted.items():
            pipeline.hincrby(KEY, name, number)
        pipeline.execute()


def read() -> dict[str, int]:
    """
    What all processes have counted, this one up to now.

    :raises redis.RedisError: the broker is away
    """
    flush()
    found: dict[bytes, bytes] = doorbell.client().hgetall(KEY)  # type: ignore[assignment]
    return {name.decode(): int(number) for name, number in found.items()}


atexit.register(flush)
