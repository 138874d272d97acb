"""Live pages: one stream for a whole browser, closed when nobody looks, honest when it is lost."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from office.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SUBSCRIBE = """([topic, url]) => {
  const region = document.querySelector('.page-head');
  region.dataset.live = topic;
  Object.entries({'hx-get': url, 'hx-trigger': 'live', 'hx-swap': 'none'})
    .forEach(([name, value]) => region.setAttribute(name, value));
  htmx.process(region);
}"""


class Stream:
    """A stand-in for the event process that the tests can speak through, cut off and count."""

    def __init__(self):
        self.connections, self.refuse = [], False
        stream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                stream.serve(self)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://localhost:{self.server.server_port}/events/"

    def serve(self, handler):
        handler.send_response(503 if self.refuse else 200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Access-Control-Allow-Origin", handler.headers["Origin"])
        handler.send_header("Access-Control-Allow-Credentials", "true")
        handler.end_headers()
        if self.refuse:
            return
        words = []
        self.connections.append(words)
        try:
            while any(one is words for one in self.connections):
                handler.wfile.write("".join(words or [":\n\n"]).encode())
                words.clear()
                handler.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass
        finally:
            self.connections = [one for one in self.connections if one is not words]

    def say(self, words):
        for connection in self.connections:
            connection.append(words)

    def changed(self, topic):
        self.say(f"data: {json.dumps({'topic': topic})}\n\n")

    def cut(self):
        self.refuse = True
        self.connections = []

    def has(self, count, seconds=5):
        """Whether so many pages listen, now or within some seconds."""
        until = time.monotonic() + seconds
        while len(self.connections) != count and time.monotonic() < until:
            time.sleep(0.05)
        return len(self.connections) == count


@pytest.fixture
def stream(settings):
    made = Stream()
    settings.EVENTS_URL = made.url
    yield made
    made.cut()
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def desk_client(signed_in, location):
    return signed_in(Role.FRONT_DESK, location)


@pytest.fixture
def page(open_page, desk_client, stream):
    opened = open_page("/gallery/", client=desk_client, quiet=("503", "ERR_"))
    assert stream.has(1)
    subscribe(opened)
    return opened


def subscribe(page, topic="visits:*"):
    page.route("**/region", lambda route: route.fulfill(content_type="text/html", body=""))
    page.evaluate(SUBSCRIBE, [topic, "/region"])


def hide(page, hidden=True):
    page.evaluate(
        """hidden => { Object.defineProperty(document, 'hidden', {get: () => hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange')); }""",
        hidden,
    )


def test_a_change_is_fetched_by_the_regions_it_concerns_within_two_seconds(page, stream):
    fetched = []
    page.on(
        "request", lambda asked: fetched.append(asked) if asked.url.endswith("/region") else None
    )

    page.wait_for_timeout(600)
    fetched.clear()  # a slow page asks once when the stream opens
    stream.changed("tills:1")
    page.wait_for_timeout(700)
    assert fetched == []

    with page.expect_request("**/region", timeout=2000) as asked:
        stream.changed("visits:2026-11-16")
    assert asked.value.headers["x-background"] == "1"


def test_many_changes_at_once_are_one_fetch(page, stream):
    fetched = []
    page.on(
        "request", lambda asked: fetched.append(asked) if asked.url.endswith("/region") else None
    )

    for number in range(20):
        stream.changed(f"visits:{number}")
    page.wait_for_timeout(1200)

    assert len(fetched) <= 2


def test_two_tabs_share_one_stream_and_the_second_takes_over(page, stream):
    second = page.context.new_page()
    second.goto("/gallery/")
    subscribe(second)
    second.wait_for_timeout(500)
    assert len(stream.connections) == 1

    with second.expect_request("**/region", timeout=2000):
        stream.changed("visits:1")

    with second.expect_request("**/region", timeout=5000):
        page.close()  # what the gap between two leaders swallowed is fetched
    assert stream.has(1)
    with second.expect_request("**/region", timeout=2000):
        stream.changed("visits:2")


def test_a_page_nobody_looks_at_does_not_listen_and_catches_up_later(page, stream):
    hide(page)
    assert stream.has(0)
    page.wait_for_timeout(1100)

    with page.expect_request("**/region", timeout=2000):
        hide(page, hidden=False)
    assert stream.has(1)


def test_a_lost_stream_is_said_and_what_was_missed_is_fetched(page, stream):
    expect(page.locator("#live-dot")).to_have_text("Live")

    stream.cut()
    expect(page.locator("#live-dot")).to_contain_text("Not live since", timeout=8000)

    with page.expect_request("**/region", timeout=15000):
        stream.refuse = False
    expect(page.locator("#live-dot")).to_have_text("Live")


def test_a_session_that_is_over_covers_every_tab(page, stream):
    second = page.context.new_page()
    second.goto("/gallery/")

    stream.say("event: over\ndata:\n\n")

    expect(page.locator("#cover")).to_be_visible()
    expect(second.locator("#cover")).to_be_visible()
    assert stream.has(0)
