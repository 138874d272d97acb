"""Work: what waits for a role, ranked: what, the rule that put it here, deadline, money at risk, one verb."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kernel.actors import Actor


@dataclass(frozen=True)
class WorkItem:
    """
    One line of the queue. `severity`: act, look or plain, as in the design language.

    `panel` names one (kernel.panels) that shows the same with more to do; beside it the line is left out.
    `about`: the kind and id of a person whose chart or file the line tells of, for the audit trail.
    """

    what: str
    why: str
    verb: str
    url: str
    icon: str = "circle"
    severity: str = "plain"
    due_at: datetime | None = None
    due_text: str = ""
    money: Decimal | None = None
    rank: int = 50
    panel: str = ""
    about: tuple[str, UUID] | None = None


Source = Callable[[Actor, datetime], Iterable[WorkItem]]
_sources: list[tuple[str, Source]] = []


def source(permission: str) -> Callable[[Source], Source]:
    """Register where items for holders of a permission come from; asked once per page, set-based."""

    def register(function: Source) -> Source:
        _sources.append((str(permission), function))
        return function

    return register


def queue_for(actor: Actor, at: datetime) -> list[WorkItem]:
    """Everything that waits for this actor, most urgent first."""
    items = [
        item
        for permission, source in _sources
        if actor.may(permission)
        for item in source(actor, at)
    ]
    severity = {"act": 0, "look": 1}
    return sorted(items, key=lambda item: (severity.get(item.severity, 2), item.rank, item.what))
