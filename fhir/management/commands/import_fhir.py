"""`manage.py import_fhir PATH…`: patients and their visits from FHIR R4 bundles and NDJSON."""

import resource
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fhir.importer import DEFAULT_SOURCE, Importer
from fhir.reading import Progress
from fhir.report import OUTCOMES, Refused, Report
from kernel.actors import Actor
from office.models import Location


class Command(BaseCommand):
    """Twice changes nothing; one bad resource never stops the rest."""

    help = "Import FHIR R4 files: bundles (.json), bulk exports (.ndjson), folders and .tar.xz of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--location", metavar="NAME", help="where the patients are known; default: the first"
        )
        parser.add_argument(
            "--source", default=DEFAULT_SOURCE, help="the other system's name, the same each time"
        )
        parser.add_argument(
            "--quiet-refusals", action="store_true", help="count refusals, do not print each"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [str(path) for path in options["paths"] if not path.exists()]
        if missing:
            raise CommandError(f"There is no {missing[0]}.")
        began = time.perf_counter()
        report = Report(on_refused=None if options["quiet_refusals"] else self._say)
        importer = Importer(
            location=_location(options["location"]),
            at=timezone.now(),
            by=Actor.system("fhir"),
            source=options["source"],
            report=report,
        )
        importer.run(options["paths"], self._hear)
        self._end(report, time.perf_counter() - began)

    def _say(self, line: Refused) -> None:
        self.stdout.write(f"refused {line}")

    def _hear(self, progress: Progress, report: Report) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{progress.share:4.0%} {report.read:>9,} resources", ending="")

    def _end(self, report: Report, seconds: float) -> None:
        if sys.stderr.isatty():
            self.stderr.write("")
        self.stdout.write(f"{'':18}" + "".join(f"{name:>11}" for name in OUTCOMES))
        for kind, counted in sorted(report.counts.items()):
            self.stdout.write(f"{kind:18}" + "".join(f"{counted[name]:>11,}" for name in OUTCOMES))
        for kind, count in sorted(report.not_imported.items()):
            self.stdout.write(f"{kind:30}{count:>11,} not imported yet")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        rate = report.read / seconds if seconds else 0
        self.stdout.write(
            f"{report.read:,} resources in {seconds:.1f} s, {rate:,.0f} a second, at most {peak} MB of memory"
        )


def _location(name: str | None) -> Location:
    ours = Location.objects.in_use().order_by("name")
    found = ours.filter(name=name).first() if name else ours.first()
    if found is None:
        known = ", ".join(ours.values_list("name", flat=True)) or "none yet; set one up first"
        raise CommandError(
            f"No location is called {name}. There is: {known}." if name else f"Locations: {known}."
        )
    return found
