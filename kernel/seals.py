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
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from kernel.models import AuditEvent, AuditSeal

GENESIS = "0" * 64
FIELDS = (
    "id", "at", "transaction_id", "actor_kind", "actor_id", "actor_name", "on_behalf_of_id", "action",
    "outcome", "subject_kind", "subject_ids", "location_id", "reason", "details", "source",
)  # fmt: skip
ONE_SEALER = 7_310_001  # advisory lock: two ticks at once make one chain


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found; `broken` is the first seal that does not hold, with why."""

    seals: int
    events: int
    broken: str = ""


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


def verify() -> Verification:
    """Walk the chain from its beginning and compare its head with the copy outside the database."""
    digest, seals, events = GENESIS, 0, 0
    for each in AuditSeal.objects.order_by("id").iterator():
        digest, count = _digest(
            digest, each.from_transaction, each.until_transaction, each.above_id
        )
        seals, events = seals + 1, events + count
        if digest != each.digest:
            return Verification(
                seals, events, f"seal {each.pk} of {each.sealed_at:%Y-%m-%d %H:%M:%S} UTC"
            )
    kept = _kept_outside()
    if kept and kept != digest:
        return Verification(
            seals, events, "the newest seal: it differs from the copy outside the database"
        )
    return Verification(seals, events)


def _digest(previous: str, start: int, until: int, above: int) -> tuple[str, int]:
    running = hashlib.sha256(previous.encode())
    count = 0
    for row in _rows(start, until, above):
        running.update(row)
        count += 1
    return running.hexdigest(), count


def _rows(start: int, until: int, above: int) -> Iterator[bytes]:
    rows = AuditEvent.objects.filter(
        transaction_id__gte=start, transaction_id__lt=until, id__gt=above
    ).order_by("id")
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
