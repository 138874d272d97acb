"""
The house asks nobody outside: no address that somebody types, sends or imports is ever opened (plan A-42).

Whatever opens a socket in this process is heard, and a real server listens at the address that is typed
everywhere. Every day the whole corpus is watched like this (test_corpora.py). Outside stands a mail server, by
settings, and nothing else.
"""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

import pytest

from tests.robustness import corpus
from tests.robustness.connecting import connections, strangers
from tests.robustness.test_corpora import office, try_addresses, try_api, try_forms  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def canary():
    """A server that counts who comes."""
    came = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            came.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}).start()
        server.came, server.url = came, f"http://127.0.0.1:{server.server_port}/canary"
        yield server
        server.shutdown()


@pytest.fixture
def typed_everywhere(canary, monkeypatch):
    """The canary's address as itself, as a picture, and as what XML would fetch."""
    values = {
        "address": canary.url,
        "picture": f'<img src="{canary.url}"><link rel=stylesheet href="{canary.url}">',
        "entity": f'<!DOCTYPE a [<!ENTITY b SYSTEM "{canary.url}">]><a>&b;</a>',
    }
    for name in ("IN_FORMS", "EVERYTHING", "TEXTS"):
        monkeypatch.setattr(corpus, name, values)


@pytest.mark.slow
def test_no_address_in_any_field_is_opened(office, canary, typed_everywhere):  # noqa: F811
    with connections() as heard:
        try_forms(office)
        try_addresses(office)
        try_api(office)

    assert strangers(heard) == set()
    assert canary.came == []


def test_nor_one_in_a_header(office, canary):  # noqa: F811
    names = (
        "Referer",
        "Origin",
        "X-Forwarded-Host",
        "X-Original-URL",
        "HX-Current-URL",
        "X-HTTP-Destinationurl",
    )
    with connections() as heard:
        for name in names:
            office["manager"].get("/", headers={name: canary.url})
            office["manager"].post("/palette", {"q": "a"}, headers={name: canary.url})

    assert strangers(heard) == set()
    assert canary.came == []


def test_the_canary_hears_who_does_come(canary):
    with connections() as heard:
        urlopen(canary.url).close()

    assert canary.came == ["/canary"]
    assert ("127.0.0.1", canary.server_port) in heard
