"""
The patrol: the worker walks the sealed trail a little at every tick, round after round.

`verify_audit` walks it whole when asked; this notices by itself. What was taken off the end or made anew is
seen at the next tick, by the copy outside the database; a change in the middle when the walk comes by.
"""

import logging
import time

from django.db import transaction
from django.db.models.functions import Now

from kernel import seals
from kernel.models import AuditPatrol, AuditSeal

log = logging.getLogger(__name__)

A_LITTLE = 0.7  # seconds of a tick


def walk(seconds: float = A_LITTLE) -> None:
    """Check the next seals; at the end of the chain a new round begins."""
    with transaction.atomic():
        AuditPatrol.objects.get_or_create(pk=1)
        now = AuditPatrol.objects.select_for_update(skip_locked=True).first()
        if now is None:  # another tick is on its way
            return
        found = [sentence] if (sentence := seals.compare_outside()) else []
        reached_the_end = _go_on(now, found, time.monotonic() + seconds)
        for each in found:
            if each not in now.breaks:
                now.breaks.append(each)
        if reached_the_end:
            now.alarms, now.breaks = now.breaks, []
            now.position, now.events = 0, 0
            now.finished_at, now.began_at = Now(), Now()
        else:
            now.alarms = list(dict.fromkeys([*now.alarms, *now.breaks]))
        now.save()
    for each in found:
        log.critical("audit trail: %s", each)


def alarms() -> list[str]:
    """What the patrol found, or nothing."""
    now = AuditPatrol.objects.filter(pk=1).first()
    return list(now.alarms) if now else []


def _go_on(now: AuditPatrol, found: list[str], until: float) -> bool:
    """True at the end of the chain."""
    before = AuditSeal.objects.filter(pk=now.position).first() if now.position else None
    if now.position and before is None:
        found.append(f"Seal {now.position} was there a moment ago and is gone.")
        return True
    ceilings = seals.Ceilings()
    for each in AuditSeal.objects.filter(pk__gt=now.position).order_by("pk").iterator():
        count, sentence = seals.judge(each, before, ceilings)
        found += [sentence] if sentence else []
        now.position, now.events, before = each.pk, now.events + count, each
        if time.monotonic() > until:
            return False
    return True
