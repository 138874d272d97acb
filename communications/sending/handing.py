"""
The hand-over: say in Postgres that it happens, hand over, write what came of it.

To a gateway that knows its keys a whole round is taken in hand at once; whatever interrupts it, the same
keys are handed over again. To one that does not, each message is taken in hand alone, so that at most the
one that was really under way is unknown afterwards.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone

from communications import gateways
from communications.gateways import Busy, Gateway, NoAnswer, Outgoing, Refused
from communications.models import Message
from communications.sending import claiming, deciding
from communications.sending.claiming import MAX_ATTEMPTS, Settled, Written

log = logging.getLogger(__name__)

RECORDED_AFTER = 25  # handed over, before what came of them is written
SECONDS = 20.0  # of one round of work; then others have their turn


def send_due(seconds: float = SECONDS) -> int:
    """Claim, decide, hand over, until nothing is due or the time is over; returns how many were claimed."""
    until, done = time.monotonic() + seconds, 0
    claiming.look_after_the_left()
    while time.monotonic() < until and (room := _room()):
        attempt, messages = claiming.claim(min(room, claiming.AT_ONCE))
        if not messages:
            break
        _work(attempt, messages)
        done += len(messages)
    return done


def _room() -> int:
    """How many may still leave in this minute; none while the office has paused."""
    setting = deciding.setting()
    if setting.is_paused:
        return 0
    lately = Message.objects.filter(state="sent", sent_at__gt=Now() - timedelta(minutes=1))
    return max(0, setting.per_minute - lately.count())


def _work(attempt: UUID, messages: Sequence[Message]) -> None:
    try:
        decided = deciding.decide(messages, timezone.now())
    except Exception as error:  # a kind that cannot tell must not stop the others for ever
        log.exception("could not decide about messages", extra={"count": len(messages)})
        claiming.settle(attempt, [_later(each, type(error).__name__) for each in messages])
        return
    claiming.settle(attempt, decided.settled)
    for name in sorted({each.gateway for each in decided.written}):
        gateway = gateways.by_name(name)
        if gateway is not None:
            _hand_over(
                attempt, gateway, [w for w in decided.written if w.gateway == name], decided.carried
            )


def _hand_over(
    attempt: UUID,
    gateway: Gateway,
    written: Sequence[Written],
    carried: Mapping[UUID, list[Message]],
) -> None:
    """What is not in time left in hand stays due, and is claimed again."""
    outcomes: list[Settled] = []
    until = time.monotonic() + claiming.LEASE.total_seconds() / 2
    for each in _in_hand(attempt, gateway, written):
        came = _hand(gateway, each)
        outcomes += [came, *(_with(came, other) for other in carried.get(each.message.pk, []))]
        if len(outcomes) >= RECORDED_AFTER or not gateway.knows_keys:
            claiming.settle(attempt, outcomes)
            outcomes = []
        if came.state == "due" or time.monotonic() > until:
            break  # it takes nothing now, or is slow: the others wait with it
    claiming.settle(attempt, outcomes)
    _let_go(attempt)


def _in_hand(attempt: UUID, gateway: Gateway, written: Sequence[Written]) -> Iterator[Written]:
    if gateway.knows_keys:
        ours = claiming.take_in_hand(attempt, written)
        yield from (each for each in written if each.message.pk in ours)
        return
    for each in written:
        if claiming.take_in_hand(attempt, [each]):
            yield each


def _hand(gateway: Gateway, each: Written) -> Settled:
    out = Outgoing(each.message.key, each.address, each.subject_line, each.text)
    try:
        return Settled(each.message, "sent", ref=gateway.send(out))
    except Refused as error:
        return Settled(each.message, "failed", str(error))
    except Busy as error:
        return _later(each.message, str(error))
    except NoAnswer as error:
        if gateway.knows_keys:
            return _later(each.message, str(error))
        return Settled(each.message, "unknown", str(error))


def _later(message: Message, reason: str) -> Settled:
    """Again, each time later; after the last attempt it waits for a person."""
    if message.attempts >= MAX_ATTEMPTS:
        return Settled(message, "failed", f"{reason} Tried {message.attempts} times.")
    wait = timedelta(seconds=min(3600, 5 * 2**message.attempts))
    return Settled(message, "due", reason, due_at=timezone.now() + wait)


def _with(came: Settled, other: Message) -> Settled:
    """What became of the one message to a household became of each that it carries."""
    if came.state == "due":
        return Settled(other, "due", came.reason, due_at=came.due_at)
    return Settled(other, came.state, came.reason, came.ref, carried_by=came.message.pk)


def _let_go(attempt: UUID) -> None:
    """What this attempt still holds and did not come to is due again at once."""
    rows = Message.objects.filter(attempt_id=attempt, lease_until__isnull=False)
    rows.filter(state__in=["due", "sending"]).update(state="due", lease_until=None)
