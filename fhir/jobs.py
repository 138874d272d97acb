"""The import as a job: with progress, a cancel that is honored, and a result to read."""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from access import grants
from fhir.actions.uploading import folder
from fhir.importer import Importer
from fhir.reading import Progress as Reading
from fhir.report import JOB, Report
from kernel import jobs
from kernel.jobs import JobCancelled, LeaseLost, Progress
from kernel.models import Job
from kernel.refusals import Forbidden
from kernel.tasks import chore
from office.models import Location

STEPS = 1000  # of a progress bar
FORGOTTEN_AFTER = timedelta(days=2)


def run(
    progress: Progress,
    *,
    owner_id: UUID,
    name: str,
    location_id: str,
    source: str,
    **_added_later: Any,
) -> Mapping[str, Any]:
    """Import an uploaded file for whoever sent it, with the rights they have now."""
    standing = grants.standing(owner_id)
    if standing is None or not standing.is_active:
        raise Forbidden("The account that sent the file is closed.")
    path = folder() / name
    report = Report()
    importer = Importer(
        location=Location.objects.ours().get(pk=location_id),
        at=timezone.now(),
        by=standing.actor(),
        source=source,
        report=report,
    )

    def hear(reading: Reading, so_far: Report) -> None:
        note = f"{so_far.read:,} resources read"
        progress.report(int(reading.share * STEPS), STEPS, aside=so_far.refused_count, note=note)

    try:
        importer.run([path], hear)
    except LeaseLost:
        raise  # another worker reads the file now
    except JobCancelled:
        path.unlink(missing_ok=True)
        Job.objects.filter(pk=progress.job.pk).update(result=report.as_result())
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    return report.as_result()


def sweep() -> None:
    """Uploads whose job never came, or died for good: patients' data does not lie about."""
    oldest = time.time() - FORGOTTEN_AFTER.total_seconds()
    for path in folder().iterdir():
        if path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)


def register() -> None:
    jobs.kind(JOB, "Import of a FHIR file", page="fhir:import")(run)
    chore(sweep)
