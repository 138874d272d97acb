"""A file comes in by the page: kept under a name of ours, and worked off by a job."""

import os
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from fhir.report import JOB
from kernel import acts, jobs
from kernel.actors import Actor
from kernel.acts import act
from kernel.models import Job
from kernel.models.base import new_id
from kernel.refusals import Invalid
from office.models import Location
from patients.permissions import Permission

SUFFIXES = (".json", ".ndjson")


def folder() -> Path:
    """Where uploads wait for their job; nobody but this program reads there."""
    place = Path(settings.DATA_DIR) / "uploads"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


@act(permission=Permission.IMPORT_PATIENTS, scope=lambda asked: asked["location"])
def start_import(
    *, chunks: Iterable[bytes], suffix: str, location: Location, source: str, by: Actor
) -> Job:
    """
    Keep an uploaded file and queue its import; the file goes when the job is over.

    :raises Invalid: not a kind of file we read, or larger than allowed
    """
    if suffix not in SUFFIXES:
        raise Invalid("Choose a .json or .ndjson file.", field="file")
    path = folder() / f"{new_id()}{suffix}"
    try:
        _write(path, chunks)
        job = jobs.start(JOB, by=by, name=path.name, location_id=str(location.pk), source=source)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    acts.note(job)
    return job


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    size = 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.UPLOAD_MAX_BYTES:
                limit = settings.UPLOAD_MAX_BYTES >> 20
                raise Invalid(f"The file is larger than {limit} MB.", field="file")
            out.write(chunk)
