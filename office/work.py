"""What waits for who runs the office: jobs that failed, deliveries that gave up, workers that fell silent."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count
from django.urls import reverse

from kernel import pulse, work
from kernel.actors import Actor
from kernel.models import Delivery, Job
from kernel.work import WorkItem
from office.permissions import Permission

BACK = timedelta(days=7)


@work.source(Permission.VIEW_JOBS)
def failed_jobs(_actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Of the last seven days, one line each."""
    rows = Job.objects.filter(state=Job.State.FAILED, finished_at__gt=at - BACK)
    return [
        WorkItem(
            what=f"A job failed: {job.kind.replace('.', ' ').replace('_', ' ')}",
            why=f"{job.note or 'It stopped without a word.'} Started by {job.owner_name}.",
            verb="Open job",
            url=reverse("job", args=[job.pk]),
            icon="refresh",
            severity="look",
            rank=50,
        )
        for job in rows.order_by("-finished_at", "pk")
    ]


@work.source(Permission.CONFIGURE_OFFICE)
def stuck_deliveries(_actor: Actor, _at: datetime) -> Iterable[WorkItem]:
    """One line for each room that could not take up what another one told it."""
    rows = (
        Delivery.objects.filter(state=Delivery.State.STUCK)
        .values_list("subscriber").annotate(count=Count("pk")).order_by("subscriber")
    )  # fmt: skip
    return [
        WorkItem(
            what=f"{count} {'notice is' if count == 1 else 'notices are'} stuck",
            why=f"“{subscriber}” failed again and again; nothing is lost. Whoever runs the machine can see why.",
            verb="Open panel",
            url=reverse("admin:index"),
            icon="plug-connected-x",
            severity="act",
            rank=15,
        )
        for subscriber, count in rows
    ]


@work.source(Permission.VIEW_JOBS)
def silent_workers(_actor: Actor, _at: datetime) -> Iterable[WorkItem]:
    """Asked of Postgres, so that it is seen also when the broker is what fell silent."""
    seen = pulse.read()
    gone = seen.worker is not None and seen.worker_is_silent
    if not (gone or seen.is_late):
        return []
    minutes = max(seen.worker or 0, seen.oldest_due or 0) // 60
    since = f"for {minutes:.0f} minutes" if minutes > 1 else "for a minute"
    return [
        WorkItem(
            what="Nobody works behind the pages",
            why=f"Notices and long jobs have waited {since}. Nothing is lost: they go on when a worker is back. "
            "Whoever runs the machine can start it again.",
            verb="See jobs",
            url=reverse("jobs"),
            icon="plug-connected-x",
            severity="act",
            rank=5,
        )
    ]
