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
    if lease := os.environ.get("BENCH_LEASE"):
        outbox.LEASE = timedelta(seconds=float(lease))
