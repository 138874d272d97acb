"""Subjects: the kinds of thing one can link to, search for, and later write to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from kernel.actors import Actor


@dataclass(frozen=True)
class Hit:
    """One line of a search: what it is, what tells it from its namesakes, where it opens."""

    kind: str
    id: UUID
    label: str
    detail: str
    url: str
    icon: str = "circle"


@dataclass(frozen=True)
class Recipient:
    """
    Somebody one can write to.

    `ways`: (channel, address), the best first; channels are sms, email, letter and push. `household`: equal
    for those who live together. `closed`: why nobody is written to, such as a death.
    """

    id: UUID
    given_name: str
    language: str
    ways: tuple[tuple[str, str], ...]
    household: str = ""
    closed: str = ""


class SubjectKind(Protocol):
    """What a room says about one kind of its things. Every answer is scoped to the actor."""

    kind: str  # the model's label, "patients.patient"
    name: str  # "Patient"
    icon: str

    def labels(self, ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, str]: ...

    def url(self, subject_id: UUID) -> str: ...

    def search(self, text: str, actor: Actor, limit: int) -> list[Hit]: ...


_kinds: dict[str, SubjectKind] = {}


def register(kind: SubjectKind) -> None:
    _kinds[kind.kind] = kind


def of(kind: str) -> SubjectKind | None:
    return _kinds.get(kind)


def recipients(kind: str, ids: Iterable[UUID]) -> Mapping[UUID, Recipient]:
    """How to reach many of one kind, set-based; the house asks, on nobody's behalf. No kind, no way."""
    known = getattr(_kinds.get(kind), "recipients", None)
    return known(ids) if known else {}


def search(text: str, actor: Actor, limit: int = 8) -> list[Hit]:
    """What the palette shows: the best few of every kind this actor may see."""
    text = text.strip()
    return (
        [hit for kind in _kinds.values() for hit in kind.search(text, actor, limit)] if text else []
    )


def visible_ids(actor: Actor) -> dict[str, Any]:
    """
    For each kind that papers may be filed about, a query of the ids this actor may see.

    What is about a kind that does not answer (`visible`) nobody but the house itself sees.
    """
    return {name: kind.visible(actor) for name, kind in _kinds.items() if hasattr(kind, "visible")}


def is_visible(kind: str, subject_id: UUID, actor: Actor) -> bool:
    """May this actor see the one thing that is named?"""
    known = visible_ids(actor).get(kind)
    return known is not None and known.filter(pk=subject_id).exists()


def examples(actor: Actor) -> dict[str, str]:
    """What one may type to find a kind of thing, by its name; of kinds the actor may not look for, none."""
    told = {kind.name: kind.example(actor) for kind in _kinds.values() if hasattr(kind, "example")}
    return {name: example for name, example in told.items() if example}


def labels(pairs: Iterable[tuple[str, UUID]], actor: Actor) -> dict[tuple[str, UUID], str]:
    """Names for many subjects of many kinds, one query per kind; what the actor may not see is absent."""
    by_kind: dict[str, set[UUID]] = {}
    for kind, subject_id in pairs:
        by_kind.setdefault(kind, set()).add(subject_id)
    found: dict[tuple[str, UUID], str] = {}
    for kind, ids in by_kind.items():
        if known := _kinds.get(kind):
            found |= {(kind, each): label for each, label in known.labels(ids, actor).items()}
    return found
