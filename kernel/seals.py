"""
Seals: the audit trail closed into a hash chain, some seconds behind.

A chain inside every act would make all of them wait for one row (14 times slower, measured), so a tick
seals what has finished. It goes by transaction, not by id: ids commit out of order, but nothing more
can come from transactions below `pg_snapshot_xmin`. A database restored into another cluster counts its
transactions anew; there a seal begins again at 0, over the events with ids above all that were sealed.
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
from django.db.models import Max, Q
from django.utils import timezone

from kernel.models import AuditEvent, AuditSeal

GENESIS = "0" * 64
FIELDS = (
    "id", "at", "transaction_id", "actor_kind", "actor_id", "actor_name", "on_behalf_of_id", "action",
    "outcome", "subject_kind", "subject_ids", "location_id", "reason", "details", "source",
)  # fmt: skip
ONE_SEALER = 7_310_001  # advisory lock: two ticks at once make one chain
SEAL_EVERY = 30  # seconds between two seals of a quiet trail; an event is open to change for less than a minute
NOT_THE_COPY = (
    "The newest seal is not the one kept outside the database: seals were taken away or made anew."
)


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
        if last and until < last.until_transaction:
            return _seal_in_another_cluster(last, until)
        start = last.until_transaction if last else 0
        above = last.above_id if last else 0
        made, count = _seal(last.digest if last else GENESIS, start, until, above)
        return count


def seal_if_due() -> int:
    """What a tick does: a seal every half minute keeps the chain short enough to be walked."""
    last = AuditSeal.objects.order_by("-id").values_list("sealed_at", flat=True).first()
    if last and (timezone.now() - last).total_seconds() < SEAL_EVERY:
        return 0
    return seal()


def _seal(previous: str, start: int, until: int, above: int) -> tuple[AuditSeal | None, int]:
    digest, count = _digest(previous, start, until, above)
    if not count:
        return None, 0
    made = AuditSeal.objects.create(
        from_transaction=start,
        until_transaction=until,
        above_id=above,
        event_count=count,
        digest=digest,
    )
    transaction.on_commit(lambda: _keep_outside(digest))
    return made, count


def _seal_in_another_cluster(last: AuditSeal, until: int) -> int:
    """
    First what came along unsealed, numbered as the old cluster did; then what has happened since.

    Both in one transaction: the new count begins above every id that came along.
    """
    open_ = AuditEvent.objects.filter(
        transaction_id__gte=last.until_transaction, id__gt=last.above_id
    ).aggregate(highest=Max("transaction_id"))["highest"]
    before, brought = (
        _seal(last.digest, last.until_transaction, open_ + 1, last.above_id) if open_ else (last, 0)
    )
    assert before is not None
    known = AuditEvent.objects.filter(Q(transaction_id__gte=until) | Q(at__lte=last.sealed_at))
    above = known.aggregate(highest=Max("id"))["highest"] or last.above_id
    _made, count = _seal(before.digest, 0, until, above)
    return brought + count


def verify() -> Verification:
    """
    Walk the chain from its beginning and compare its head with the copy outside the database.

    Each seal is judged by the one before as it stands, so that one break does not hide those behind it.
    """
    kept = _kept_outside()  # first: it may be one seal behind what is read after it, never ahead
    seals = events = 0
    breaks: list[str] = []
    last, earlier = None, GENESIS
    ceilings = Ceilings()
    for each in AuditSeal.objects.order_by("id").iterator():
        count, sentence = judge(each, last, ceilings)
        seals, events = seals + 1, events + count
        breaks += [sentence] if sentence else []
        last, earlier = each, last.digest if last else GENESIS
    head = last.digest if last else GENESIS
    outside = _compared(kept, head, earlier)
    if outside == Outside.DIFFERENT:
        breaks.append(NOT_THE_COPY)
    return Verification(seals, events, _not_sealed(last), head, outside, breaks)


class Ceilings:
    """
    The highest id that belongs to a seal: where the database was restored into another cluster, numbers of
    transactions come twice, and the next beginning bounds what came before it.
    """

    def __init__(self) -> None:
        rows = AuditSeal.objects.order_by("above_id").values_list("above_id", flat=True).distinct()
        self._beginnings = list(rows)

    def of(self, seal: AuditSeal) -> int | None:
        later = [above for above in self._beginnings if above > seal.above_id]
        return later[0] if later else None


def judge(each: AuditSeal, before: AuditSeal | None, ceilings: Ceilings) -> tuple[int, str]:
    """How many events a seal closes over now, and a sentence when that is not what it closed over then."""
    digest, count = _digest(
        before.digest if before else GENESIS,
        each.from_transaction,
        each.until_transaction,
        each.above_id,
        ceilings.of(each),
    )
    return count, "" if digest == each.digest else _broken(each, count, before)


def compare_outside() -> str:
    """A sentence when the newest seals are not those that were kept outside the database."""
    kept = _kept_outside()
    newest = [*AuditSeal.objects.order_by("-id").values_list("digest", flat=True)[:2], GENESIS]
    different = _compared(kept, newest[0], newest[1] if len(newest) > 1 else GENESIS)
    return NOT_THE_COPY if different == Outside.DIFFERENT else ""


def _broken(each: AuditSeal, count: int, before: AuditSeal | None) -> str:
    named = f"Seal {each.pk} of {each.sealed_at:%Y-%m-%d %H:%M:%S} UTC"
    begins_again = before and each.from_transaction == 0 and each.above_id > before.above_id
    if not begins_again and each.from_transaction != (before.until_transaction if before else 0):
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
    previous: str, start: int, until: int, above: int, upto: int | None = None
) -> tuple[str, int]:
    running = hashlib.sha256(previous.encode())
    count = 0
    for row in _rows(start, until, above, upto):
        running.update(row)
        count += 1
    return running.hexdigest(), count


def _rows(start: int, until: int, above: int, upto: int | None) -> Iterator[bytes]:
    rows = AuditEvent.objects.filter(
        transaction_id__gte=start, transaction_id__lt=until, id__gt=above
    ).order_by("id")
    if upto is not None:
        rows = rows.filter(id__lte=upto)
    for values in rows.values_list(*FIELDS).iterator(chunk_size=2000):
        yield json.dumps([_plain(value) for value in values], sort_keys=True).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [str(each) for each in value]
    return value if isinstance(value, str | int | dict | type(None)) else str(value)


def _head_file() -> Path:
    return Path(settings.AUDIT_HEAD_FILE or Path(settings.DATA_DIR) / "audit-head")


def _keep_outside(digest: str) -> None:
    path = _head_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(digest + "\n")
    fresh.replace(path)


def _kept_outside() -> str:
    path = _head_file()
    return path.read_text().strip() if path.exists() else ""
