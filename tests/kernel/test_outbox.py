"""The outbox: a fact and its deliveries are written together, and each delivery is done once, or waits for a person."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from kernel import durable, outbox
from kernel.models import Delivery, OutboxEvent

TOPIC = "tests.bell_rang"


@pytest.fixture
def heard(monkeypatch):
    """What a subscriber of the tests' topic was told; it fails while `heard.broken` is set."""

    class Heard(list):
        broken = False

        def listen(self, *, number, **_added_later):
            if self.broken:
                raise RuntimeError("the bell is broken")
            self.append(number)

    heard = Heard()
    monkeypatch.setitem(outbox._topics, TOPIC, ["tests.bell"])
    monkeypatch.setitem(outbox._subscribers, "tests.bell", heard.listen)
    return heard


def ring(*numbers):
    with transaction.atomic():
        for number in numbers:
            outbox.publish(TOPIC, number=number)


def test_a_fact_is_published_only_in_the_transaction_that_makes_it_true(transactional_db):
    with pytest.raises(RuntimeError, match="outside a transaction"):
        outbox.publish(TOPIC, number=1)


def test_what_is_rolled_back_was_never_published(db, heard):
    def fail():
        with transaction.atomic():
            outbox.publish(TOPIC, number=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert not OutboxEvent.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_each_subscriber_is_told_once(heard):
    ring(1, 2, 3)

    assert outbox.work_off() == 3
    assert outbox.work_off() == 0
    assert heard == [1, 2, 3]
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 1)}


@pytest.mark.django_db(transaction=True)
def test_one_failure_never_ends_the_loop_and_is_tried_again_later(heard, monkeypatch):
    ring(1, 2)
    heard.broken = True
    assert outbox.work_off() == 0
    heard.broken = False

    assert outbox.work_off() == 0  # not yet: it was put back for some seconds
    Delivery.objects.update(due_at=Now())
    assert outbox.work_off() == 2
    assert sorted(heard) == [1, 2]
    assert set(Delivery.objects.values_list("last_error", flat=True)) == {""}


@pytest.mark.django_db(transaction=True)
def test_after_the_last_attempt_a_delivery_waits_for_a_person(heard):
    ring(1)
    heard.broken = True
    for _ in range(outbox.MAX_ATTEMPTS):
        Delivery.objects.update(due_at=Now())
        outbox.work_off()
    heard.broken = False
    Delivery.objects.update(due_at=Now())

    assert outbox.work_off() == 0
    assert Delivery.objects.get().state == Delivery.State.STUCK
    assert Delivery.objects.get().last_error == "RuntimeError"


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_ends_its_worker_each_time_is_set_aside(heard):
    """Killed workers never say that they failed: the count of claims does."""
    ring(1)
    Delivery.objects.update(attempts=outbox.MAX_ATTEMPTS)

    assert outbox.work_off() == 0
    assert heard == []
    stuck = Delivery.objects.get()
    assert (stuck.state, stuck.last_error) == ("stuck", "The worker ended each time.")


@pytest.mark.django_db(transaction=True)
def test_work_and_receipt_commit_together(heard, monkeypatch):
    """The work is undone with a receipt that could not be written, and done again."""
    ring(1)
    real, calls = Delivery.save, []

    def save(self, *args, **how):
        calls.append(self.pk)
        if len(calls) == 1:
            raise RuntimeError("the power went")
        return real(self, *args, **how)

    def work(*, number, **_added_later):
        OutboxEvent.objects.create(topic="tests.done", payload={"number": number})

    monkeypatch.setitem(outbox._subscribers, "tests.bell", work)
    monkeypatch.setattr(Delivery, "save", save)
    assert outbox.work_off() == 0
    assert not OutboxEvent.objects.filter(topic="tests.done").exists()
    Delivery.objects.update(due_at=Now())
    assert outbox.work_off() == 1
    assert OutboxEvent.objects.filter(topic="tests.done").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_lease_that_ran_out_is_taken_over_and_the_late_worker_does_nothing(heard):
    ring(1)
    late = outbox._claim()
    Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))

    assert outbox.work_off() == 1
    assert outbox._deliver(*late) is False
    assert heard == [1]


@pytest.mark.django_db(transaction=True)
def test_a_lease_keeps_others_away(heard):
    ring(1)
    outbox._claim()

    assert outbox.work_off() == 0
    assert heard == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_tell_each_thing_once(heard):
    ring(*range(60))
    together = threading.Barrier(4, timeout=10)

    def worker():
        together.wait()
        try:
            outbox.work_off()
        finally:
            connection.close()

    workers = [threading.Thread(target=worker) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()

    assert sorted(heard) == list(range(60))


@pytest.mark.django_db(transaction=True)
def test_a_delivery_is_durable_by_itself(heard, monkeypatch):
    """The subscriber's acts join the delivery's transaction."""
    seen = []
    monkeypatch.setitem(
        outbox._subscribers, "tests.bell", lambda **_: seen.append(durable.is_inside())
    )
    ring(1)

    outbox.work_off()

    assert seen == [True]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "skew", [timedelta(minutes=5), timedelta(days=1), timedelta(days=-1)], ids=str
)
def test_the_clock_of_the_workers_machine_does_not_matter(heard, skew):
    """What is due, and whose lease holds, is judged by the database's clock."""
    ring(1)
    with time_machine.travel(datetime.now(UTC) + skew):
        claimed = outbox._claim()
        assert outbox.work_off() == 0  # leased: also where it is tomorrow already
        assert outbox._deliver(*claimed) is True
        ring(2)
        assert outbox.work_off() == 1

    assert heard == [1, 2]
    late = Delivery.objects.filter(finished_at__lt=F("due_at"))
    assert not late.exists()
