"""The hands that send. What is due stands in Postgres; a lost task loses nothing."""

from typing import Any

from celery import shared_task

from communications.sending import claiming, handing, reconciling
from kernel import tasks

STALE_AFTER = 15  # seconds: a task that nobody took until then was followed by the next


@shared_task(ignore_result=True, expires=STALE_AFTER)
def send_messages(**_added_later: Any) -> None:
    """Send what is due; when there is more than one round of work, ring again."""
    handing.send_due()
    if claiming.is_anything_due():
        tasks.send(send_messages)


@tasks.chore
def look_for_due_messages() -> None:
    if claiming.is_anything_due():
        tasks.send(send_messages)


@tasks.chore
def ask_about_the_unknown() -> None:
    reconciling.reconcile()
