"""Taking a backup: one moment of the whole office, in a folder that appears only when it is whole."""

import os
import shutil
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from psycopg import sql

from kernel import audit
from kernel.actors import Actor
from office.backup import Trouble, contents, manifest, tools
from office.backup.manifest import Manifest

DATABASE, FILES = "database", "files"
# Ours are made with the cluster, so pg_dump takes them for built in and leaves them out.
EXTENSIONS = "SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1"
DONE = "office.backup"  # in the audit trail: when was the last one?


def take(folder: Path, *, jobs: int = 2) -> Manifest:
    """
    Write database, kept files and their list into a folder that must not be there yet.

    :raises Trouble: the folder holds something, or Postgres's programs failed
    """
    draft = _draft(folder)
    try:
        made = _write(draft, jobs)
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    audit.record_fact(
        Actor.system("command line"), page=DONE, kind="", ids=[], rows=made.contents.rows
    )
    return made


def _draft(folder: Path) -> Path:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Trouble(f"{folder} is there already. A backup wants a folder of its own.")
    draft = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    (draft / FILES).mkdir(mode=0o700)
    return draft


def _write(draft: Path, jobs: int) -> Manifest:
    """
    Files are copied twice: before the moment, for what is finished with and deleted meanwhile, and after
    it, for what came meanwhile. The audit head is the one from before: it may be behind, never ahead.
    """
    _copy_kept(draft / FILES)
    with tools.connect() as link:
        link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = link.execute("SELECT pg_export_snapshot()").fetchone()
        assert row
        found = contents.read(link)
        tools.run(
            "pg_dump", "--format=directory", f"--file={draft / DATABASE}", f"--snapshot={row[0]}",
            f"--jobs={jobs}", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s",
        )  # fmt: skip
        told = _told(link)
        link.execute("COMMIT")
    _copy_kept(draft / FILES, again=True)
    _only_for_us(draft)
    made = Manifest(
        taken_at=timezone.now().isoformat(timespec="seconds"),
        contents=found,
        key_marks=manifest.marks(),
        files=manifest.list_files(draft),
        **told,
    )
    made.write(draft)
    _only_for_us(draft)
    return made


def _told(link: "psycopg.Connection[Any]") -> dict[str, Any]:
    table = MigrationRecorder.Migration._meta.db_table
    asked = sql.SQL("SELECT app, name FROM {} ORDER BY id").format(sql.Identifier(table))
    applied = link.execute(asked).fetchall()
    return {
        "server": link.info.parameter_status("server_version") or "",
        "migrations": [list(row) for row in applied],
        "extensions": [str(row[0]) for row in link.execute(EXTENSIONS).fetchall()],
    }


def _copy_kept(files: Path, *, again: bool = False) -> None:
    for name in settings.KEPT_IN_DATA_DIR:
        here, there = Path(settings.DATA_DIR) / name, files / name
        if here.is_dir():
            shutil.copytree(here, there, dirs_exist_ok=True, ignore=_gone)
        elif here.exists() and not (again and there.exists()):
            shutil.copy2(here, there)


def _gone(folder: str, names: list[str]) -> list[str]:
    """What was deleted while we looked."""
    return [name for name in names if not (Path(folder) / name).exists()]


def _only_for_us(draft: Path) -> None:
    for path in draft.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
