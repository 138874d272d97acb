"""One's own jobs: how far they are, how to stop them, what they brought."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kernel import jobs
from kernel.models import Job
from office.roles import Role
from tests.factories import UserFactory, actor_of

pytestmark = pytest.mark.django_db

HX = {"HX-Request": "true"}


@pytest.fixture
def biller(signed_in, location):
    return signed_in(Role.BILLER, location)


@pytest.fixture(autouse=True)
def copying():
    jobs.kind("tests.copy", "Copy the statements")(lambda progress, **_: {"copied": 3})
    yield
    jobs._kinds.pop("tests.copy")


@pytest.fixture
def job(biller):
    return jobs.start("tests.copy", by=actor_of(biller.user))


def test_a_job_shows_its_name_and_that_it_waits(biller, job):
    page = biller.get("/jobs/").content.decode()

    assert "Copy the statements" in page
    assert "Waiting" in page


def test_progress_says_how_much_of_what_and_how_long_it_takes(biller, job):
    Job.objects.filter(pk=job.pk).update(
        state="running", done_count=3120, total_count=5000, aside_count=48,
        started_at=timezone.now() - timedelta(seconds=60),
    )  # fmt: skip

    fragment = biller.get(f"/jobs/{job.pk}/", headers=HX).content.decode()

    assert "3,120 of 5,000, about 36 s" in fragment
    assert "48 set aside." in fragment
    assert 'aria-valuenow="62"' in fragment


def test_a_waiting_job_is_canceled_at_once(biller, job):
    answer = biller.post(f"/jobs/{job.pk}/cancel/", headers=HX)

    assert "Canceled" in answer.content.decode()
    assert jobs.work_off() == 0


def test_a_running_job_is_asked_to_stop(biller, job):
    Job.objects.filter(pk=job.pk).update(state="running")

    assert "Stopping" in biller.post(f"/jobs/{job.pk}/cancel/", headers=HX).content.decode()


def test_what_it_brought_is_a_page(biller, job):
    jobs.work_off()

    page = biller.get(f"/jobs/{job.pk}/").content.decode()
    assert "Copied" in page
    assert "100" in page


def test_the_start_page_shows_the_newest(biller, job):
    assert "Copy the statements" in biller.get("/").content.decode()


def test_jobs_of_others_do_not_exist(biller, location):
    theirs = jobs.start("tests.copy", by=actor_of(UserFactory()))

    assert "Copy the statements" not in biller.get("/jobs/").content.decode()
    assert biller.get(f"/jobs/{theirs.pk}/").status_code == 404
    assert biller.post(f"/jobs/{theirs.pk}/cancel/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "queued"


def test_without_scripts_cancel_leads_back(biller, job):
    assert biller.post(f"/jobs/{job.pk}/cancel/")["Location"] == "/jobs/"
