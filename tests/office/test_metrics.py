"""`/metrics`: for who has the token; the figures of all web processes, and of Postgres at this moment."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
import redis
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from kernel import counters, doorbell
from kernel.models import Delivery, Job, OutboxEvent
from launch.paths import ROOT
from office.roles import Role

TOKEN = "a token of forty-two letters"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def token(settings):
    settings.METRICS_TOKEN = TOKEN
    counters._waiting.clear()
    doorbell.client().delete(counters.KEY)
    yield
    counters.flush()
    doorbell.client().delete(counters.KEY)


def figures(client):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"office_\w+(\{[^{}]*\})? [\d.e+-]+", line) for line in lines)
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", TOKEN + "x"])
def test_without_the_token_there_is_no_such_page(client, settings, given):
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": f"Bearer {given}"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_what_waits_in_postgres_is_counted_when_asked(client, signed_in, location):
    signed_in(Role.MANAGER, location)
    event = OutboxEvent.objects.create(topic="tried")
    late = timezone.now() - timedelta(seconds=90)
    Delivery.objects.create(event=event, subscriber="a", due_at=late)
    Delivery.objects.create(event=event, subscriber="b", state="stuck")
    Job.objects.create(kind="x", owner_id=client.user.pk, owner_name="x")

    now = figures(client)

    assert now['office_deliveries{state="due"}'] == 1
    assert now['office_deliveries{state="stuck"}'] == 1
    assert now["office_deliveries_oldest_due_seconds"] == pytest.approx(90, abs=60)
    assert now['office_jobs{state="queued"}'] == 1
    assert now["office_sessions"] >= 1
    assert now["office_database_bytes"] > 1_000_000
    assert now['office_up{part="database"}'] == now['office_up{part="broker"}'] == 1


def test_requests_of_all_processes_are_one_count(client, location):
    code = (
        "import django; django.setup(); from kernel import counters\n"
        "for _ in range(3): counters.note_request('health-live', 'GET', 200, 0.02)\n"
    )  # and it ends: what it had counted is not lost
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, check=True)
    client.get("/health/live")

    now = figures(client)

    assert now['office_requests_total{route="health-live",method="GET",status="200"}'] == 4
    assert now['office_request_seconds_bucket{route="health-live",le="+Inf"}'] == 4
    assert now['office_request_seconds_bucket{route="health-live",le="0.01"}'] <= 1
    assert 0.06 <= now['office_request_seconds_sum{route="health-live"}'] < 5


def test_names_are_routes_of_the_code_and_nothing_of_an_address(client, location):
    client.get("/patients/Zebrafinch/?find=Zebrafinch")
    client.generic("ZEBRAFINCH", "/nowhere/")

    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert "zebrafinch" not in answer.text.lower()
    assert 'route="none",method="OTHER",status="405"' in answer.text


def test_a_broker_that_is_away_is_a_figure_too(client, db, monkeypatch):
    with monkeypatch.context() as meanwhile:
        nobody = redis.Redis(port=1, retry=Retry(NoBackoff(), 0))
        meanwhile.setattr(doorbell, "_client", nobody)

        now = figures(client)

    assert now['office_up{part="broker"}'] == 0
    assert now['office_up{part="database"}'] == 1


def test_ready_says_no_while_the_server_is_about_to_end(client, settings, tmp_path):
    settings.DRAIN_FILE = str(tmp_path / "draining")
    assert client.get("/health/ready").status_code == 200

    (tmp_path / "draining").touch()

    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["drain"]) == (503, "ending")
    assert client.get("/health/live").status_code == 200
