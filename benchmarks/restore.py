"""Backing the bench office up while it is written to, and restoring it beside: equal, how late, how long."""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.test.utils import override_settings

from benchmarks import facts
from benchmarks.house import ROOT, House
from kernel import seals
from office.backup import Trouble, contents, manifest, restoring, taking, tools

FLIPS = 100
MARK = "bench restore"
# What the restore itself writes to afterwards: sessions end, the restore and its seal are on record.
AFTERWARDS = {
    "public.django_session", "public.kernel_auditevent", "public.kernel_auditseal",
    "public.kernel_heartbeat",
}  # fmt: skip


def restore(_house: House) -> Iterator[dict[str, Any]]:
    """The drill: A-60 and A-61 at the size of the bench database."""
    with tempfile.TemporaryDirectory() as place, writing() as acknowledged:
        folder = Path(place, "backup")
        time.sleep(1)
        # A folder of the bench's own: the head of its trail is not that of the office in DATA_DIR.
        with override_settings(DATA_DIR=Path(place, "here")):
            seals.seal()
            promised = list(acknowledged)  # told to have been written, before the backup began
            began = time.perf_counter()
            told = taking.take(folder)
            taken = time.perf_counter() - began
        found, tried = flips(folder)
        with empty_database() as url:
            began = time.perf_counter()
            failed = _restore(url, folder, Path(place, "data"))
            seconds = time.perf_counter() - began
            equal, gap = compared(url, told, promised) if not failed else (False, len(promised))
        size = sum(each["bytes"] for each in told.files.values())
    yield {
        "n": told.contents.rows,
        "backup_s": round(taken, 1),
        "restore_s": round(seconds, 1),
        "per_s": round(told.contents.rows / seconds),
        "mb": size >> 20,
        "equal": equal,
        "gap": gap,
        "acknowledged": len(promised),
        "flips": tried,
        "flips_found": found,
        "unexpected": failed,
    }


@contextlib.contextmanager
def writing() -> Iterator[list[str]]:
    """Somebody writes all the while; what was acknowledged stands in the list."""
    acknowledged: list[str] = []
    ends = threading.Event()

    def write() -> None:
        with facts.connect() as link:
            link.autocommit = True
            for number in range(10**9):
                if ends.is_set():
                    return
                name = f"{MARK} {os.getpid()} {number}"
                link.execute(
                    "INSERT INTO kernel_outboxevent (topic, payload) VALUES (%s, '{}')", [name]
                )
                acknowledged.append(name)
                time.sleep(0.002)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield acknowledged
    finally:
        ends.set()
        thread.join()


def flips(folder: Path) -> tuple[int, int]:
    """One byte of one file at a time; every one has to be found."""
    chance, found = random.Random(61), 0
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size]
    told = manifest.read(folder)
    for number in range(FLIPS):
        path = files[number % len(files)]
        with path.open("r+b") as file:
            at = chance.randrange(path.stat().st_size)
            file.seek(at)
            before = file.read(1)
            file.seek(at)
            file.write(bytes([before[0] ^ chance.randrange(1, 256)]))
        found += _is_found(folder, path, told)
        with path.open("r+b") as file:
            file.seek(at)
            file.write(before)
    restoring.check(folder)
    return found, FLIPS


def _is_found(folder: Path, path: Path, told: manifest.Manifest) -> bool:
    """As `check` does, but reading only the file that was changed: the others are as they were."""
    name = str(path.relative_to(folder))
    if name in told.files:
        return manifest.digest(path) != told.files[name]["sha256"]
    try:
        manifest.read(folder)
    except Trouble:
        return True
    return False


@contextlib.contextmanager
def empty_database() -> Iterator[str]:
    parts = urlsplit(os.environ["DATABASE_OWNER_URL"])
    name = f"{parts.path.lstrip('/')}_restored"
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as link:
        drop = psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
            psycopg.sql.Identifier(name)
        )
        link.execute(drop)
        link.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            link.execute(drop)


def _restore(url: str, folder: Path, data: Path) -> int:
    """`manage.py restore`, as an operator types it on another machine."""
    data.mkdir()
    env = os.environ | {"DATABASE_URL": url, "DATABASE_OWNER_URL": url, "DATA_DIR": str(data)}
    # The keys are not in the backup: they come from where the operator keeps them.
    done = subprocess.run(
        [sys.executable, "manage.py", "restore", str(folder)],
        cwd=ROOT, env=env, stdout=sys.stderr, check=False,
    )  # fmt: skip
    return done.returncode


def compared(url: str, told: manifest.Manifest, promised: list[str]) -> tuple[bool, int]:
    """Whether every table is as it was, and how many acknowledged writes are not there."""
    with psycopg.connect(url, options=tools.READING) as link:
        there = contents.read(link)
        kept = link.execute(
            "SELECT topic FROM kernel_outboxevent WHERE topic LIKE %s", [f"{MARK}%"]
        ).fetchall()
    equal = there.schema == told.contents.schema and all(
        there.tables.get(name) == each
        for name, each in told.contents.tables.items()
        if name not in AFTERWARDS
    )
    return equal, len(set(promised) - {row[0] for row in kept})


BENCHES = {"restore": restore}
