"""After a commit the workers are rung; a broker that is away or hangs neither fails an act nor holds it up."""

import socket
import time

import pytest
from django.db import transaction

from kernel import doorbell, tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rung(monkeypatch):
    """How often the workers were rung; the doorbell has forgotten earlier trouble."""
    calls = []
    monkeypatch.setattr(doorbell, "_client", None)
    monkeypatch.setattr(doorbell, "_away_until", 0.0)
    monkeypatch.setattr(doorbell, "_ring", lambda: calls.append("ring"))
    return calls


@pytest.fixture
def silent_broker(settings):
    """It takes connections and never answers, as a paused one does."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield


def act():
    """Seconds an act takes that rings and tells open pages."""
    began = time.monotonic()
    with transaction.atomic():
        doorbell.ring_after_commit()
        doorbell.tell_after_commit("changes", "visits")
    return time.monotonic() - began


def test_the_workers_are_rung_once_a_transaction_and_only_after_it(rung):
    with transaction.atomic():
        doorbell.ring_after_commit()
        doorbell.ring_after_commit()
        assert rung == []

    assert rung == ["ring"]


def test_a_broker_that_is_gone_is_not_waited_for(rung, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert act() < 2
    assert rung == []


def test_a_broker_that_hangs_holds_up_one_act_for_a_moment_and_the_next_not_at_all(
    rung, silent_broker
):
    assert act() < 3
    assert act() < 0.2
    assert rung == []


def test_it_is_tried_again_later(rung, settings):
    there = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    act()
    settings.REDIS_URL = there
    doorbell._client, doorbell._away_until = None, 0.0

    act()

    assert rung == ["ring"]


def test_celery_is_not_waited_for_either(settings, monkeypatch):
    """Its own way to the broker: another error, and six seconds of trying unless told otherwise."""
    app = tasks.work.app
    monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    began = time.monotonic()

    tasks.ring()

    assert time.monotonic() - began < 3
