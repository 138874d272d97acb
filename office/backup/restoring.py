"""
Restoring: everything is checked before anything is touched; the database comes back in one transaction.

What is in it afterwards is compared with what was in it when the backup was taken, row by row in sum.
"""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from kernel import audit, seals
from kernel.actors import Actor
from kernel.privileges import grant_app_role
from office.backup import Trouble, contents, manifest, tools
from office.backup.manifest import Manifest
from office.backup.taking import DATABASE, FILES

DONE = "office.restore"
SHOWN = 8  # damages told one by one
# By name: of another role's session Postgres tells us little more. Its own workers have none.
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename IS NOT NULL
"""
EMPTIED = (
    "SET LOCAL client_min_messages = error; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n"
)


@dataclass(frozen=True)
class Restored:
    """What came back, and whether the trail of audit holds."""

    manifest: Manifest
    migrated: int
    trail: seals.Verification


def check(folder: Path, *, without_keys: bool = False) -> Manifest:
    """
    Read the whole backup against its list; nothing is touched.

    :raises Trouble: a file is missing, changed or strange; a key is missing
    """
    told = manifest.read(folder)
    if damaged := manifest.damages(folder, told):
        more = f"\n… and {len(damaged) - SHOWN} more." if len(damaged) > SHOWN else ""
        raise Trouble("The backup is damaged:\n" + "\n".join(damaged[:SHOWN]) + more)
    if (missing := manifest.missing_keys(told)) and not without_keys:
        raise Trouble(
            "\n".join(missing)
            + "\nPut the key back from where you keep it; without it the encrypted "
            "fields stay locked. To restore all the same: --without-keys."
        )
    return told


def restore(folder: Path, *, replace: bool = False, without_keys: bool = False) -> Restored:
    """
    Bring the office back as it was.

    :raises Trouble: nothing was touched, unless it says that the restored database differs
    """
    told = check(folder, without_keys=without_keys)
    _knows_all_migrations(told)
    connection.close()
    _must_be_ours_alone(replace)
    _restore_database(folder, told, replace)
    _compare(told)
    _restore_files(folder)
    grant_app_role()
    migrated = _bring_up_to_date()
    trail = seals.verify()
    _close_doors(told)
    return Restored(told, migrated, trail)


def _knows_all_migrations(told: Manifest) -> None:
    ours = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    unknown = [f"{app}.{name}" for app, name in told.migrations if (app, name) not in ours]
    known_apps = {app for app, _ in ours}
    if newer := [name for name in unknown if name.partition(".")[0] in known_apps]:
        raise Trouble(
            f"The backup was made by a newer program: this one does not know {', '.join(newer[:SHOWN])}. "
            "Restore it with that version, then go on from there."
        )


def _must_be_ours_alone(replace: bool) -> None:
    with tools.connect() as link:
        row = link.execute(OTHERS).fetchone()
        if row and row[0]:
            raise Trouble(
                f"The office is still open: {row[0]} other connections to its database. Close web, "
                "events, worker and beat first."
            )
        if (tables := contents.tables_of(link)) and not replace:
            raise Trouble(
                f"The database is not empty: it has {len(tables)} tables. Restore into an empty one, or "
                "say --replace to throw away everything that is in it."
            )


def _restore_database(folder: Path, told: Manifest, replace: bool) -> None:
    """In one transaction: as a whole or not at all, the old rows included."""
    with tempfile.TemporaryDirectory() as place:
        listed, before = Path(place, "list"), Path(place, "before.sql")
        with listed.open("wb") as out:
            tools.run("pg_restore", "--list", folder / DATABASE, out=out)
        # An extension's comment belongs to whoever made the extension, seldom to us.
        kept = [
            line for line in listed.read_text().splitlines() if " COMMENT - EXTENSION " not in line
        ]
        listed.write_text("\n".join(kept) + "\n")
        wanted = [f'CREATE EXTENSION IF NOT EXISTS "{name}";\n' for name in told.extensions]
        before.write_text((EMPTIED if replace else "") + "".join(wanted))
        tools.pipe(
            ["pg_restore", "--no-owner", "--no-privileges", f"--use-list={listed}", "--file=-",
             folder / DATABASE],
            ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
             "--output=/dev/null", f"--file={before}", "--file=-"],
        )  # fmt: skip


def _compare(told: Manifest) -> None:
    with tools.connect() as link:
        if wrong := told.contents.differences(contents.read(link)):
            raise Trouble("The restored database differs:\n" + "\n".join(wrong[:SHOWN]))


def _restore_files(folder: Path) -> None:
    """Ours give way to those of the backup; a file that differs is kept beside it, never lost."""
    stamp = f"{timezone.now():%Y%m%dT%H%M%SZ}"
    for name in settings.KEPT_IN_DATA_DIR:
        kept, here = folder / FILES / name, Path(settings.DATA_DIR) / name
        here.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if here.is_file() and (not kept.exists() or kept.read_bytes() != here.read_bytes()):
            here.rename(here.with_name(f"{name}.before-{stamp}"))
        if kept.is_dir():
            shutil.copytree(kept, here, dirs_exist_ok=True)
        elif kept.exists():
            shutil.copy2(kept, here)


def _bring_up_to_date() -> int:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        call_command("migrate_safely", verbosity=0, interactive=False)
    return len(waiting)


def _close_doors(told: Manifest) -> None:
    """Who had signed out since would be in again: everybody signs in anew, and the restore is on record."""
    Session.objects.all().delete()
    cache.clear()
    audit.record_fact(
        Actor.system("command line"), page=DONE, kind="", ids=[], taken_at=told.taken_at,
        rows=told.contents.rows,
    )  # fmt: skip
    seals.seal()
