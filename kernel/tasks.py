"""The hands: two Celery tasks. Nothing is lost when they are; the tick finds what is due in Postgres."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from kernel import doorbell, jobs, outbox, patrol, pulse, seals
from kernel.models import IdempotencyKey

log = logging.getLogger(__name__)

IDEMPOTENCY_HOURS = 48

_chores: list[Callable[[], Any]] = []


def chore(function: Callable[[], Any]) -> Callable[[], Any]:
    """Register what every tick does: small, idempotent, harmless when two ticks run at once."""
    _chores.append(function)
    return function


@shared_task(ignore_result=True)
def work(**_added_later: Any) -> None:
    """Work off due deliveries and jobs."""
    pulse.sign_as_worker()
    if outbox.work_off() >= outbox.AT_ONCE:
        ring()
    jobs.work_off()


@shared_task(ignore_result=True)
def tick(**_added_later: Any) -> None:
    """Every few seconds, from beat: chores, seals, and whatever a lost ring left lying."""
    for each in _chores:
        each()
    seals.seal_if_due()
    patrol.walk()
    work()


@chore
def forget_old_keys() -> None:
    """A client repeats a POST within minutes; what it answered tells of patients and is not kept for long."""
    old = Now() - timedelta(hours=IDEMPOTENCY_HOURS)
    IdempotencyKey.objects.filter(made_at__lt=old).delete()


@chore
def forget_the_gone() -> None:
    pulse.forget_the_gone()


@doorbell.rings
def ring() -> None:
    send(work)


def send(task: Task) -> None:
    """Hand a task to the broker, if it is there: the desk does not wait, and nothing is lost without it."""
    try:
        task.apply_async(retry=False, ignore_result=True)
    except OperationalError:
        log.warning("could not ring: the broker is away")
