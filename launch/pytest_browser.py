"""Pytest plugin: tests marked `browser` get `BROWSER_PATH`, or say why they cannot run."""

import os

import pytest

from launch import browser

MISSING = f"no browser on this machine; `{browser.MEND}` brings one, or set BROWSER_PATH"


def pytest_configure() -> None:
    os.environ["BROWSER_PATH"] = browser.find() or ""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is None or os.environ.get("BROWSER_PATH"):
        return
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail(MISSING, pytrace=False)
    pytest.skip(MISSING)
