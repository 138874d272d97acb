"""What the pages tell of imports: one's own jobs and their reports."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from fhir.report import JOB
from kernel import clock
from kernel.actors import Actor
from kernel.models import Job
from kernel.templatetags.house import clock as wall_clock
from office import queries as office


@dataclass(frozen=True)
class Shown:
    """A job, in the words of components/job_progress.html."""

    id: UUID
    what: str
    says: str
    percent: int
    aside: str
    is_over: bool
    state: str
    when: str


def imports_of(actor: Actor) -> QuerySet[Job]:
    """One's own imports, newest first."""
    mine = Job.objects.filter(kind=JOB, owner_id=actor.id) if actor.id else Job.objects.none()
    return mine.order_by("-queued_at", "-id")


def shown(job: Job) -> Shown:
    words = {
        Job.State.QUEUED: "Waiting for its turn",
        Job.State.RUNNING: job.note or "Beginning",
        Job.State.DONE: "Done",
        Job.State.FAILED: job.note or "Failed",
        Job.State.CANCELLED: job.note or "Canceled",
    }
    state = Job.State(job.state)
    queued = clock.local(job.queued_at, office.practice_zone())
    count = job.result.get("refused_count", job.aside_count)
    return Shown(
        id=job.pk,
        what="Import",
        says=words[state],
        percent=100 if state == Job.State.DONE else job.percent,
        aside=f"{count:,} refused." if count else "",
        is_over=job.is_over,
        state=job.get_state_display(),
        when=f"{queued:%a} {queued.day} {queued:%b}, {wall_clock(queued)}",
    )


def lines(result: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Each refusal: where in the file, what, why. The file's name is ours and says nothing."""
    return [(_place(origin), what, reason) for origin, what, reason in result.get("refused", [])]


def _place(origin: str) -> str:
    for mark, word in (("#", "Entry"), (":", "Line")):
        _, found, number = origin.rpartition(mark)
        if found:
            return f"{word} {number}"
    return "The file"


def reasons(result: dict[str, Any]) -> list[tuple[str, int]]:
    """How often each reason was given, the most frequent first."""
    return Counter(reason for _, _, reason in result.get("refused", [])).most_common()
