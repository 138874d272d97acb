"""The audit trail: every act, and every read of patient or personnel data."""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.cache import cache

from kernel.actors import Actor
from kernel.models import AuditEvent

if TYPE_CHECKING:
    from kernel.acts import Doing

SEEN_FOR = 15 * 60  # seconds a view's ids are remembered, so that a refresh is not a second look

source: ContextVar[str] = ContextVar("where the request came from", default="")


def record_act(doing: "Doing", outcome: str = AuditEvent.Outcome.DONE) -> None:
    """Write the event of an act, in its own transaction when done, after the rollback when not."""
    kind, ids = doing.subject()
    _write(
        doing.by,
        action=doing.name,
        outcome=outcome,
        subject_kind=kind,
        subject_ids=ids,
        location_id=doing.location_id,
        reason=doing.reason,
        details=doing.details,
    )


def record_read(
    by: Actor,
    *,
    page: str,
    kind: str,
    ids: Iterable[UUID],
    view: str = "",
    location_id: UUID | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """
    Write that these subjects were shown.

    `view` names one open view (session and address): a refresh records only what it had not shown yet.
    Without a cache every refresh is recorded: too much rather than too little.
    """
    shown = list(dict.fromkeys(ids))
    if view:
        shown = _unseen(f"seen:{view}:{kind}", shown)
    if shown:
        _write(
            by,
            action=page,
            outcome=AuditEvent.Outcome.READ,
            subject_kind=kind,
            subject_ids=shown,
            location_id=location_id,
            details=dict(details or {}),
        )


def record_denial(by: Actor, *, page: str, reason: str) -> None:
    """Write that somebody asked for a page or act they have no right to."""
    _write(by, action=page, outcome=AuditEvent.Outcome.DENIED, reason=reason)


def record_fact(by: Actor, *, page: str, kind: str, ids: Iterable[UUID], **details: Any) -> None:
    """Write that something was done which is no act: somebody signed in, set a password."""
    _write(
        by,
        action=page,
        outcome=AuditEvent.Outcome.DONE,
        subject_kind=kind,
        subject_ids=list(ids),
        details=details,
    )


def record_search(by: Actor, *, page: str, **details: Any) -> None:
    """Write that somebody searched where the search itself tells something: in the audit trail."""
    _write(by, action=page, outcome=AuditEvent.Outcome.READ, details=details)


def _unseen(view: str, ids: list[UUID]) -> list[UUID]:
    """Each id is remembered by itself: a day costs its own rows, however much was looked at before it."""
    keys = {each: f"{view}:{each}" for each in ids}  # the API brings them as text
    known = cache.get_many(keys.values()) if keys else {}
    fresh = [each for each, key in keys.items() if key not in known]
    if fresh:
        cache.set_many({keys[each]: 1 for each in fresh}, SEEN_FOR)
    return fresh


def _write(by: Actor, **fields: Any) -> None:
    AuditEvent.objects.create(
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:200],
        on_behalf_of_id=by.on_behalf_of.id if by.on_behalf_of else None,
        source=source.get()[:200],
        **fields,
    )
