import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo import seed
from demo.models import DemoPractice
from office.models import Practice


class Command(BaseCommand):
    """Writes the demo practice, or plays the days since the last start."""

    help = (
        "Fill an empty demo install with an invented practice, or bring the one it has up to now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-needed", action="store_true", help="Say nothing when there is nothing to do."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is not a demo install: invented patients are only written where DEMO=1 is set."
            )
        began = time.perf_counter()
        told = self._tell()
        if told.days or told.moved or not options["if_needed"]:
            took = time.perf_counter() - began
            self.stdout.write(
                f"Demo practice: {told.visits} visits written, {told.moved} moved on, {took:.1f} s."
            )

    def _tell(self) -> seed.Told:
        now = timezone.now()
        if DemoPractice.objects.exists():
            return seed.play_on(now)
        if Practice.objects.exists():
            raise CommandError(
                "There is a practice here already, and it is not the demo's: nothing was written."
            )
        return seed.make_practice(now)
