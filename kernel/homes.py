"""Homes: where each person's day begins. A room offers one for a permission; the first that fits is `/`."""

from dataclasses import dataclass

from kernel.actors import Actor


@dataclass(frozen=True)
class Home:
    """A page as somebody's start page; who has the permission of several gets the lowest `order`."""

    permission: str
    url_name: str
    order: int = 50


_homes: list[Home] = []


def offer(home: Home) -> None:
    """Register a start page; called in `ready()`."""
    _homes.append(home)
    _homes.sort(key=lambda each: each.order)


def of(actor: Actor) -> Home | None:
    """The start page of this actor, or None: the general one."""
    return next((home for home in _homes if actor.may(home.permission)), None)
