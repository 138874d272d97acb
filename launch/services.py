"""
The servers of this checkout, from the side of those who need them.

`use("dev")` answers their addresses, starting the keeper when nobody did yet, and counts us as a user
until our process ends.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TypedDict, cast

from launch import keeper, processes
from launch.paths import ROOT, Trouble, log_dir

IDLE = {"dev": 120, "test": 900}  # seconds without a user until the servers end
PATIENCE = 120  # the first start makes the cluster

_held: dict[str, processes.Lock] = {}  # kept open as long as we live


class State(TypedDict):
    """What a keeper publishes once everything is ready."""

    keeper: int
    urls: dict[str, str]
    pids: dict[str, int]
    home: str


def use(profile: str) -> dict[str, str]:
    """DATABASE_URL, DATABASE_OWNER_URL and REDIS_URL of the running servers."""
    if profile not in _held:
        in_use = keeper.in_use_lock(profile)
        in_use.take(exclusive=False)  # waits while an idle keeper closes its servers
        _held[profile] = in_use
    with processes.locked(keeper.state_dir(profile) / "starting"):
        child = None
        if not is_up(profile):
            child = _start_keeper(profile)
        return _wait_for_state(profile, child)["urls"]


def leave(profile: str) -> None:
    """Count as a user no longer."""
    if profile in _held:
        _held.pop(profile).release()


def is_up(profile: str) -> bool:
    return keeper.lives_lock(profile).is_held_elsewhere()


def is_used(profile: str) -> bool:
    return keeper.in_use_lock(profile).is_held_elsewhere()


def state(profile: str) -> State | None:
    """What the keeper published; None while there is nothing to use."""
    try:
        return cast(State, json.loads(keeper.state_file(profile).read_text()))
    except (OSError, ValueError):
        return None


def stop(profile: str) -> bool:
    """End the servers and wait until they are gone; False when they were not up."""
    leave(profile)
    with processes.locked(keeper.state_dir(profile) / "starting"):
        deadline = time.monotonic() + 60
        was_up = is_up(profile)
        while is_up(profile):
            known = state(profile)
            if known:
                _tell(known["keeper"])
            if time.monotonic() > deadline:
                raise Trouble(
                    f"The servers do not stop; see {log_dir() / f'keeper-{profile}.log'}."
                )
            time.sleep(0.05)
        return was_up


def stop_unused(profile: str) -> bool:
    """Leave, and end the servers unless somebody else uses them; whether they are down."""
    leave(profile)
    if is_used(profile):
        return False
    stop(profile)
    return True


def _tell(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return


def log_file(profile: str) -> Path:
    return log_dir() / f"keeper-{profile}.log"


def _start_keeper(profile: str) -> subprocess.Popen[bytes]:
    keeper.state_file(profile).unlink(missing_ok=True)
    with open(log_file(profile), "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "launch.keeper", profile, str(IDLE[profile])],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in our terminal is not meant for it
        )


def _wait_for_state(profile: str, child: subprocess.Popen[bytes] | None) -> State:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        known = state(profile)
        if known:
            return known
        if child is not None and child.poll() is not None or child is None and not is_up(profile):
            break
        time.sleep(0.02)
    words = log_file(profile).read_text(errors="replace").strip()
    raise Trouble(f"Postgres and Valkey could not be started.\n{words}\nMore in {log_dir()}.")
