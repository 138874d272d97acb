"""What nobody knows: asked of the gateways that can tell. The rest waits for a person."""

import logging
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from communications import gateways
from communications.gateways import NoAnswer
from communications.models import Message, MessageEvent

log = logging.getLogger(__name__)

ASKED_AFTER = timedelta(
    seconds=30
)  # longer than any gateway has to answer: what it took, it has by now
AT_ONCE = 200


def reconcile(limit: int = AT_ONCE) -> int:
    """Ask about unknown messages; returns how many are known now."""
    rows = Message.objects.filter(
        state="unknown", carried_by=None, updated_at__lt=Now() - ASKED_AFTER,
        gateway__in=[name for name in _telling()],
    ).order_by("updated_at", "pk")  # fmt: skip
    return sum(_ask(message) for message in rows[:limit])


def _telling() -> list[str]:
    found = [gateways.of(way) for way in gateways.ways()]
    return [each.name for each in found if each and each.can_tell]


def _ask(message: Message) -> bool:
    gateway = gateways.by_name(message.gateway)
    try:
        ref = gateway.find(message.key) if gateway else None
    except NoAnswer:
        Message.objects.filter(pk=message.pk, state="unknown").update(updated_at=Now())
        return False
    if ref is None:
        return settle_unknown(message.pk, arrived=False, detail="The gateway never had it.")
    return settle_unknown(message.pk, arrived=True, detail="The gateway has it.", ref=ref)


def settle_unknown(
    message_id: UUID, *, arrived: bool, detail: str, ref: str = "", by_name: str = ""
) -> bool:
    """It arrived, or it goes again; so do those that it carries. False: somebody was quicker."""
    with transaction.atomic():
        rows = Message.objects.filter(Q(pk=message_id) | Q(carried_by=message_id), state="unknown")
        ids = list(rows.select_for_update().values_list("pk", flat=True))
        if arrived:
            rows.filter(pk__in=ids).update(
                state="sent", sent_at=Now(), reason="", gateway_ref=ref[:120], updated_at=Now()
            )
        else:
            rows.filter(pk__in=ids).update(
                state="due", reason=detail, due_at=Now(), carried_by=None, updated_at=Now()
            )
        what = "sent" if arrived else "due"
        MessageEvent.objects.bulk_create(
            MessageEvent(message_id=key, what=what, detail=detail, by_name=by_name) for key in ids
        )
    return bool(ids)
