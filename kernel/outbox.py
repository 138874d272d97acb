"""
The outbox: Postgres is the queue, Celery only the doorbell and the hands.

`publish` writes the fact beside the change that made it true, with one delivery per subscriber.
`work_off` claims due deliveries with a lease and does each in a transaction of its own: the work and
its receipt commit together, so a crash repeats the work and never loses or doubles it.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models.functions import Now

from kernel import doorbell, durable, pulse
from kernel.models import Delivery, OutboxEvent

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 8
AT_ONCE = 1000  # deliveries of one task; so that a worker asked to end need not finish a flood

Subscriber = Callable[..., Any]
_topics: dict[str, list[str]] = {}
_subscribers: dict[str, Subscriber] = {}

CLAIM = """
UPDATE kernel_delivery SET lease_until = now() + %s, attempt_id = %s, attempts = attempts + 1
WHERE id = (
    SELECT id FROM kernel_delivery
    WHERE state = 'due' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
    ORDER BY due_at, id FOR UPDATE SKIP LOCKED LIMIT 1
)
RETURNING id
"""


def subscribe(topic: str) -> Callable[[Subscriber], Subscriber]:
    """Register a task for a topic; it takes `*, <ids>, **_added_later` and may be delivered twice."""

    def register(function: Subscriber) -> Subscriber:
        name = f"{function.__module__}.{function.__qualname__}"
        _subscribers[name] = function
        _topics.setdefault(topic, []).append(name)
        return function

    return register


def subscribers(topic: str) -> list[str]:
    return _topics.get(topic, [])


def publish(topic: str, **ids: Any) -> None:
    """Record a fact that other rooms may act on, in the transaction that makes it true."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"publish({topic!r}) outside a transaction")
    payload = {
        name: str(value) if isinstance(value, UUID) else value for name, value in ids.items()
    }
    event = OutboxEvent.objects.create(topic=topic, payload=payload)
    waiting = [Delivery(event=event, subscriber=name) for name in subscribers(topic)]
    if waiting:
        Delivery.objects.bulk_create(waiting)
        doorbell.ring_after_commit()


def work_off(limit: int = AT_ONCE) -> int:
    """Claim and do due deliveries until none is left; returns how many were done."""
    done = 0
    while done < limit and (claimed := _claim()):
        done += _deliver(*claimed)
        pulse.sign_as_worker()
    return done


def _claim() -> tuple[int, UUID] | None:
    attempt = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE, attempt])  # type: ignore[list-item]
        row = cursor.fetchone()
    return (row[0], attempt) if row else None


def _deliver(delivery_id: int, attempt: UUID) -> bool:
    def work() -> bool:
        delivery = (
            Delivery.objects.select_for_update(of=("self",))
            .select_related("event")
            .filter(pk=delivery_id, attempt_id=attempt, state=Delivery.State.DUE)
            .first()
        )
        if delivery is None:  # the lease ran out and somebody else has it
            return False
        if delivery.attempts > MAX_ATTEMPTS:  # it took its worker with it, every time
            _set_aside(delivery)
            return False
        _subscribers[delivery.subscriber](**delivery.event.payload)
        delivery.state = Delivery.State.DONE
        delivery.finished_at, delivery.lease_until, delivery.attempt_id = Now(), None, None
        delivery.last_error = ""
        delivery.save()
        return True

    try:
        return durable.run(work)
    except Exception as error:  # one failure never ends the loop
        log.exception("delivery failed", extra={"delivery": delivery_id})
        _put_back(delivery_id, attempt, type(error).__name__)
        return False


def _set_aside(delivery: Delivery) -> None:
    delivery.state, delivery.last_error = Delivery.State.STUCK, "The worker ended each time."
    delivery.lease_until, delivery.attempt_id = None, None
    delivery.save()


def _put_back(delivery_id: int, attempt: UUID, error: str) -> None:
    """Try again later, each time later; after the last attempt it waits for a person."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update().filter(pk=delivery_id, attempt_id=attempt).first()
        )
        if delivery is None:
            return
        stuck = delivery.attempts >= MAX_ATTEMPTS
        delivery.state = Delivery.State.STUCK if stuck else Delivery.State.DUE
        delivery.due_at = Now() + timedelta(seconds=min(3600, 2**delivery.attempts))
        delivery.lease_until, delivery.attempt_id, delivery.last_error = None, None, error[:200]
        delivery.save()
