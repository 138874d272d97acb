"""What must happen, computed from the declarations alone: nothing here knows a role."""

import fnmatch
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import SimpleNamespace
from typing import Any

from kernel import policy
from kernel.actors import Actor
from kernel.policy import Route
from tests.authorization import examples
from tests.authorization.examples import NOBODY, OWN, Kind
from tests.authorization.world import Person, World

# Answers of pages that have nothing to do with who asks.
ALSO = {
    "admin:": {404},  # the panel's own words for an address it does not have
    "admin:view_on_site": {404},  # no row of ours has a page there
    "admin:autocomplete": {403},  # asked without naming a field
    "admin:app_list": {404},  # for whom none of its pages is
    "mfa_*": {403, 404},  # without a second step there is nothing to look at
}
# What the admin panel asks its pages before each of its views.
PANEL_ASKS = {
    "changelist_view": "view",
    "history_view": "view",
    "add_view": "add",
    "delete_view": "delete",
}
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")


class Outcome(StrEnum):
    """What the declarations say of one cell."""

    OPEN = "open"  # done, shown, or refused for a reason that has nothing to do with rights
    DENIED = "denied"  # the right is missing: 403, whatever the id
    HIDDEN = "hidden"  # there is nothing here that this actor may open
    KNOWN = "known, but closed"  # a colleague's file, to who sees the directory
    CLOSED = "closed"  # no such method


@dataclass(frozen=True)
class Expected:
    """`statuses`: the answers that fit; of an open door those that fit although they look like a closed one."""

    outcome: Outcome
    statuses: frozenset[int] = frozenset()

    def fits(self, status: int) -> bool:
        if self.outcome is Outcome.OPEN and status < 500 and status not in {401, 403, 404}:
            return True
        return status in self.statuses


DENIED = Expected(Outcome.DENIED, frozenset({403}))
CLOSED = Expected(Outcome.CLOSED, frozenset({403, 404, 405}))


@cache
def routes() -> tuple[Route, ...]:
    return tuple(each for each in policy.routes() if not each.pattern.startswith("static"))


def needs(route: Route, method: str) -> frozenset[str] | None:
    """The permissions that this method of the route asks for; None: there is no such method."""
    if (actions := getattr(route.view, "actions", None)) is not None:
        action = actions.get("get" if method == "head" else method)
        if action is None:
            return frozenset() if method == "options" else None
        asked = policy.permission_of_api(route.view.cls, action)
        return None if asked is None else frozenset(filter(None, [asked]))
    assert route.policy is not None
    return frozenset(filter(None, [str(route.policy.permission)]))


def panel_allows(route: Route, method: str, actor: Actor, values: dict[str, Any]) -> bool:
    """What the page of the admin panel declares for this view of it; other routes have none."""
    page = getattr(route.view, "model_admin", None)
    view = getattr(route.view, "__wrapped__", None)
    name = getattr(view, "__name__", "")
    asks = PANEL_ASKS.get(name) or {"change_view": "change" if method == "post" else "view"}.get(
        name
    )
    asked = [asks] if asks else getattr(view, "allowed_permissions", ())
    request = SimpleNamespace(actor=actor)
    return all(
        getattr(page, f"has_{each}_permission")(request, *_about(each, values)) for each in asked
    )


def _about(asked: str, values: dict[str, Any]) -> list[Any]:
    """The panel's own questions are about all rows; those of one account name it."""
    return [] if asked in {"view", "add", "change", "delete"} else list(values.values())


def kinds(route: Route) -> dict[str, Kind]:
    found = {
        name: examples.example(route.name, name) for name in examples.parameters(route.pattern)
    }
    return {name: kind for name, kind in found.items() if kind is not None}


def relations(route: Route) -> list[str]:
    """How the thing an address names may stand to who asks; routes without a parameter have one."""
    known = {relation for kind in kinds(route).values() for relation in kind.values}
    return sorted(known, key=lambda each: (each != OWN, each)) or [OWN]


def values(route: Route, world: World, person: Person, relation: str) -> dict[str, Any]:
    """The first parameter so related; a second one (`to`, `kind`) stays as it should be."""
    return {
        name: (kind.values.get(relation) or kind.values[OWN])(world, person)
        for name, kind in kinds(route).items()
    }


def path(route: Route, world: World, person: Person, relation: str) -> str:
    return examples.address(route.pattern, values(route, world, person, relation))


def _hidden(kind: Kind, actor: Actor, relation: str) -> Expected:
    if relation == NOBODY:
        return Expected(Outcome.HIDDEN, kind.unknown)
    if kind.listed and actor.may(kind.listed):
        return Expected(Outcome.KNOWN, frozenset({403}))
    return Expected(Outcome.HIDDEN, kind.hidden)


def expected(
    route: Route, method: str, relation: str, world: World, person: Person, actor: Actor
) -> Expected:
    """Of the rights of `actor`, who asks about what stands so to `person`."""
    wanted = needs(route, method)
    if wanted is None:
        return CLOSED
    if not all(map(actor.may, wanted)):
        return DENIED
    if not panel_allows(route, method, actor, values(route, world, person, relation)):
        return DENIED
    # A class's OPTIONS says what verbs there are, and looks at no row.
    looks = method != "options" or not (
        hasattr(route.view, "actions") or hasattr(route.view, "view_class")
    )
    for kind in kinds(route).values() if looks else ():
        if relation in kind.values and not kind.sees(actor, world, person, relation):
            return _hidden(kind, actor, relation)
    also = (statuses for name, statuses in ALSO.items() if fnmatch.fnmatchcase(route.name, name))
    return Expected(Outcome.OPEN, frozenset().union(*also))
