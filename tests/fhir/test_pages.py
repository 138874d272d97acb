"""Importing by the page: send a file, watch it, read the report."""

import json
import os
import time
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from access import grants
from fhir import actions
from fhir import jobs as fhir_jobs
from fhir.actions.uploading import folder
from kernel import jobs
from kernel.models import AuditEvent, Job
from kernel.refusals import OutOfScope
from office.roles import Role
from patients.models import Patient, PatientLocation
from tests import factories
from tests.fhir.conftest import bundle, encounter, person

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
PAGE = "/import/fhir/"


@pytest.fixture(autouse=True)
def _own_data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def admin(signed_in, location):
    return signed_in(Role.ADMINISTRATOR, location)


@pytest.fixture
def send(admin, location):
    def perform(content=None, name="patients.json", **changes):
        body = (
            content
            if isinstance(content, bytes)
            else json.dumps(content or bundle(person())).encode()
        )
        typed = {"location": location.pk, "source": "north", "file": SimpleUploadedFile(name, body)}
        return admin.post(PAGE, typed | changes)

    return perform


def uploads():
    return list(folder().iterdir())


def test_a_file_is_sent_and_worked_off(send, admin, location):
    answer = send(bundle(person(), encounter(subject={"reference": "Patient/p9"})))

    job = Job.objects.get()
    assert answer.url == reverse("fhir:import", args=[job.pk])
    (kept,) = uploads()
    assert kept.name != "patients.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "every 2s" in admin.get(answer.url).text

    assert jobs.work_off() == 1

    page = admin.get(answer.url).text
    assert PatientLocation.objects.get().location == location
    for words in (
        "Import: done",
        "Patient",
        "Encounter",
        "Refused",
        "not all of that is in these files",
    ):
        assert words in page, words
    assert "every 2s" not in page
    assert uploads() == []
    assert Patient.objects.get().source == "north"
    event = AuditEvent.objects.get(action="fhir.import_batch", subject_kind="patients.patient")
    assert event.actor_id == admin.user.pk


def test_the_page_lists_ones_own_imports_only(send, admin, signed_in, location, client):
    job_page = send().url
    assert job_page in admin.get(PAGE).text
    other = signed_in(factories.UserFactory(role=Role.ADMINISTRATOR, at=[location]))

    assert job_page not in other.get(PAGE).text
    for name in ("import", "progress"):
        assert other.get(reverse(f"fhir:{name}", args=[Job.objects.get().pk])).status_code == 404
    assert other.post(reverse("fhir:cancel", args=[Job.objects.get().pk])).status_code == 404


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": "patients.xml"}, "Choose a .json or .ndjson file."),
        ({"name": "patients.tar.xz"}, "Choose a .json or .ndjson file."),
        ({"file": ""}, "This field is required"),
        ({"content": b""}, "The submitted file is empty"),
        ({"location": "/etc/passwd"}, "Select a valid choice"),
        ({"source": ""}, "This field is required"),
        ({"source": "x" * 61}, "at most 60"),
    ],
)
def test_what_is_no_file_of_ours_is_refused(send, changes, sentence):
    answer = send(**changes)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Job.objects.exists()
    assert uploads() == []


def test_a_file_that_is_too_large_is_refused(send, settings):
    settings.UPLOAD_MAX_BYTES = 10

    answer = send()

    assert answer.status_code == 422
    assert "larger than" in answer.text


def test_what_lies_about_its_size_is_refused_too(location, settings):
    from fhir import actions
    from kernel.refusals import Invalid

    settings.UPLOAD_MAX_BYTES = 10
    by = factories.actor(Role.ADMINISTRATOR, location)
    asked = {"location": location, "source": "north", "by": by}

    with pytest.raises(Invalid, match="larger than"):
        actions.start_import(chunks=[b"x" * 6] * 2, suffix=".json", **asked)
    with pytest.raises(Invalid, match=r"Choose a \.json"):
        actions.start_import(chunks=[], suffix=".exe", **asked)

    assert uploads() == []
    assert not Job.objects.exists()


def test_the_action_may_still_refuse(send, monkeypatch):
    from fhir.views import imports
    from kernel.refusals import Invalid

    def refuse(**asked):
        raise Invalid("The disk is full.", field="file")

    refuse.act = imports.actions.start_import.act
    monkeypatch.setattr(imports.actions, "start_import", refuse)

    answer = send()

    assert answer.status_code == 422
    assert "The disk is full." in answer.text


def test_nobody_else_imports(signed_in, location):
    for role in (Role.MANAGER, Role.FRONT_DESK):
        client = signed_in(factories.UserFactory(role=role, at=[location]))
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {}).status_code == 403


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get(PAGE).status_code == 302


def test_an_import_that_waits_is_canceled_at_once(send, admin):
    send()
    job = Job.objects.get()

    assert admin.post(reverse("fhir:cancel", args=[job.pk])).url == reverse(
        "fhir:import", args=[job.pk]
    )

    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_running_import_stops_after_its_batch_and_tells_what_it_did(send, admin, monkeypatch):
    monkeypatch.setattr("fhir.importer.BATCH", 1)
    send(bundle(*(person(id=f"p{n}") for n in range(5))))
    job = Job.objects.get()
    reported = jobs.Progress.report

    def cancel_meanwhile(self, *args, **kwargs):
        Job.objects.filter(pk=job.pk).update(state="running")
        assert "Stopping after this batch" in admin.post(
            reverse("fhir:cancel", args=[job.pk]), **HTMX
        ).text  # fmt: skip
        self._last -= jobs.timedelta(seconds=9)
        reported(self, *args, **kwargs)

    monkeypatch.setattr(jobs.Progress, "report", cancel_meanwhile)

    jobs.work_off()

    job.refresh_from_db()
    assert (job.state, Patient.objects.count()) == ("cancelled", 1)
    assert job.result["kinds"][0]["created"] == 1
    assert uploads() == []
    assert "Import: canceled" in admin.get(reverse("fhir:progress", args=[job.pk])).text


def test_a_job_that_somebody_else_took_up_leaves_the_file(send, monkeypatch):
    send()

    def lost(self, *args, **kwargs):
        raise jobs.LeaseLost

    monkeypatch.setattr(jobs.Progress, "report", lost)
    jobs.work_off()

    assert len(uploads()) == 1


def test_rights_that_are_gone_import_nothing(send, admin):
    send()
    admin.user.is_active = False
    admin.user.save()

    jobs.work_off()

    assert Job.objects.get().state == "failed"
    assert not Patient.objects.exists()


def test_uploads_that_nobody_took_are_swept_away(location):
    old, new = folder() / "old.json", folder() / "new.json"
    for path in (old, new):
        path.write_text("{}")
    long_ago = time.time() - 3 * 24 * 3600
    os.utime(old, (long_ago, long_ago))

    fhir_jobs.sweep()

    assert uploads() == [new]


def test_a_report_says_where_in_the_file(send, admin):
    send(b"\n{torn", name="patients.ndjson")
    send(b"{torn")

    jobs.work_off()

    pages = [admin.get(reverse("fhir:import", args=[job.pk])).text for job in Job.objects.all()]
    assert any("Line 2" in page for page in pages)
    assert any("The file" in page for page in pages)


def test_ones_jobs_lead_to_the_report(send, admin):
    report = send().url
    jobs.work_off()

    assert report in admin.get("/jobs/").text


def test_nobody_imports_into_a_location_where_they_do_not_work(send, admin, elsewhere):
    assert send(location=elsewhere.pk).status_code == 422

    with pytest.raises(OutOfScope):
        actions.start_import(
            chunks=[b"{}"], suffix=".json", location=elsewhere, source="north",
            by=grants.look(admin.user.pk).actor(),
        )  # fmt: skip

    assert not Job.objects.exists()
    assert not uploads()


@pytest.mark.parametrize(
    "name",
    [
        "../../../../etc/passwd.json",
        "..\\..\\boot.json",
        "/etc/cron.d/x.json",
        "a\x00b.json",
        "%2e%2e%2fx.json",
        "CON.json",
    ],
)
def test_a_file_s_name_says_nothing_about_where_it_is_kept(send, settings, name):
    """Kept under an id of ours; the name is shown at most."""
    send(name=name)

    outside = [
        each for each in settings.DATA_DIR.rglob("*") if each.is_file() and each.parent != folder()
    ]
    assert outside == []
    [kept] = uploads()
    assert UUID(kept.stem)
    assert kept.suffix == ".json"
