"""
Kinds of message: what a room has to say to somebody, registered from above.

A room plans a message when it knows that one is wanted, and is asked again when it leaves: is it still true,
and with which words? Nothing is scheduled at a gateway, so there is nothing to take back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from communications.models import Message

# All that may stand in a text or an e-mail that anybody might read over a shoulder: who, when, where, with
# whom, and whom to call. No reason, no specialty, no diagnosis (45 CFR 164.502(b), minimum necessary).
OPEN_FIELDS = frozenset(
    {
        "first_name", "appt_day", "appt_time", "practitioner", "location_name", "location_phone",
        "location_address", "practice_name", "answer_link", "optout", "text", "subject",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """It is still true; these are the values of its fields."""

    fields: Mapping[str, str]


@dataclass(frozen=True)
class Stale:
    """It is no longer true, and why."""

    reason: str


@dataclass(frozen=True)
class Words:
    """A template: the line above it, for ways that have one, and the text."""

    text: str
    subject_line: str = ""


class MessageKind(Protocol):
    """What a room says about one kind of its messages."""

    name: str  # "appointment.reminder"
    label: str  # "Reminder of a visit"
    fields: Mapping[str, str]  # every field its words may use, with a value to try them with
    shipped: Mapping[tuple[str, str], Words]  # (way, language) → the words it comes with
    is_urgent: bool  # goes out at night, and is not counted against the weekly cap

    def told(self, messages: Sequence[Message]) -> Mapping[UUID, Said | Stale]:
        """What each would say now; one query or two for all of them."""

    def together(self, said: Sequence[Mapping[str, str]]) -> Mapping[str, str] | None:
        """One message that says it all to a household; None: they are sent one by one."""


_kinds: dict[str, MessageKind] = {}


def register(kind: MessageKind) -> None:
    unknown = set(kind.fields) - OPEN_FIELDS
    if unknown:
        raise ValueError(f"{kind.name} would say {sorted(unknown)} where anybody may read it")
    _kinds[kind.name] = kind


def of(name: str) -> MessageKind | None:
    return _kinds.get(name)


def every() -> list[MessageKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.label)


def label(name: str) -> str:
    return _kinds[name].label if name in _kinds else name
