"""Checkouts of their own, closed after the test whatever it found."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from launch import steps
from launch.paths import VENV
from tests.launch import checkout as checkouts
from tests.launch.checkout import Checkout, Start


@pytest.fixture(scope="session", autouse=True)
def _prepared() -> None:
    """A stand-in checkout borrows .venv, so that has to be stamped as complete."""
    if sys.platform != "linux":
        pytest.skip("these tests look for left-over processes in /proc")
    if not (VENV / steps.STAMP).exists():
        pytest.skip("run `make test` once: it completes .venv")


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    made = checkouts.make(tmp_path / "office of ours")
    yield made
    made.close()


@pytest.fixture(scope="module")
def open_office() -> Iterator[tuple[Checkout, Start]]:
    """An office that is open already; what a test kills in it comes back."""
    folder = Path(tempfile.mkdtemp(prefix="launch-"))
    folder.chmod(0o755)  # the servers' data stays in the checkout
    made = checkouts.make(folder / "office")
    started = made.start()
    try:
        started.wait_for("The office is open")
        yield made, started
    finally:
        made.close()
        shutil.rmtree(folder)
