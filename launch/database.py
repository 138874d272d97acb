"""Brings the database up to the code, and the demo practice up to today."""

import contextlib
import os
import secrets
import subprocess
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from launch import environment, places, processes, steps
from launch.paths import ROOT, VENV_PYTHON, Trouble, data_dir, wants_demo, write_private
from launch.progress import Tool, run, step

NOT_SERVED = {"tests", "launch", "benchmarks", "node_modules", "static", "docs"}
APPLIED = "SELECT md5(string_agg(app || name, ',' ORDER BY id)) FROM django_migrations"


def migrate(env: Mapping[str, str]) -> None:
    """As the owner; skipped when neither the code nor the database changed since the last time."""
    with step("migrations") as now:
        stamp, code = data_dir() / "migrated", code_version()
        if stamp.exists() and stamp.read_text() == f"{code} {applied(env)}":
            now.remark = "up to date"
            return
        owner = dict(env)
        environment.as_owner(owner)
        run(VENV_PYTHON, "manage.py", "migrate_safely", "--no-input", env=owner)
        write_private(stamp, f"{code} {applied(env)}")


@contextlib.contextmanager
def seeding(env: Mapping[str, str]) -> Iterator[None]:
    """The demo practice is made, or brought up to today, while the body runs; none of it outlives us."""
    if not wants_demo():
        yield
        return
    begun = time.monotonic()
    tool = Tool([VENV_PYTHON, "manage.py", "seed_demo", "--if-needed"], env)
    try:
        yield
        with step("demo practice", begun=begun) as now:
            said = tool.finish().strip()
            now.remark = said.splitlines()[-1] if said else ""
    finally:
        processes.clear_group(tool.child)


def code_version() -> str:
    """Any change of code may be a migration, or a role that is synced after migrating."""
    rooms = [each for each in ROOT.iterdir() if each.is_dir() and each.name not in NOT_SERVED]
    files = [path for room in rooms if room.name[0] != "." for path in room.rglob("*.py")]
    return steps.digest(sorted([*files, ROOT / "requirements" / "base.txt"]))


def applied(env: Mapping[str, str]) -> str:
    """What the database itself says: somebody may have emptied or restored it. Unknown is never the same."""
    unknown = secrets.token_hex(8)
    try:
        told = {"PATH": os.defpath, **connection_of(env["DATABASE_OWNER_URL"])}
        asked = subprocess.run(
            [places.client("psql"), "-XAtc", APPLIED],
            env=told,
            capture_output=True,
            text=True,
            check=False,
        )
    except (OSError, Trouble):
        return unknown
    return asked.stdout.strip() if asked.returncode == 0 else unknown


def connection_of(url: str) -> dict[str, str]:
    """A URL as libpq's variables: on a command line everybody could read the password."""
    parts = urlsplit(url)
    return {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path.lstrip("/"),
        "PGCONNECT_TIMEOUT": "5",
    }
