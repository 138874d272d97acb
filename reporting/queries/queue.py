"""The work queue as its list prints it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel import work
from kernel.actors import Actor
from kernel.templatetags.house import money
from kernel.work import WorkItem

SHOWN = 10


@dataclass(frozen=True)
class Line:
    """What components/work_item.html prints."""

    what: str
    why: str
    verb: str
    url: str
    icon: str
    tone: str
    amount: str
    due: str
    due_tone: str


@dataclass(frozen=True)
class Queue:
    lines: tuple[Line, ...]
    count: int
    is_short: bool
    about: frozenset[tuple[str, UUID]]  # kinds and ids of the persons its lines tell of

    @property
    def rest(self) -> int:
        return self.count - len(self.lines)


def queue(
    actor: Actor, now: datetime, *, beside: Collection[str] = (), everything: bool = False
) -> Queue:
    """
    What waits for this actor, the most urgent first; the first ten unless everything is asked for.

    :param beside: names of panels on the same page; what they show is not said twice
    """
    items = [each for each in work.queue_for(actor, now) if each.panel not in beside]
    shown = items if everything else items[:SHOWN]
    about = frozenset(each.about for each in shown if each.about)
    return Queue(tuple(_lines(shown)), len(items), len(shown) < len(items), about)


def _lines(items: Iterable[WorkItem]) -> list[Line]:
    return [
        Line(
            each.what,
            each.why,
            each.verb,
            each.url,
            each.icon,
            "" if each.severity == "plain" else each.severity,
            money(each.money) if each.money is not None else "",
            each.due_text,
            each.severity if each.severity == "act" else "",
        )
        for each in items
    ]
