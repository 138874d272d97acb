import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kernel import seals
from kernel.seals import Outside, Verification

SAYS = {
    Outside.SAME: "It is the newest seal.",
    Outside.ONE_BEHIND: "It is the seal before the newest; the next one brings it up to date.",
    Outside.MISSING: "There is none here, so seals taken off the end would not be noticed.",
    Outside.DIFFERENT: "It is another one.",
}


class Command(BaseCommand):
    """Walks the seals of the audit trail; a trail that does not hold ends with 1, so that a nightly job notices."""

    help = "Check that nobody changed, added or took away sealed events of the audit trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead")

    def handle(self, *args: Any, **options: Any) -> None:
        found = seals.verify()
        if options["json"]:
            self.stdout.write(json.dumps({"holds": not found.breaks, **asdict(found)}))
        else:
            self._tell(found)
        if found.breaks:
            raise SystemExit(1)

    def _tell(self, found: Verification) -> None:
        self.stdout.write(f"Seals walked:       {found.seals}, over {found.events} events.")
        self.stdout.write(f"Not sealed yet:     {found.not_sealed} events.")
        self.stdout.write(f"Newest seal:        {found.head}")
        self.stdout.write(f"Copy outside:       {SAYS[found.outside]}")
        for sentence in found.breaks:
            self.stdout.write(f"BROKEN:             {sentence}")
        if not found.breaks:
            self.stdout.write("The trail holds.")
