"""How rows of one kind become ours: looked up together, written together, and alone only when that fails."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.db import DatabaseError, models, transaction

from fhir.actions.resolving import Resolver
from fhir.report import Refused, Report
from fhir.rows import Row
from kernel.durable import RETRIED, sqlstate, violated_constraint
from office.models import Location

T = TypeVar("T")
Pair = tuple[Row, Any]  # what was read, and the row of ours


@dataclass(frozen=True)
class Frame:
    """What holds for the whole import."""

    source: str
    location: Location  # where imported patients are known from now on
    zone: str
    at: datetime


@dataclass(frozen=True)
class Known:
    """A row that an earlier import made."""

    pk: UUID
    fingerprint: str
    is_linked: bool = True  # found by this source's own id
    is_ours: bool = False  # kept by the desk or by another source: never overwritten


@dataclass
class Kept:
    """What one batch did, and what has to wait."""

    report: Report = field(default_factory=Report)
    again: list[Row] = field(default_factory=list)  # a later version of a row of this batch
    waiting: list[Row] = field(default_factory=list)  # refers to something that is not here yet
    written: dict[str, list[Any]] = field(default_factory=dict)
    patients: set[UUID] = field(default_factory=set)


class Keeper:
    """One kind of resource. The base serves tables that carry `source`, `source_id` and `fingerprint`."""

    kind: ClassVar[str]
    model: ClassVar[type[models.Model]]
    columns: ClassVar[Sequence[str]] = ()  # what an update may change
    own_refs: ClassVar[Sequence[str]] = ()  # references that are columns

    def __init__(self, frame: Frame, resolver: Resolver) -> None:
        self.frame = frame
        self.resolver = resolver

    def known(self, rows: Mapping[str, Row]) -> Mapping[str, Known | str]:
        """What is here already by the id in the file; a sentence, where that must not be."""
        found = self.model._default_manager.filter(
            source=self.frame.source, source_id__in=list(rows)
        ).values_list("source_id", "pk", "fingerprint")
        return {source_id: Known(pk, fingerprint) for source_id, pk, fingerprint in found}

    def make(self, row: Row, refs: Mapping[str, UUID]) -> Any:
        """A new row of ours, not yet saved."""
        own = {"source": self.frame.source, "source_id": row.id, "fingerprint": row.fingerprint}
        return self.model(**self.values(row, refs), **own)

    def values(self, row: Row, refs: Mapping[str, UUID]) -> dict[str, Any]:
        """The columns of a row."""
        return row.fields | {f"{name}_id": refs.get(name) for name in self.own_refs}

    def insert(self, pairs: Sequence[Pair]) -> None:
        self.model._default_manager.bulk_create([instance for _, instance in pairs])

    def update(self, pairs: Sequence[Pair]) -> None:
        names = [*self.columns, *self.own_refs, "fingerprint", "version", "updated_at"]
        self.model._default_manager.bulk_update([instance for _, instance in pairs], names)

    def changed(self, row: Row, refs: Mapping[str, UUID], instance: Any) -> Any:
        """The row as it is, with what is read now."""
        for name, value in self.values(row, refs).items():
            setattr(instance, name, value)
        instance.fingerprint, instance.updated_at = row.fingerprint, self.frame.at
        instance.version += 1
        return instance

    def patients_of(self, pairs: Iterable[Pair]) -> Iterable[UUID]:
        """Whom the written rows are about, for the audit event."""
        return [instance.patient_id for _, instance in pairs if hasattr(instance, "patient_id")]


def keep(keeper: Keeper, rows: Sequence[Row], kept: Kept) -> None:
    """Write the rows of one kind, or say of each why not."""
    by_id = _first_of_each(keeper, rows, kept)
    known = keeper.known(by_id)
    new: list[Row] = []
    changed: list[Row] = []
    for row in by_id.values():
        found = known.get(row.id)
        if isinstance(found, str):
            refuse(kept, row, found)
        elif found is None:
            new.append(row)
        elif found.is_linked and (found.is_ours or found.fingerprint == row.fingerprint):
            kept.report.count(row.key[0], "unchanged")
        else:
            changed.append(row)
    refs = keeper.resolver.resolve([*new, *changed])
    new, changed = _with_refs(new, refs, kept), _with_refs(changed, refs, kept)
    made = [(row, keeper.make(row, refs[row.key])) for row in new]
    _write(keeper, keeper.insert, made, "created", kept)
    _write(keeper, keeper.update, _rows_now(keeper, changed, known, refs), "updated", kept)


def refuse(kept: Kept, row: Row, reason: str) -> None:
    kept.report.refuse(Refused(row.entry.origin, "/".join(row.key), reason))


def _first_of_each(keeper: Keeper, rows: Sequence[Row], kept: Kept) -> dict[str, Row]:
    """The same resource twice in a batch is one row; a second version of it waits for the next batch."""
    first: dict[str, Row] = {}
    for row in rows:
        earlier = first.setdefault(row.id, row)
        if earlier is row:
            continue
        if earlier.fingerprint == row.fingerprint:
            kept.report.count(keeper.kind, "unchanged")
        else:
            kept.again.append(row)
    return first


def _with_refs(
    rows: Sequence[Row], refs: Mapping[Any, Mapping[str, UUID]], kept: Kept
) -> list[Row]:
    """Those whose references are all here; the others wait."""
    complete = [row for row in rows if len(refs[row.key]) == len(row.refs)]
    kept.waiting += [row for row in rows if len(refs[row.key]) < len(row.refs)]
    return complete


def _rows_now(
    keeper: Keeper,
    rows: Sequence[Row],
    known: Mapping[str, Known | str],
    refs: Mapping[Any, Mapping[str, UUID]],
) -> list[Pair]:
    ids = {row.id: found.pk for row in rows if isinstance(found := known[row.id], Known)}
    # Locked, so that a desk changing one of them at this moment is not overwritten with older values.
    locked = keeper.model._default_manager.select_for_update(of=("self",))
    instances = locked.order_by("pk").in_bulk(list(ids.values()))
    return [
        (row, keeper.changed(row, refs[row.key], instances[ids[row.id]]))
        for row in rows
        if ids[row.id] in instances
    ]


def _write(
    keeper: Keeper,
    write: Callable[[Sequence[Pair]], None],
    pairs: Sequence[Pair],
    outcome: str,
    kept: Kept,
) -> None:
    """All together; when the database refuses, each alone, so that one bad row never stops the rest."""
    if not pairs:
        return
    try:
        _in_savepoint(write, pairs)
        done = list(pairs)
    except DatabaseError as error:
        if sqlstate(error) in RETRIED:
            raise
        done = [pair for pair in pairs if _write_alone(write, pair, kept)]
    kept.report.count(keeper.kind, outcome, len(done))
    kept.written.setdefault(keeper.kind, []).extend(instance for _, instance in done)
    kept.patients.update(keeper.patients_of(done))


def _write_alone(write: Callable[[Sequence[Pair]], None], pair: Pair, kept: Kept) -> bool:
    try:
        _in_savepoint(write, [pair])
    except DatabaseError as error:
        if sqlstate(error) in RETRIED:
            raise
        refuse(kept, pair[0], _reason(error))
        return False
    return True


def _in_savepoint(write: Callable[[Sequence[Pair]], None], pairs: Sequence[Pair]) -> None:
    with transaction.atomic():  # a savepoint: what the batch wrote before survives a refusal
        write(pairs)


def _reason(error: DatabaseError) -> str:
    rule = violated_constraint(error)
    return f"The database refuses it ({rule})." if rule else "A value does not fit its column."
