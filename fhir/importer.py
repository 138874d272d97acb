"""One import from beginning to end: read, map, write in batches, try again what came too early, report."""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO

from fhir import actions
from fhir.actions.keeping import Frame
from fhir.mapping import MAPPERS, map_entry
from fhir.reading import Entry, Key, Progress, Unreadable, files_in, read
from fhir.report import Refused, Report
from fhir.rows import Row
from fhir.values import Unmappable
from kernel import clock
from kernel.actors import Actor
from kernel.refusals import Forbidden, Refusal
from office import queries as office
from office.models import Location
from scheduling.models import Appointment
from scheduling.querysets import HOLDING

BATCH = 500  # rows written in one transaction
ROUNDS = 20  # how often what waits for others is tried again
IN_MEMORY = 1 << 20  # of what waits; more goes to a temporary file
DEFAULT_SOURCE = "fhir"

Hear = Callable[[Progress, Report], None]


class Importer:
    """Reads files and writes what they bring; memory does not grow with them."""

    def __init__(
        self,
        *,
        location: Location,
        at: datetime,
        by: Actor,
        source: str = DEFAULT_SOURCE,
        report: Report | None = None,
    ) -> None:
        self.frame = Frame(source, location, office.practice_zone(), at)
        self.by = by
        self.report = report or Report()
        self._rows: list[Row] = []
        self._waiting = Spool()
        self._history = 0

    def run(self, paths: Sequence[Path], hear: Hear | None = None) -> Report:
        """
        Import the files.

        `hear` is called after each batch; an exception it raises stops the import, and what was written stays.
        """
        files = files_in(paths)
        progress = Progress(files)
        try:
            for found in read(files, progress):
                self._take(found)
                if len(self._rows) >= BATCH:
                    self._flush()
                    if hear:
                        hear(progress, self.report)
            self._flush()
            self._try_again()
            if hear:
                hear(progress, self.report)
        finally:
            self._waiting.close()
            office.forget_configuration()
        if self._history:
            actions.exempt_history(count=self._history, at=self.frame.at, by=self.by)
        return self.report

    def _take(self, found: Entry | Unreadable) -> None:
        if isinstance(found, Unreadable):
            self.report.refuse(Refused(found.origin, "", found.reason))
        elif found.kind not in MAPPERS:
            self.report.not_imported[found.kind] += 1
        else:
            self._map(found)

    def _map(self, entry: Entry) -> None:
        try:
            row = map_entry(entry, self.frame.zone, self._today())
        except Unmappable as reason:
            self._refuse(entry, str(reason))
            return
        self._rows.append(row)

    def _flush(self) -> None:
        """Write the batch; a later version of a row in it makes a batch of its own."""
        while self._rows:
            rows, self._rows = self._rows, []
            future = [row for row in rows if self._is_to_come(row)]
            past = [row for row in rows if not self._is_to_come(row)]
            if past:
                kept = actions.import_batch(rows=past, frame=self.frame, by=self.by)
                self.report.take(kept.report)
                self._history += kept.report.counts.get("Appointment", Counter())["created"]
                self._rows = kept.again
                self._waiting.put(row.entry for row in kept.waiting)
            for row in future:
                self._book(row)

    def _is_to_come(self, row: Row) -> bool:
        """A visit that would hold somebody's time from now on."""
        if row.key[0] != "Appointment":
            return False
        waits = row.fields["status"] in {*HOLDING, "waitlist"}
        return waits and bool(row.fields["end"] > self.frame.at)

    def _book(self, row: Row) -> None:
        known = Appointment.objects.filter(source=self.frame.source, source_id=row.id).first()
        if known is not None and known.fingerprint == row.fingerprint:
            self.report.count("Appointment", "unchanged")
            return
        try:
            if known is not None:
                raise actions.NotBooked(
                    "It has changed since it was booked: change it in the schedule."
                )
            actions.import_future_visit(row=row, frame=self.frame, by=self.by)
        except Forbidden:
            raise
        except Refusal as refusal:
            self._refuse(row.entry, str(refusal))
        else:
            self.report.count("Appointment", "created")

    def _try_again(self) -> None:
        """What referred to something that came later; until nothing more is found, then say why not."""
        for _ in range(ROUNDS):
            before, waiting = len(self._waiting), self._waiting
            if not before:
                return
            self._waiting = Spool()
            for entry in waiting.take():
                self._map(entry)
                if len(self._rows) >= BATCH:
                    self._flush()
            self._flush()
            waiting.close()
            if len(self._waiting) == before:
                break
        self._refuse_dangling()

    def _refuse_dangling(self) -> None:
        left = {entry.key for entry in self._waiting.take()}
        for entry in self._waiting.take():
            row = map_entry(entry, self.frame.zone, self._today())
            wanted = list(row.refs.values())
            circle = next((each for each in wanted if each.key in left), None)
            if circle:
                reason = f"It refers to {circle}, which waits for others in turn: a circle, or one is missing."
            else:
                named = ", ".join(str(each) for each in wanted)
                reason = f"It refers to {named}; not all of that is in these files or was imported before."
            self._refuse(entry, reason)

    def _refuse(self, entry: Entry, reason: str) -> None:
        self.report.refuse(Refused(entry.origin, f"{entry.kind}/{entry.id[:64]}", reason))

    def _today(self) -> date:
        return clock.today(self.frame.at, self.frame.zone)


class Spool:
    """Resources that wait, on disk when there are many; only the bundle's names they use go with them."""

    def __init__(self) -> None:
        make = tempfile.SpooledTemporaryFile  # open until close(): it outlives any block
        self._lines: IO[str] = make(IN_MEMORY, mode="w+", encoding="utf-8")
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, entries: Iterable[Entry]) -> None:
        self._lines.seek(0, 2)
        for entry in entries:
            names = _references(entry.resource)
            aliases = {name: key for name, key in entry.aliases.items() if name in names}
            line = [entry.origin, entry.kind, entry.id, entry.resource, aliases]
            self._lines.write(json.dumps(line) + "\n")
            self._count += 1

    def take(self) -> Iterator[Entry]:
        self._lines.seek(0)
        for line in self._lines:
            origin, kind, known, resource, aliases = json.loads(line)
            yield Entry(
                origin, kind, known, resource, {name: _key(it) for name, it in aliases.items()}
            )

    def close(self) -> None:
        self._lines.close()


def _references(value: object) -> set[str]:
    """Every reference in a resource, however deep."""
    found: set[str] = set()
    todo = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, dict):
            said = each.get("reference")
            if isinstance(said, str):
                found.add(said)
            todo += each.values()
        elif isinstance(each, list):
            todo += each
    return found


def _key(pair: Sequence[str]) -> Key:
    return pair[0], pair[1]
