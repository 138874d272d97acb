"""The hands: two Celery tasks. Nothing is lost when they are; the tick finds what is due in Postgres."""

from collections.abc import Callable
from typing import Any

from celery import shared_task

from kernel import doorbell, jobs, outbox, seals

_chores: list[Callable[[], Any]] = []


def chore(function: Callable[[], Any]) -> Callable[[], Any]:
    """Register what every tick does: small, idempotent, harmless when two ticks run at once."""
    _chores.append(function)
    return function


@shared_task(ignore_result=True)
def work(**_added_later: Any) -> None:
    """Work off due deliveries and jobs."""
    outbox.work_off()
    jobs.work_off()


@shared_task(ignore_result=True)
def tick(**_added_later: Any) -> None:
    """Every few seconds, from beat: chores, seals, and whatever a lost ring left lying."""
    for each in _chores:
        each()
    seals.seal()
    work()


@doorbell.rings
def ring() -> None:
    # retry=False: the desk does not wait for a broker that is away
    work.apply_async(retry=False, ignore_result=True)
