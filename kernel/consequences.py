"""
Consequences: what an act does in rooms above it.

The act names a point; rooms above follow it in three phases. *Locks* first: the union is taken sorted,
before anything is written. *Preview* says in words and rows what would happen: the page the user
confirms. *Apply* does it in the same transaction, as the system on behalf of the actor.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from kernel.actors import Actor
from kernel.locks import lock_in_order


@dataclass(frozen=True)
class Effect:
    """
    One line of a preview: a sentence, how many rows it is about, where to see them.

    `rows` are those that the reader may see; `subject_kind` and `subject_ids` say what they show, for
    the audit trail.
    """

    sentence: str
    count: int = 0
    url: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    subject_kind: str = ""
    subject_ids: tuple[UUID, ...] = ()


class Consequence(Protocol):
    """What a room brings for a point. `facts` are the arguments the act gave."""

    def locks(self, **facts: Any) -> Iterable[tuple[str, UUID]]: ...

    def preview(self, *, by: Actor, **facts: Any) -> Iterable[Effect]: ...

    def apply(self, *, by: Actor, **facts: Any) -> None: ...


_followers: dict[str, list[tuple[str, Consequence]]] = {}


def follow(point: str, room: str, consequence: Consequence) -> None:
    """Register what a room does when the point is reached; called in `ready()`."""
    _followers.setdefault(point, []).append((room, consequence))


def preview(point: str, *, by: Actor, **facts: Any) -> list[Effect]:
    """What would happen, without doing it, as far as this reader may see it."""
    return [
        effect for _, each in _followers.get(point, []) for effect in each.preview(by=by, **facts)
    ]


def lock(point: str, *more: tuple[str, UUID], **facts: Any) -> None:
    """Inside the act, before it writes: all locks of all rooms, and its own, in one sorted step."""
    wanted = list(more)
    for _, each in _followers.get(point, []):
        wanted.extend(each.locks(**facts))
    lock_in_order(wanted)


def apply(point: str, *, by: Actor, **facts: Any) -> None:
    """Inside the act, after its own writes: the other rooms' part."""
    for room, each in _followers.get(point, []):
        each.apply(by=Actor.system(room, on_behalf_of=by), **facts)
