"""The audit trail as people read it: who did or looked at what, when, why, from where."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from kernel import acts, clock, policy, subjects
from kernel.actors import Actor
from kernel.models import AuditEvent

PAGE = 50
NAMED = 3  # subjects of an event that are called by name; of the others only the count is said


@dataclass(frozen=True)
class Asked:
    """What somebody looks for."""

    person: UUID | None = None
    about: UUID | None = None
    action: str = ""
    outcome: str = ""
    first: date | None = None
    last: date | None = None
    before: int | None = None

    def criteria(self) -> dict[str, str]:
        """For the audit event of the search itself."""
        return {name: str(value) for name, value in self.__dict__.items() if value}


@dataclass(frozen=True)
class Entry:
    """One line of the trail."""

    id: int
    at: datetime
    who: str
    action: str
    outcome: str
    outcome_word: str
    about: str
    reason: str
    details: str
    source: str


def entries(asked: Asked, actor: Actor, zone: str) -> tuple[list[Entry], int | None]:
    """A page of the trail, newest first, and where the next one begins."""
    rows = list(_rows(asked, zone).order_by("-id")[: PAGE + 1])
    shown = rows[:PAGE]
    after = shown[-1].pk if len(rows) > PAGE else None
    return _as_entries(shown, actor, zone), after


def looked_at(about: UUID, actor: Actor, zone: str, limit: int = 20) -> list[Entry]:
    """Who looked at or changed one subject, newest first."""
    rows = _rows(Asked(about=about), zone).order_by("-id")[:limit]
    return _as_entries(list(rows), actor, zone)


def known_actions() -> list[str]:
    """Every act and page that can stand in the trail."""
    pages = {route.name for route in policy.routes() if route.name}
    return sorted(set(acts.registry) | pages)


def _rows(asked: Asked, zone: str) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.all()
    if asked.person:
        rows = rows.filter(actor_id=asked.person)
    if asked.about:
        rows = rows.filter(subject_ids__contains=[asked.about])
    if asked.action:
        rows = rows.filter(action=asked.action)
    if asked.outcome:
        rows = rows.filter(outcome=asked.outcome)
    if asked.first:
        rows = rows.filter(at__gte=clock.day(asked.first, zone).lower)
    if asked.last:
        rows = rows.filter(at__lt=clock.day(asked.last, zone).upper)
    if asked.before:
        rows = rows.filter(pk__lt=asked.before)
    return rows


def _as_entries(rows: list[AuditEvent], actor: Actor, zone: str) -> list[Entry]:
    pairs = [(row.subject_kind, each) for row in rows for each in row.subject_ids[:NAMED]]
    names = subjects.labels(pairs, actor)
    return [_entry(row, names, zone) for row in rows]


def _entry(row: AuditEvent, names: dict[tuple[str, UUID], str], zone: str) -> Entry:
    return Entry(
        id=row.pk,
        at=clock.local(row.at, zone),
        who=row.actor_name,
        action=row.action,
        outcome=row.outcome,
        outcome_word=AuditEvent.Outcome(row.outcome).label,
        about=_about(row, names),
        reason=row.reason,
        details=", ".join(f"{name}: {_short(value)}" for name, value in row.details.items()),
        source=row.source,
    )


def _about(row: AuditEvent, names: dict[tuple[str, UUID], str]) -> str:
    """Names where the reader may know them; else the kind and the end of the id, enough to tell apart."""
    if not row.subject_ids:
        return ""
    kind = row.subject_kind.rpartition(".")[2]
    called = [
        names.get((row.subject_kind, each)) or f"{kind} …{str(each)[-6:]}"
        for each in row.subject_ids[:NAMED]
    ]
    more = len(row.subject_ids) - len(called)
    return ", ".join(called) + (f" and {more} more" if more else "")


def _short(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
