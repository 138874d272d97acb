"""What is written beside the pages says nothing of anybody: the cache, the logs, the words to open pages, the queue."""

import logging

import pytest
from django.core.cache import cache
from django.db import transaction

from kernel import doorbell
from kernel.models import OutboxEvent
from tests.authorization import declared, matrix, watching


@pytest.fixture
def said(monkeypatch):
    """The words that would go to open pages."""
    words = []
    monkeypatch.setattr(doorbell, "tell_after_commit", lambda channel, word: words.append(word))
    return words


def canaries(world):
    return [each.word for each in world.canaries]


def found_in(text, words):
    return sorted({word for word in words if word in text.lower()})


def test_doing_everything_leaves_no_word_in_cache_log_stream_or_queue(world, said, caplog):
    caplog.set_level(logging.DEBUG)
    cells = [
        cell
        for route in matrix.asked_routes()
        for cell in matrix.cells_of(route, world.everybody(), ["post"], ["own"])
        if not cell.body.endswith("there")
    ]
    queued = []
    for cell in cells:
        with watching.undone():
            matrix.send(world, cell)
            queued += map(str, OutboxEvent.objects.values_list("topic", "payload"))

    words = canaries(world)
    assert found_in("\n".join(said), words) == []
    assert found_in("\n".join(queued), words) == []
    assert found_in("\n".join(record.getMessage() for record in caplog.records), words) == []
    assert found_in(_everything_cached(), words) == []
    assert said, "nothing was announced: nothing was tried"
    assert queued, "nothing was queued: nothing was tried"


def _everything_cached():
    """Keys and values of this run's own database of the broker, sessions among them."""
    client = cache._cache.get_client()
    keys = list(client.scan_iter(count=1000))
    values = [client.get(key) for key in keys if client.type(key) == b"string"]
    return "\n".join(
        each.decode(errors="replace") for each in [*keys, *filter(None, values)] if each
    )


def test_a_denied_request_leaves_every_table_as_it_was(world):
    """For once nothing is undone: the tables are compared before and after all the denied requests together."""
    person = world.having([], "who has no right at all")
    cells = [
        cell
        for route in matrix.asked_routes()
        for cell in matrix.cells_of(route, person, ["post"], ["own"])
        if matrix.expected(world, cell).outcome != "open"
    ]
    for cell in cells:
        declared.path(cell.route, world, person, cell.relation)  # makes what the address names
    before = watching.contents()

    with transaction.atomic():
        for cell in cells:
            matrix.send(world, cell)

    assert watching.contents() == before
    assert len(cells) > 100
