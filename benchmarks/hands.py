"""The office's Celery with one more subscriber: it leaves a receipt for each fact, in the delivery's transaction."""

import os
from datetime import timedelta
from typing import Any

from celery import signals

from office.celery import app

__all__ = ["app", "register"]

TOPIC = "bench.fact"
RECEIPTS = "CREATE TABLE IF NOT EXISTS bench_receipt (number bigint, at timestamptz DEFAULT clock_timestamp())"


@signals.worker_init.connect
def register(**_added_later: Any) -> None:
    """Before the children are forked; and in the process that publishes."""
    from django.db import connection

    from kernel import outbox

    def leave_receipt(*, number: int, **_added_later: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO bench_receipt (number) VALUES (%s)", [number])

    outbox.subscribe(TOPIC)(leave_receipt)
    _write_to_people()
    if lease := os.environ.get("BENCH_LEASE"):
        outbox.LEASE = timedelta(seconds=float(lease))


def _write_to_people() -> None:
    """A kind of person and of message, so that messages need no patients."""
    from communications import kinds
    from communications.kinds import Said, Words
    from communications.sending import claiming, reconciling
    from kernel import subjects
    from kernel.subjects import Recipient

    class People:
        kind = "bench.person"

        def recipients(self, ids: Any) -> Any:
            return {key: Recipient(key, "Rosa", "en", (("sms", str(key.int)[:12]),)) for key in ids}

    class Note:
        name, label, is_urgent = "bench.note", "Bench", True
        fields = {"first_name": "Rosa"}
        shipped = {("sms", "en"): Words("Hello {first_name}")}

        def told(self, messages: Any) -> Any:
            return {each.pk: Said({"first_name": "Rosa"}) for each in messages}

        def together(self, said: Any) -> None:
            return None

    subjects.register(People())  # type: ignore[arg-type]
    kinds.register(Note())
    if lease := os.environ.get("BENCH_LEASE"):
        claiming.LEASE = timedelta(seconds=float(lease) * 2)
        reconciling.ASKED_AFTER = timedelta(seconds=float(lease))
