"""Audiences: whom one may write to all at once, registered by the rooms that know them."""

from dataclasses import dataclass
from typing import Any, Protocol

from communications.models import Broadcast


@dataclass(frozen=True)
class Wanted:
    """A query that brings `planning.COLUMNS`, a row for each message."""

    sql: str
    values: tuple[Any, ...]


class Audience(Protocol):
    name: str
    label: str
    kind: str  # of message
    subject_kind: str

    def wanted(self, broadcast: Broadcast) -> Wanted: ...


_audiences: dict[str, Audience] = {}


def register(audience: Audience) -> None:
    _audiences[audience.name] = audience


def of(name: str) -> Audience | None:
    return _audiences.get(name)


def every() -> list[Audience]:
    return list(_audiences.values())
