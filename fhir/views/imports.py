"""Importing a FHIR file by the page: send it, watch it, read what was refused and why."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from access import place
from fhir import actions, queries
from fhir.forms import ImportForm
from kernel import jobs
from kernel.policy import page
from kernel.refusals import Invalid
from patients.permissions import Permission

LISTED = 10


@page(act=actions.start_import, takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: Any) -> HttpResponse:
    """Send a file; below it one's imports so far."""
    here = place.current(request)
    form = ImportForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        locations=place.choices(request.actor),
        initial={"location": str(here.pk) if here else ""},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                job = actions.start_import(by=request.actor, **form.upload())
            except Invalid as refusal:
                form.refuse(refusal)
            else:
                return redirect("fhir:import", job.pk)
    rows = [queries.shown(job) for job in queries.imports_of(request.actor)[:LISTED]]
    return render(request, "fhir/imports.html", {"form": form, "jobs": rows}, status=status)


@page(permission=Permission.IMPORT_PATIENTS)
def one(request: Any, job_id: UUID) -> HttpResponse:
    """One import: how far it is, then what it did."""
    return render(request, "fhir/import.html", _report(request, job_id))


@page(permission=Permission.IMPORT_PATIENTS, background=True)
def progress(request: Any, job_id: UUID) -> HttpResponse:
    """The part that asks again every two seconds, until the import is over."""
    return render(request, "fhir/_report.html", _report(request, job_id))


@page(permission=Permission.IMPORT_PATIENTS)
@require_POST
def cancel(request: Any, job_id: UUID) -> HttpResponse:
    """Stop after the batch that is being written; what was imported stays."""
    job = get_object_or_404(queries.imports_of(request.actor), pk=job_id)
    with transaction.atomic():
        jobs.cancel(job.pk, by=request.actor)
    if request.htmx:
        return render(request, "fhir/_report.html", _report(request, job_id))
    return redirect("fhir:import", job_id)


def _report(request: Any, job_id: UUID) -> dict[str, Any]:
    job = get_object_or_404(queries.imports_of(request.actor), pk=job_id)
    return {
        "job": queries.shown(job),
        "stopping": job.wants_cancel and not job.is_over,
        "result": job.result,
        "reasons": queries.reasons(job.result),
        "lines": queries.lines(job.result),
    }
