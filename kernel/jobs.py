"""Jobs: work over two seconds, with progress that survives a closed page, and a cancel that is honored."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from kernel import doorbell, live
from kernel.actors import Actor
from kernel.models import Job

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)  # renewed by every progress report
MAX_ATTEMPTS = 3

Worker = Callable[..., Mapping[str, Any]]
_kinds: dict[str, tuple[str, Worker]] = {}
_pages: dict[str, str] = {}


class JobCancelled(Exception):
    """The owner asked to stop; what was committed so far stays."""


class LeaseLost(Exception):
    """Another worker took the job up, because nothing was heard from this one for too long."""


class Progress:
    """The job's own view of itself: report often, it writes at most once a second."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._last = timezone.now() - timedelta(seconds=2)

    def report(self, done: int, total: int = 0, aside: int = 0, note: str = "") -> None:
        """
        :raises JobCancelled: the owner asked to stop
        :raises LeaseLost: somebody else works on it by now
        """
        now = timezone.now()
        if now - self._last < timedelta(seconds=1):
            return
        self._last = now
        counts = {
            "done_count": min(done, total) if total else done,
            "total_count": total,
            "aside_count": aside,
        }
        if not _mine(self.job).update(**counts, note=note[:300], lease_until=Now() + LEASE):
            raise LeaseLost
        live.changed(topic(self.job.owner_id))
        if _mine(self.job).filter(wants_cancel=True).exists():
            raise JobCancelled


def topic(owner_id: UUID) -> str:
    """What pages that show a person's jobs listen to."""
    return f"jobs:{owner_id}"


def _mine(job: Job) -> QuerySet[Job]:
    """The row, as long as it is this attempt's."""
    return Job.objects.filter(pk=job.pk, attempts=job.attempts, state=Job.State.RUNNING)


def kind(name: str, label: str, *, page: str = "") -> Callable[[Worker], Worker]:
    """
    Register the function that does a kind of job: `(progress, by_name, **arguments) -> result`.

    `page`: the url name of a page of its own that tells what the job brought; it takes the job's id.
    """

    def register(function: Worker) -> Worker:
        _kinds[name] = (label, function)
        _pages[name] = page
        return function

    return register


def page(name: str) -> str:
    """The url name of the page on which a kind of job tells what it brought."""
    return _pages.get(name) or "job"


def label(name: str) -> str:
    return _kinds[name][0] if name in _kinds else name


def start(kind_name: str, *, by: Actor, **arguments: Any) -> Job:
    """Queue a job, in the caller's transaction; it belongs to a person, who sees and may cancel it."""
    if kind_name not in _kinds:
        raise LookupError(f"no kind of job is called {kind_name}")
    job = Job.objects.create(
        kind=kind_name, owner_id=by.own_id, owner_name=by.name[:200], arguments=arguments
    )
    doorbell.ring_after_commit()
    return job


def cancel(job_id: UUID, *, by: Actor) -> None:
    """Ask a job of one's own to stop; a waiting one stops at once."""
    mine = Job.objects.filter(pk=job_id, owner_id=by.own_id)
    mine.filter(state=Job.State.QUEUED).update(state=Job.State.CANCELLED, finished_at=Now())
    mine.filter(state=Job.State.RUNNING).update(wants_cancel=True)
    live.changed(topic(by.own_id))


def work_off() -> int:
    """Run waiting jobs, one after the other; one whose worker died is taken up again."""
    done = 0
    while job := _claim():
        _run(job)
        done += 1
    return done


def _claim() -> Job | None:
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=Now())
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(free)
            .order_by("queued_at", "id")
            .first()
        )
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            job.state, job.finished_at, job.note = (
                Job.State.FAILED,
                Now(),
                "Stopped after three attempts.",
            )
        else:
            job.state, job.attempts = Job.State.RUNNING, job.attempts + 1
            job.lease_until = Now() + LEASE
            job.started_at = job.started_at or Now()
        job.save()
    return job


def _run(job: Job) -> None:
    if job.state != Job.State.RUNNING:
        return
    ended: dict[str, Any] = {"state": Job.State.DONE}
    try:
        worker = _kinds[job.kind][1]
        result = worker(Progress(job), owner_id=job.owner_id, **job.arguments)
        ended |= {"result": dict(result)}
    except LeaseLost:
        return
    except JobCancelled:
        ended = {"state": Job.State.CANCELLED, "note": "Canceled. What was done so far is kept."}
    except Exception as error:  # the page shows it; the next job still runs
        log.exception("job failed", extra={"job": str(job.pk)})
        ended = {
            "state": Job.State.FAILED,
            "note": f"Stopped by an error ({type(error).__name__}).",
        }
    _mine(job).update(**ended, finished_at=Now(), lease_until=None)
    live.changed(topic(job.owner_id))
