"""What leaves the transaction once it has committed: a ring for the workers, a word to open pages."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)

AWAY_FOR = 5.0  # seconds nobody is kept waiting again, after the broker did not answer

_waiting = threading.local()
_away_until = 0.0
_client: redis.Redis | None = None
_ring: Callable[[], Any] | None = None


def client() -> redis.Redis:
    """The shared connection; short time-outs, because nothing here may hold up the desk."""
    global _client  # noqa: PLW0603
    if _client is None:
        _client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=0.3,
            socket_timeout=0.5,
            health_check_interval=30,
        )
    return _client


def rings(function: Callable[[], Any]) -> Callable[[], Any]:
    """Name the function that wakes the workers."""
    global _ring  # noqa: PLW0603
    _ring = function
    return function


def ring_after_commit() -> None:
    _note("ring", True)


def tell_after_commit(channel: str, text: str) -> None:
    """Publish to open pages once the change is true; the same word is said once per transaction."""
    _note("words", (channel, text))


def _note(kind: str, value: Any) -> None:
    pending = getattr(_waiting, "pending", None)
    if pending is None:
        pending = _waiting.pending = {"words": {}, "ring": False}
    if kind == "ring":
        pending["ring"] = True
    else:
        pending["words"][value] = None
    # Registered at each note: a rolled-back savepoint drops its own hook, never an outer one's.
    transaction.on_commit(_out)


def _out() -> None:
    global _away_until  # noqa: PLW0603
    pending, _waiting.pending = getattr(_waiting, "pending", None), None
    if not pending or time.monotonic() < _away_until:
        return  # nothing is lost: the tick finds due deliveries, and open pages poll
    try:
        pipeline = client().pipeline(transaction=False)
        for channel, text in pending["words"]:
            pipeline.publish(channel, text)
        pipeline.ping()  # Celery's own connection would wait long for a broker that hangs
        pipeline.execute()
        if pending["ring"] and _ring:
            _ring()
    except redis.RedisError:
        _away_until = time.monotonic() + AWAY_FOR
        log.warning("could not ring: the broker is away")
