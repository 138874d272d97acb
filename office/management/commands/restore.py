from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from office.backup import Trouble, restoring


class Command(BaseCommand):
    """Brings a backup back: checks all of it first, compares all of it after."""

    help = "Restore the office from a backup folder, into an empty database."
    requires_system_checks: list[str] = []  # there may be no table yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--check", action="store_true", help="only read it against its list")
        parser.add_argument(
            "--replace", action="store_true", help="throw away everything the database holds now"
        )
        parser.add_argument(
            "--without-keys", action="store_true", help="restore although a field key is missing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].expanduser().absolute()
        without_keys: bool = options["without_keys"]
        try:
            if options["check"]:
                told = restoring.check(folder, without_keys=without_keys)
                self.stdout.write(f"All {len(told.files)} files are as they were written.")
                return
            done = restoring.restore(folder, replace=options["replace"], without_keys=without_keys)
        except Trouble as trouble:
            raise CommandError(str(trouble)) from trouble
        self._tell(done)

    def _tell(self, done: restoring.Restored) -> None:
        told = done.manifest
        self.stdout.write(
            f"Restored {told.contents.rows} rows of {len(told.contents.tables)} tables as of "
            f"{told.taken_at}; each table is as it was."
        )
        if done.migrated:
            self.stdout.write(f"Brought up to this program by {done.migrated} migrations.")
        self.stdout.write("Everybody signs in anew. Tokens and accounts are as they were then.")
        for sentence in done.trail.breaks:
            self.stdout.write(f"BROKEN: {sentence}")
        if done.trail.breaks:
            raise CommandError("The audit trail does not hold.")
        self.stdout.write(
            f"The audit trail holds: {done.trail.events} events in {done.trail.seals} seals."
        )
