"""
Pytest plugin: a Postgres and a Valkey for the tests, up before Django reads its settings.

Loaded by `-p launch.pytest_services` (pyproject.toml), so run `python -m pytest`. The servers are apart from
the office's own, durable against nothing, and stay up for the next run; an idle keeper ends them. Two runs
at once in one checkout get databases of their own. Workers of xdist inherit the controller's environment
and take a Valkey database each.
"""

import os
from typing import Any

import pytest

from launch import keys, processes, services
from launch.keeper import state_dir
from launch.paths import data_dir, keep_bytecode
from launch.postgres import APP

RUNS_AT_ONCE = 4
WORKERS_PER_RUN = 30  # Valkey has 128 databases


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Any:
    """Wrappers run before pytest-django, which loads the settings in this same hook."""
    keep_bytecode()
    if "PYTEST_XDIST_WORKER" in os.environ:
        _choose_valkey_database(os.environ["PYTEST_XDIST_WORKER"])
    elif not os.environ.get("DATABASE_URL"):
        _start()
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """In CI nothing may stay behind; elsewhere the next run is glad of running servers."""
    if (
        not hasattr(config, "workerinput")
        and os.environ.get("CI")
        and "OFFICE_TEST_RUN" in os.environ
    ):
        services.stop_unused("test")


def _start() -> None:
    urls = services.use("test")
    run = _take_run()
    owner = urls["DATABASE_OWNER_URL"] + (f"_{run}" if run else "")
    os.environ |= {
        "OFFICE_TEST_RUN": str(run),
        "DATABASE_URL": owner,  # tests make their own database
        "DATABASE_OWNER_URL": owner,
        "DATABASE_APP_ROLE": APP,
        "REDIS_URL": f"{urls['REDIS_URL'].rsplit('/', 1)[0]}/{run * WORKERS_PER_RUN}",
    }
    os.environ.setdefault("DATA_DIR", str(data_dir()))
    os.environ.setdefault("SECRET_KEY", keys.secret_key())
    os.environ.setdefault("FIELD_KEYS", keys.field_keys())


_run_lock: processes.Lock | None = None  # held until this process ends


def _take_run() -> int:
    """The lowest number no other test run of this checkout has."""
    global _run_lock
    for run in range(RUNS_AT_ONCE):
        lock = processes.Lock(state_dir("test") / f"run-{run}")
        if lock.take(wait=False):
            _run_lock = lock
            return run
    raise pytest.UsageError(
        f"{RUNS_AT_ONCE} test runs are going on in this checkout; wait for one to end."
    )


def _choose_valkey_database(worker: str) -> None:
    base, _, first = os.environ["REDIS_URL"].rpartition("/")
    if "OFFICE_TEST_RUN" in os.environ:
        os.environ["REDIS_URL"] = (
            f"{base}/{int(first) + 1 + int(worker.removeprefix('gw')) % (WORKERS_PER_RUN - 1)}"
        )
