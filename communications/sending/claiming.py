"""Who sends what: claimed in Postgres with a lease, so that two workers never have the same message."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from communications import gateways
from communications.models import Message, MessageEvent

LEASE = timedelta(seconds=60)
AT_ONCE = 200
MAX_ATTEMPTS = 8

# What waits to be sent; and what was in a hand that let go, if the gateway knows it again.
CLAIM = """
UPDATE communications_message SET lease_until = now() + %(lease)s, attempt_id = %(attempt)s,
  attempts = attempts + 1
WHERE id IN (
  SELECT id FROM communications_message
  WHERE state = 'due' AND due_at <= now() AND (lease_until IS NULL OR lease_until < now())
  ORDER BY is_urgent DESC, due_at, id FOR UPDATE SKIP LOCKED LIMIT %(limit)s
)
RETURNING id
"""
LEFT = """
SELECT id, gateway FROM communications_message
WHERE state = 'sending' AND lease_until < now() FOR UPDATE SKIP LOCKED LIMIT 1000
"""
IN_HAND = """
UPDATE communications_message AS message SET state = 'sending', way = given.way, gateway = given.gateway,
  address = given.address, language = given.language, subject_line = given.subject_line, text = given.text,
  template_version_id = given.template_version_id
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[])
  AS given(id, way, gateway, address, language, subject_line, text, template_version_id)
WHERE message.id = given.id AND message.attempt_id = %s AND message.state = 'due'
RETURNING message.id
"""
SETTLED = """
UPDATE communications_message AS message SET state = given.state, reason = given.reason,
  gateway_ref = CASE WHEN given.ref = '' THEN message.gateway_ref ELSE given.ref END,
  due_at = coalesce(given.due_at, message.due_at), lease_until = NULL,
  carried_by_id = coalesce(given.carried_by, message.carried_by_id),
  sent_at = CASE WHEN given.state = 'sent' THEN now() END, updated_at = now(), version = version + 1
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::uuid[])
  AS given(id, state, reason, ref, due_at, carried_by)
WHERE message.id = given.id AND message.attempt_id = %s AND message.state IN ('due', 'sending', 'unknown')
RETURNING message.id
"""


@dataclass(frozen=True)
class Written:
    """A message with its words, ready to be handed over."""

    message: Message
    way: str
    gateway: str
    address: str
    language: str
    subject_line: str
    text: str
    version_id: int | None


@dataclass(frozen=True)
class Settled:
    """What becomes of a message now."""

    message: Message
    state: str
    reason: str = ""
    ref: str = ""
    due_at: datetime | None = None
    carried_by: UUID | None = None


def claim(limit: int = AT_ONCE) -> tuple[UUID, list[Message]]:
    """Due messages that are this attempt's until the lease runs out."""
    attempt = uuid4()
    with connection.cursor() as cursor:
        values = {"lease": LEASE, "attempt": attempt, "limit": limit}
        cursor.execute(CLAIM, values)  # type: ignore[arg-type]
        ids = [key for (key,) in cursor.fetchall()]
    rows = Message.objects.select_related("location", "broadcast").filter(pk__in=ids)
    return attempt, sorted(rows, key=lambda row: (row.due_at, row.pk))


def take_in_hand(attempt: UUID, written: Sequence[Written]) -> set[UUID]:
    """Say in Postgres that these are being handed over now, with their words; returns those still ours."""
    columns = zip(
        *(
            (
                each.message.pk, each.way, each.gateway, each.address, each.language, each.subject_line, each.text,
                each.version_id,
            )
            for each in written
        ),
        strict=True,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(IN_HAND, [*map(list, columns), attempt])
        return {key for (key,) in cursor.fetchall()}


def settle(attempt: UUID, outcomes: Iterable[Settled]) -> None:
    """Write what became of them, with a line of history each; what another attempt holds is left to it."""
    outcomes = list(outcomes)
    if not outcomes:
        return
    columns = zip(
        *(
            (
                each.message.pk,
                each.state,
                each.reason[:200],
                each.ref[:120],
                each.due_at,
                each.carried_by,
            )
            for each in outcomes
        ),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(SETTLED, [*map(list, columns), attempt])
        ours = {key for (key,) in cursor.fetchall()}
    MessageEvent.objects.bulk_create(
        MessageEvent(message_id=each.message.pk, what=each.state, detail=each.reason[:200])
        for each in outcomes
        if each.message.pk in ours
    )


def look_after_the_left() -> int:
    """
    What was in a hand that let go: a program that was ended, a machine without power.

    A gateway that knows its keys gets it again; of the others nobody knows whether they took it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LEFT)
        left = cursor.fetchall()
        again = [
            key for key, name in left if (found := gateways.by_name(name)) and found.knows_keys
        ]
        lost = [key for key, _name in left if key not in set(again)]
        Message.objects.filter(pk__in=again).update(state="due", lease_until=None, updated_at=Now())
        Message.objects.filter(pk__in=lost).update(
            state="unknown", lease_until=None, updated_at=Now(),
            reason="The program ended while it was being handed over.",
        )  # fmt: skip
        MessageEvent.objects.bulk_create(
            MessageEvent(message_id=key, what="unknown", detail="The program ended in the middle.")
            for key in lost
        )
    return len(left)


def is_anything_due() -> bool:
    due = Q(state="due", due_at__lte=Now()) & (Q(lease_until=None) | Q(lease_until__lt=Now()))
    return Message.objects.filter(due | Q(state="sending", lease_until__lt=Now())).exists()
