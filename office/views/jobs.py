"""One's own jobs: what runs in the background, how far it is, and how to stop it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from kernel import clock, jobs
from kernel.actors import Actor
from kernel.models import Job
from kernel.policy import page
from office import queries

SHOWN = 30


@page()
def own_jobs(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return render(request, "office/jobs.html", {"jobs": shown_to(actor), "topic": topic_of(actor)})


@page()
def job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One of them: its progress as a fragment, its result as a page."""
    found = _own(request, pk)
    if request.headers.get("HX-Request"):
        return _progress(request, found)
    context = {"job": as_shown(found), "results": _results(found), "topic": topic_of(request.actor)}  # type: ignore[attr-defined]
    return render(request, "office/job.html", context)


@page()
@require_POST
def cancel_job(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask it to stop; what it has done so far is kept."""
    found = _own(request, pk)
    jobs.cancel(found.pk, by=request.actor)  # type: ignore[attr-defined]
    if request.headers.get("HX-Request"):
        return _progress(request, _own(request, pk))
    return redirect("jobs")


def _progress(request: HttpRequest, found: Job) -> HttpResponse:
    context = {"job": as_shown(found), "topics": topic_of(request.actor)}  # type: ignore[attr-defined]
    return render(request, "components/job_progress.html", context)


def _own(request: HttpRequest, pk: UUID) -> Job:
    found = Job.objects.filter(pk=pk, owner_id=request.actor.id).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def shown_to(actor: Actor, limit: int = SHOWN) -> list[dict[str, Any]]:
    """The newest jobs of an actor, ready for components/job_progress.html."""
    rows = Job.objects.filter(owner_id=actor.id).order_by("-queued_at", "-id")[:limit]
    return [as_shown(row) for row in rows]


def topic_of(actor: Actor) -> str:
    assert actor.id is not None
    return jobs.topic(actor.id)


def as_shown(row: Job) -> dict[str, Any]:
    return {
        "id": row.pk,
        "what": jobs.label(row.kind),
        "says": _says(row),
        "percent": 100 if row.state == Job.State.DONE else row.percent,
        "aside": f"{row.aside_count:,} set aside." if row.aside_count else "",
        "cancel_url": "" if row.is_over else reverse("job-cancel", args=[row.pk]),
        "result_url": reverse(jobs.page(row.kind), args=[row.pk]) if row.is_over else "",
        "url": reverse("job", args=[row.pk]),
    }


def _says(row: Job) -> str:
    if row.wants_cancel and not row.is_over:
        return "Stopping"
    if row.state != Job.State.RUNNING:
        at = row.finished_at or row.queued_at
        zone = queries.practice_zone()
        local, today = clock.local(at, zone), clock.today(timezone.now(), zone)
        when = f"{local:%-I:%M %p}".lower() if local.date() == today else f"{local.day} {local:%b}"
        return f"{row.get_state_display()}, {when}"
    if not row.total_count:
        return f"{row.done_count:,} so far"
    return f"{row.done_count:,} of {row.total_count:,}{_left(row)}"


def _left(row: Job) -> str:
    """How long it will take at the pace so far; nothing while that is a guess."""
    if not row.started_at or row.done_count < 10:
        return ""
    spent = (timezone.now() - row.started_at).total_seconds()
    seconds = spent / row.done_count * (row.total_count - row.done_count)
    return f", about {round(seconds)} s" if seconds < 90 else f", about {round(seconds / 60)} min"


def _results(row: Job) -> list[tuple[str, Any]]:
    """What the job brought: counts first, then lists of what it set aside."""
    named = [(name.replace("_", " ").capitalize(), value) for name, value in row.result.items()]
    return sorted(named, key=lambda pair: isinstance(pair[1], list | dict))
