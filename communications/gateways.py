"""
Gateways: how a message leaves the house.

A gateway either knows a message again by its key (then it may be handed over twice, and arrives once), or
it does not: then what was interrupted stays unknown until the gateway or a person can tell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from communications.models import Way


@dataclass(frozen=True)
class Outgoing:
    """What is handed over."""

    key: str
    address: str
    subject_line: str
    text: str


class Refused(Exception):
    """It will never take this one: no such number, no such mailbox."""


class Busy(Exception):
    """It surely took nothing; try again later."""


class NoAnswer(Exception):
    """Nobody knows whether it took it."""


class Gateway(Protocol):
    name: str
    knows_keys: bool  # handed over twice under one key, it sends once
    can_tell: bool  # answers `find`

    def send(self, out: Outgoing) -> str:
        """
        Hand over; returns the gateway's own reference, which may be empty.

        :raises Refused, Busy, NoAnswer:
        """

    def find(self, key: str) -> str | None:
        """
        The reference under which it has a message, or None: it never took it.

        :raises NoAnswer: it does not say now
        """


_made: dict[str, Gateway | None] = {}
_adapters: dict[str, Callable[[str], Gateway]] = {}


def adapter(scheme: str) -> Callable[[Callable[[str], Gateway]], Callable[[str], Gateway]]:
    """Register what makes a gateway from an address that begins with a scheme."""

    def register(make: Callable[[str], Gateway]) -> Callable[[str], Gateway]:
        _adapters[scheme] = make
        return make

    return register


def of(way: str) -> Gateway | None:
    """The gateway of a way, or None: the office has none."""
    address = settings.GATEWAYS.get(way, "")
    if address not in _made:
        _made[address] = _make(address)
    return _made[address]


def forget() -> None:
    """Close what is open to the outside: the gateways are others now."""
    for each in _made.values():
        if close := getattr(each, "close", None):
            close()
    _made.clear()


def _make(address: str) -> Gateway | None:
    if not address:
        return None
    scheme = address.partition(":")[0]
    if scheme not in _adapters:
        known = ", ".join(f"{each}:" for each in sorted(_adapters))
        raise ImproperlyConfigured(f"No gateway speaks {scheme}:. There are: {known}.")
    return _adapters[scheme](address)


def by_name(name: str) -> Gateway | None:
    """The gateway that a message was handed to, if the office still has it."""
    return next((each for way in Way.values if (each := of(way)) and each.name == name), None)


def ways() -> frozenset[str]:
    """The ways in which the office can write at all."""
    return frozenset(way for way in Way.values if of(way))
