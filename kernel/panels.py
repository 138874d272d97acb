"""Panels: places a page offers, filled by rooms above it. The navigation is one of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from kernel.actors import Actor

Context = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """
    A fragment for a place. `context(request, **subject)` brings what the template prints, set-based;
    None leaves the panel out.
    """

    place: str
    name: str
    template: str
    context: Context
    permission: str = ""
    order: int = 50


@dataclass(frozen=True)
class Filled:
    name: str
    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True)
class NavItem:
    """
    A page one can go to. Without the right it is absent, not grey.

    `line` says on the start page what one does there. The rail holds ten words at most; a page with
    `in_rail=False` stands in the palette and on the start page only.
    """

    label: str
    icon: str
    url_name: str
    permission: str = ""
    order: int = 50
    count: Callable[[Actor], int] | None = None
    at_end: bool = False
    line: str = ""
    in_rail: bool = True


@dataclass(frozen=True)
class NewItem:
    """Something one may begin from anywhere: a verb with its object in the New menu and the palette."""

    label: str
    icon: str
    url_name: str
    permission: str = ""
    order: int = 50
    key: str = ""


_panels: dict[str, list[Panel]] = {}
_nav: list[NavItem] = []
_new: list[NewItem] = []


def fill(panel: Panel) -> None:
    _panels.setdefault(panel.place, []).append(panel)
    _panels[panel.place].sort(key=lambda each: each.order)


def at(place: str, request: HttpRequest, **subject: Any) -> list[Filled]:
    """The panels of a place that this actor may see, with their contexts."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    filled = []
    for panel in _panels.get(place, []):
        if panel.permission and not actor.may(panel.permission):
            continue
        context = panel.context(request, **subject)
        if context is not None:
            filled.append(Filled(panel.name, panel.template, context))
    return filled


def names_at(place: str, actor: Actor) -> set[str]:
    """Which panels of a place this actor may see; asks nobody for their contexts."""
    return {
        panel.name
        for panel in _panels.get(place, [])
        if not panel.permission or actor.may(panel.permission)
    }


def add_nav(item: NavItem) -> None:
    _nav.append(item)
    _nav.sort(key=lambda each: (each.at_end, each.order))


def nav_for(actor: Actor) -> list[NavItem]:
    return [item for item in _nav if not item.permission or actor.may(item.permission)]


def add_new(item: NewItem) -> None:
    _new.append(item)
    _new.sort(key=lambda each: each.order)


def new_for(actor: Actor) -> list[NewItem]:
    return [item for item in _new if not item.permission or actor.may(item.permission)]
