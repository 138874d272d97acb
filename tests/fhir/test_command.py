"""`manage.py import_fhir`, and the sample of three hundred patients."""

import os
import resource
import sys
import tarfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from patients.models import Encounter, Patient
from tests.fhir.conftest import bundle, encounter, person

pytestmark = pytest.mark.django_db

SAMPLE = Path(
    os.environ.get(
        "OFFICE_SAMPLES", Path(__file__).resolve().parents[3] / "shared" / "data"
    )
) / "fhir" / "synthea_r4_2019_300patients.tar.xz"  # fmt: skip


def command(*paths, **options):
    said = StringIO()
    call_command("import_fhir", *map(str, paths), stdout=said, stderr=StringIO(), **options)
    return said.getvalue()


def test_the_command_tells_what_it_did(files, location):
    folder = files(a=bundle(person(), encounter(), {"resourceType": "Claim"}), b="{torn")

    said = command(folder)

    assert Patient.objects.get().locations.get() == location
    assert "refused b.json: This is not JSON" in said
    assert [line.split() for line in said.splitlines() if line.startswith("Patient ")] == [
        ["Patient", "1", "0", "0", "0"]
    ]
    assert "1 not imported yet" in said
    assert "4 resources in" in said


def test_refusals_can_be_only_counted(files, location):
    assert "refused b.json" not in command(files(b="{torn"), quiet_refusals=True)


def test_the_progress_is_shown_to_a_person(files, location, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    shown = StringIO()

    call_command("import_fhir", str(files(a=bundle(person()))), stdout=StringIO(), stderr=shown)

    assert "100%" in shown.getvalue()


def test_a_location_can_be_named(files, location, elsewhere):
    command(files(a=bundle(person())), location="Elsewhere")

    assert Patient.objects.get().locations.get() == elsewhere


@pytest.mark.parametrize("name", ["Nowhere", None])
def test_a_location_must_be_ours(files, db, name):
    with pytest.raises(CommandError, match="none yet"):
        command(files(a=bundle(person())), location=name)


def test_a_path_must_be_there(tmp_path, location):
    with pytest.raises(CommandError, match="There is no"):
        command(tmp_path / "gone.json")


@pytest.fixture
def some_bundles(tmp_path):
    """The first dozen patients of the sample."""
    if not SAMPLE.exists():
        pytest.skip(f"the sample is not at {SAMPLE}")
    with tarfile.open(SAMPLE, "r|xz") as archive:
        for count, member in enumerate(each for each in archive if each.isfile()):
            if count == 12:
                break
            (tmp_path / member.name.rsplit("/", 1)[-1]).write_bytes(
                archive.extractfile(member).read()
            )
    return tmp_path


@pytest.mark.realdata
def test_real_patients_come_with_their_visits_and_twice_is_once(some_bundles, location):
    first = command(some_bundles)
    patients, visits = Patient.objects.count(), Encounter.objects.count()

    second = command(some_bundles)

    assert patients == 12
    assert visits > 100
    assert "refused" not in first.split("created")[0]
    assert (Patient.objects.count(), Encounter.objects.count()) == (patients, visits)
    assert [line.split()[1:3] for line in second.splitlines() if line.startswith("Encounter")] == [
        ["0", "0"]
    ]


@pytest.mark.realdata
@pytest.mark.slow
def test_the_whole_sample_is_imported_in_flat_memory(location):
    if not SAMPLE.exists():
        pytest.skip(f"the sample is not at {SAMPLE}")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    said = command(SAMPLE, quiet_refusals=True)

    counted = {line.split()[0]: line.split()[1:] for line in said.splitlines()[1:5]}
    assert counted == {
        "Encounter": ["8,953", "0", "0", "0"],
        "Organization": ["89", "0", "406", "0"],
        "Patient": ["300", "0", "0", "0"],
        "Practitioner": ["89", "0", "406", "0"],
    }
    assert Patient.objects.exclude(deceased_at=None).count() == 56
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150 * 1024  # KB
