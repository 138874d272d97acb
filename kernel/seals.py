"""
Seals: the audit trail closed into a hash chain, some seconds behind.

A chain inside every act would make all of them wait for one row (14 times slower, measured), so a tick
seals what has finished. It goes by transaction, not by id: ids commit out of order, but nothing more
can come from transactions below `pg_snapshot_xmin`.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from kernel.models import AuditEvent, AuditSeal

GENESIS = "0" * 64
FIELDS = (
    "id", "at", "transaction_id", "actor_kind", "actor_id", "actor_name", "on_behalf_of_id", "action",
    "outcome", "subject_kind", "subject_ids", "location_id", "reason", "details", "source",
)  # fmt: skip
ONE_SEALER = 7_310_001  # advisory lock: two ticks at once make one chain


class Outside(StrEnum):
    """How the copy outside the database stands to the newest seal."""

    SAME = "same"
    ONE_BEHIND = "one behind"  # a seal was made while we looked, or just before a crash
    MISSING = "missing"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain went over, and a sentence for each place where it does not hold."""

    seals: int
    events: int
    not_sealed: int  # events after the newest seal; the next one takes them
    head: str
    outside: Outside
    breaks: list[str]


def seal() -> int:
    """Close everything that has finished since the last seal; returns how many events."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_SEALER])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("SELECT (pg_snapshot_xmin(pg_current_snapshot())::text)::bigint")
        until = cursor.fetchone()[0]
        last = AuditSeal.objects.order_by("-id").first()
        start = last.until_transaction if last else 0
        above = last.above_id if last else 0
        digest, count = _digest(last.digest if last else GENESIS, start, until, above)
        if not count:
            return 0
        AuditSeal.objects.create(
            from_transaction=start,
            until_transaction=until,
            above_id=above,
            event_count=count,
            digest=digest,
        )
        transaction.on_commit(lambda: _keep_outside(digest))
    return count


def begin_anew() -> None:
    """
    After a restore into another cluster: its transactions count from the beginning.

    What the old one left open is closed by its own numbers; then the chain goes on above the last row,
    from zero. Otherwise no seal would be made until the new numbers have passed the old ones. Nobody
    else may be at work.
    """
    last = AuditSeal.objects.order_by("-id").first()
    open_events = AuditEvent.objects.filter(id__gt=last.above_id if last else 0)
    events = open_events.aggregate(id=Max("id"), transaction=Max("transaction_id"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_SEALER])
        cursor.execute("SELECT (pg_current_xact_id()::text)::bigint")
        now = cursor.fetchone()[0]
        until = max(last.until_transaction if last else 0, (events["transaction"] or 0) + 1)
        if now > until:  # the same cluster, or one that is ahead: the chain goes on as ever
            return
        start, above = (last.until_transaction, last.above_id) if last else (0, 0)
        head = last.digest if last else GENESIS
        spans = [(start, until, above), (0, 1, events["id"] or 0)]
        for begins, ends, over in spans:
            if ends <= begins:
                continue
            head, count = _digest(head, begins, ends, over)
            AuditSeal.objects.create(from_transaction=begins, until_transaction=ends,
                                     above_id=over, event_count=count, digest=head)  # fmt: skip
        transaction.on_commit(lambda: _keep_outside(head))


def verify() -> Verification:
    """
    Walk the chain from its beginning and compare its head with the copy outside the database.

    Each seal is judged by the one before as it stands, so that one break does not hide those behind it.
    """
    kept = _kept_outside()  # first: it may be one seal behind what is read after it, never ahead
    seals = events = 0
    breaks: list[str] = []
    last, earlier, head = None, GENESIS, GENESIS
    lives = set(AuditSeal.objects.values_list("above_id", flat=True).distinct())
    for each in AuditSeal.objects.order_by("id").iterator():
        # After a restore transaction numbers begin again: those of an earlier life end at its last row.
        ends = min((start for start in lives if start > each.above_id), default=None)
        span = (each.from_transaction, each.until_transaction, each.above_id, ends)
        digest, count = _digest(head, *span)
        seals, events = seals + 1, events + count
        if digest != each.digest:
            breaks.append(_broken(each, count, last))
        last, earlier, head = each, head, each.digest
    outside = _compared(kept, head, earlier)
    if outside == Outside.DIFFERENT:
        breaks.append(
            "The newest seal is not the one kept outside the database: seals were taken away or made anew."
        )
    return Verification(seals, events, _not_sealed(last), head, outside, breaks)


def _broken(each: AuditSeal, count: int, before: AuditSeal | None) -> str:
    named = f"Seal {each.pk} of {each.sealed_at:%Y-%m-%d %H:%M:%S} UTC"
    if each.from_transaction != (before.until_transaction if before else 0):
        follows = f"seal {before.pk}" if before else "the beginning"
        return f"{named} does not follow on {follows}: what stood between them is gone."
    if count != each.event_count:
        return f"{named} closed over {each.event_count} events, and {count} are there."
    return f"{named} does not fit its {count} events: one of them, or the seal, was changed."


def _compared(kept: str, head: str, earlier: str) -> Outside:
    if not kept:
        return Outside.MISSING
    if kept == head:
        return Outside.SAME
    return Outside.ONE_BEHIND if kept == earlier else Outside.DIFFERENT


def _not_sealed(last: AuditSeal | None) -> int:
    if last is None:
        return AuditEvent.objects.count()
    return AuditEvent.objects.filter(
        transaction_id__gte=last.until_transaction, id__gt=last.above_id
    ).count()


def _digest(
    previous: str, start: int, until: int, above: int, ends: int | None = None
) -> tuple[str, int]:
    running = hashlib.sha256(previous.encode())
    count = 0
    for row in _rows(start, until, above, ends):
        running.update(row)
        count += 1
    return running.hexdigest(), count


def _rows(start: int, until: int, above: int, ends: int | None) -> Iterator[bytes]:
    rows = AuditEvent.objects.filter(
        transaction_id__gte=start, transaction_id__lt=until, id__gt=above
    ).order_by("id")
    if ends is not None:
        rows = rows.filter(id__lte=ends)
    for values in rows.values_list(*FIELDS).iterator(chunk_size=2000):
        yield json.dumps([_plain(value) for value in values], sort_keys=True).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each) for each in value]
    return value if isinstance(value, str | int | dict | type(None)) else str(value)


def _head_file() -> Path:
    return Path(settings.DATA_DIR) / "audit-head"


def _keep_outside(digest: str) -> None:
    path = _head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(digest + "\n")
    fresh.replace(path)


def _kept_outside() -> str:
    path = _head_file()
    return path.read_text().strip() if path.exists() else ""
