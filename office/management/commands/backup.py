from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from office.backup import Trouble, taking


class Command(BaseCommand):
    """The whole office in a folder: database, kept files, a list with checksums; never a key."""

    help = "Back the whole office up into a new folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--jobs", type=int, default=2, help="tables dumped at once")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"].expanduser().absolute()
        try:
            made = taking.take(folder, jobs=options["jobs"])
        except Trouble as trouble:
            raise CommandError(str(trouble)) from trouble
        size = sum(told["bytes"] for told in made.files.values())
        self.stdout.write(
            f"Backed up {made.contents.rows} rows of {len(made.contents.tables)} tables, "
            f"{size >> 20} MB in {len(made.files)} files: {folder}"
        )
        self.stdout.write("Its keys are not in it: keep FIELD_KEYS elsewhere.")
