"""The event stream: a real server process, a real broker, real sessions."""

import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection, transaction

from access import actions
from access.models import User
from kernel import live
from kernel.actors import Actor
from launch import office, processes
from office.roles import Role

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 2.0


class Page:
    """An open page: reads the stream in a thread."""

    opened = []

    def __init__(self, port, cookie, origin="http://localhost:8000"):
        self.opened.append(self)
        headers = {"Cookie": cookie, "Origin": origin}
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.http.request("GET", "/events", headers=headers)
        self.socket = self.http.sock
        self.response = self.http.getresponse()
        self.status = self.response.status
        self.said = queue.Queue()
        self.reader = None
        if self.status == 200:
            self.reader = threading.Thread(target=self._read, daemon=True)
            self.reader.start()

    def _read(self):
        try:
            while line := self.response.readline():
                if word := line.decode().strip():
                    self.said.put(word)
        except (OSError, ValueError, http.client.HTTPException):
            pass
        self.said.put(None)

    def hears(self, wanted, within=SOON):
        """Whether this line comes in time; what comes before it is passed over."""
        until = time.monotonic() + within
        while (left := until - time.monotonic()) > 0:
            try:
                if self.said.get(timeout=left) == wanted:
                    return True
            except queue.Empty:
                return False
        return False

    def close(self):
        """Hang up: the reader's thread ends with the connection."""
        with suppress(OSError, AttributeError):
            self.socket.shutdown(socket.SHUT_RDWR)
        if self.reader:
            self.reader.join(5)
        self.response.close()
        self.http.close()


@pytest.fixture(autouse=True)
def _hang_up():
    yield
    while Page.opened:
        Page.opened.pop().close()


def topic(name):
    return f"data: {json.dumps({'topic': name})}"


taken = []  # ports are ours as long as these live


def stream_server(**more):
    """A granian process over the tests' own database and broker."""
    database = connection.settings_dict
    address = urlsplit(os.environ["DATABASE_URL"])
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "office.settings.test",
        "DATABASE_URL": address._replace(path=f"/{database['NAME']}").geturl(),
        "INSTANCE_TOKEN": "this run",
        "EVENTS_ORIGINS": "http://localhost:8000",
        **more,
    }
    taken.append(processes.TakenPort(8300))  # granian would share it with the other worker's
    port = taken[-1].number
    command = [sys.executable, *office.granian(port, office.EVENTS)[1:]]
    server = subprocess.Popen(command, env=env, stderr=None)
    for _ in range(400):
        if processes.answers(port):
            return server, port
        time.sleep(0.1)
    server.kill()
    server.wait()
    raise RuntimeError("the event stream does not start")


@pytest.fixture(scope="module")
def server(django_db_setup):
    """One for all; it looks at sessions twice a second."""
    process, port = stream_server(EVENTS_LOOK_AGAIN="0.5")
    yield port
    process.terminate()
    process.wait(20)


@pytest.fixture
def session(signed_in, location):
    client = signed_in(Role.FRONT_DESK, location)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_a_change_reaches_who_works_there_and_nobody_else(server, session, location, elsewhere):
    page = Page(server, session)
    assert page.status == 200
    assert page.hears("retry: 2000")

    with transaction.atomic():
        live.changed("appointments", elsewhere)
        live.changed("staff")
        live.changed("appointments", location)

    assert page.hears(topic("staff"))
    assert page.hears(topic("appointments"))
    assert page.said.empty()  # of the other location it never heard


def test_many_pages_hear_it_within_two_seconds(server, session, location):
    pages = [Page(server, session) for _ in range(12)]
    for page in pages:
        assert page.hears("retry: 2000")

    begun = time.monotonic()
    with transaction.atomic():
        live.changed("appointments", location)
    assert all(page.hears(topic("appointments")) for page in pages)

    assert time.monotonic() - begun < SOON


def test_without_a_session_nobody_listens(server):
    assert Page(server, "").status == 401
    assert Page(server, f"{settings.SESSION_COOKIE_NAME}=made-up").status == 401
    assert Page(server, "nonsense; ; =").status == 401


def test_another_site_may_not_listen_with_our_cookie(server, session):
    page = Page(server, session, origin="https://elsewhere.example")

    assert page.status == 403
    assert page.response.getheader("Access-Control-Allow-Origin") is None


def test_our_own_page_on_the_other_port_may(server, session):
    page = Page(server, session)

    assert page.response.getheader("Access-Control-Allow-Origin") == "http://localhost:8000"
    assert page.response.getheader("Access-Control-Allow-Credentials") == "true"


def test_it_says_whose_server_it_is(server):
    with urllib.request.urlopen(f"http://127.0.0.1:{server}/health/live", timeout=5) as answer:
        assert json.load(answer) == {"status": "ok", "instance": "this run"}


def test_signing_out_ends_the_stream(server, session, client, signed_in):
    page = Page(server, session)
    assert page.hears("retry: 2000")

    client.post("/sign-out/")

    assert page.hears("event: over", within=5)
    assert page.hears(None, within=5)
    assert Page(server, session).status == 401


def test_an_idle_session_ends_although_the_stream_is_open(server, session, client):
    page = Page(server, session)
    assert page.hears("retry: 2000")

    kept = client.session
    kept["seen_at"] = time.time() - settings.SESSION_IDLE_SECONDS - 1
    kept.save()

    assert page.hears("event: over", within=5)


def test_a_closed_account_ends_the_stream(server, session, client):
    page = Page(server, session)
    assert page.hears("retry: 2000")

    actions.close_account(user=User.objects.get(pk=client.user.pk), by=Actor.system("tests"))

    assert page.hears("event: over", within=5)


def test_a_location_taken_away_falls_silent(server, session, client, location, elsewhere):
    page = Page(server, session)
    assert page.hears("retry: 2000")

    actions.change_rights(
        user=client.user, roles=[Role.FRONT_DESK], locations=[elsewhere], by=Actor.system("tests")
    )
    time.sleep(1.2)
    with transaction.atomic():
        live.changed("old", location)
        live.changed("new", elsewhere)

    assert page.hears(topic("new"))
    assert page.said.empty()


def test_the_stream_keeps_no_session_awake(server, session, client):
    kept = client.session
    kept["seen_at"] = seen = time.time() - 200
    kept.save()

    page = Page(server, session)
    assert page.hears("retry: 2000")
    page.close()

    assert client.session["seen_at"] == seen


def test_a_broker_that_is_away_is_said_aloud(session):
    """The page polls while it is lost, and hears again when it is back."""
    process, port = stream_server(REDIS_URL="redis://127.0.0.1:1/0")
    try:
        page = Page(port, session)  # the session comes from the database then
        assert page.status == 200
        assert page.hears("event: lost", within=5)
    finally:
        process.terminate()
        process.wait(20)


def test_a_person_has_no_use_for_a_hundred_streams(server, session):
    pages = [Page(server, session) for _ in range(21)]

    assert [page.status for page in pages].count(429) == 1
