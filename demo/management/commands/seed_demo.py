import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from demo import scale, seed
from demo.models import DemoPractice
from kernel.actors import Actor
from office.models import Practice


class Command(BaseCommand):
    """Writes the demo practice, or plays the days since the last start."""

    help = (
        "Fill an empty demo install with an invented practice, or bring the one it has up to now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="Do nothing when the day is as it should be, or the practice is not the demo's.",
        )

        parser.add_argument(
            "--scale", type=int, metavar="N", help="N appointments and patients, for the benches."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is not a demo install: invented patients are only written where DEMO=1 is set."
            )
        began = time.perf_counter()
        if options["scale"] is not None:
            self._enlarge(options["scale"], options["if_needed"])
            return
        told = self._tell(timezone.now(), options["if_needed"])
        if told is not None:
            took = time.perf_counter() - began
            self.stdout.write(f"{told.visits} visits written, {told.moved} moved on, {took:.1f} s")

    def _tell(self, now: datetime, if_needed: bool) -> seed.Told | None:
        by = Actor.system("demo")
        if known := DemoPractice.objects.first():
            if known.seed.startswith("scale"):
                raise CommandError("This is a bench database; it does not follow the days.")
            if if_needed and not seed.is_due(now):
                return None
            return seed.play_on(by=by, at=now)
        if not Practice.objects.exists():
            return seed.make_practice(by=by, at=now)
        if if_needed:
            return None
        raise CommandError(
            "There is a practice here already, and it is not the demo's: nothing was written."
        )

    def _enlarge(self, how_many: int, if_needed: bool) -> None:
        if how_many < 1:
            raise CommandError("--scale wants a number of appointments, at least 1.")
        known = DemoPractice.objects.first()
        if known and if_needed and known.seed == scale.seed_of(how_many):
            return
        if known or Practice.objects.exists():
            raise CommandError("--scale fills an empty database; this one has a practice already.")
        began = time.perf_counter()
        rows = scale.make_large(by=Actor.system("demo"), at=timezone.now(), how_many=how_many)
        written = time.perf_counter() - began
        scale.settle()
        took = time.perf_counter() - began
        self.stdout.write(f"{rows} rows in {written:.1f} s, {took:.1f} s with vacuum")
