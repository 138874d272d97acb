"""A real browser for the tests that need one; each page must be quiet (no errors) and open to everybody (axe)."""

import os
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started

from launch.browser import MEND, find

QUIET = [
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 5  # seconds for what a closed page has asked last
# Refusals are part of the work; the browser and htmx write a line about each of them.
EXPECTED = ("responded with a status of 4", "Response Status Error Code 4")


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    if not (Path(settings.BASE_DIR) / "static" / "dist" / "app.js").exists():
        pytest.fail(
            "The pages' assets are not built: make test does it, or npm run build.", pytrace=False
        )
    path = os.environ.get("BROWSER_PATH") or find()
    if not path:
        pytest.skip(f"no browser on this machine; {MEND} brings one")
    # Playwright's loop lives in this thread; Django would take that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        with playwright.chromium.launch(executable_path=str(path), args=arguments) as chromium:
            yield chromium


class AtWork:
    """How many requests the live server is answering; none may meet the next test's emptied tables."""

    def __init__(self):
        self.count, self.changed = 0, threading.Condition()

    def begun(self, **_more):
        self._add(1)

    def done(self, **_more):
        self._add(-1)

    def _add(self, number):
        with self.changed:
            self.count += number
            self.changed.notify_all()

    def wait(self):
        with self.changed:
            self.changed.wait_for(lambda: self.count <= 0, timeout=PATIENCE)


@pytest.fixture
def at_work():
    counted = AtWork()
    request_started.connect(counted.begun)
    request_finished.connect(counted.done)
    yield counted
    request_started.disconnect(counted.begun)
    request_finished.disconnect(counted.done)


@pytest.fixture
def open_page(browser, live_server, at_work):
    """`open_page("/schedule/", width=390, theme="dark", client=signed_in(…))`; fails on any error in the page, but
    for what `quiet` names."""
    opened, trouble = [], []

    def open_one(path, *, width=1366, height=900, theme="light", client=None, quiet=(), **options):
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme,
            base_url=live_server.url, locale="en-US", reduced_motion="reduce", **options,
        )  # fmt: skip
        opened.append(context)
        if client is not None:
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(f"{path}: {error}"))
        page.on("console", lambda line: heard(path, line, (*EXPECTED, *quiet)))
        page.goto(path)
        return page

    def heard(path, line, expected):
        if line.type == "error" and not any(words in line.text for words in expected):
            trouble.append(f"{path}: {line.text}")

    yield open_one
    for context in opened:
        context.close()
    at_work.wait()
    assert trouble == []


def axe(page):
    """Every accessibility finding of the open page, as one line each."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]


def overflow(page):
    """By how many pixels the page is wider than its window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
