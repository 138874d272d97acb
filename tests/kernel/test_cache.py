"""The cache may go away or hang at any time: pages become slower for a moment, never wrong."""

import socket
import time

import pytest

from kernel import cache as house_cache
from kernel.cache import HouseCache


@pytest.fixture(autouse=True)
def _no_earlier_trouble(monkeypatch):
    monkeypatch.setattr(house_cache, "_away_until", 0.0)


@pytest.fixture
def hanging():
    """It takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        where = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        yield HouseCache(where, {"OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3}})


@pytest.fixture
def gone():
    return HouseCache("redis://127.0.0.1:1/0", {})


def test_without_a_server_everything_is_a_miss(gone):
    gone.set("a", 1)
    gone.delete("a")

    assert gone.get("a", "nothing") == "nothing"
    assert gone.get_many(["a"]) == {}
    assert gone.add("a", 1) is False
    assert not gone.has_key("a")


def test_a_server_that_hangs_is_waited_for_once_and_not_at_every_question(hanging):
    hanging.get("a")
    began = time.monotonic()

    for _ in range(20):
        hanging.get("a")

    assert time.monotonic() - began < 0.2


def test_it_is_asked_again_when_the_moment_is_over(hanging, monkeypatch):
    hanging.get("a")
    monkeypatch.setattr(house_cache, "_away_until", 0.0)
    began = time.monotonic()

    hanging.get("a")

    assert time.monotonic() - began >= 0.25
