"""
Every route declares who may use it; a route that declares nothing is closed and fails the start.

`@page` for what staff read or do, `@public` for what needs no sign-in, with the reason. Views of
third-party packages are declared by their route's name with `declare`. The middleware enforces; the
declarations together are the registry that the route matrix tests.
"""

import fnmatch
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.core.checks import CheckMessage, Error
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, get_resolver

from kernel import audit

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """Who may use a route: a permission, any signed-in staff (empty), or everybody (`public`, why)."""

    permission: str = ""
    public: str = ""
    subject: str = ""
    background: bool = False  # does not count as somebody being there
    acts: tuple[str, ...] = ()
    takes_files: bool = False  # a body may be as large as a file; everywhere else as a form
    again: bool = False  # delicate: whoever asks has shown lately, once more, who they are
    early: bool = False  # opens also before the second step that a role needs is set up
    device: str = ""  # for a machine of this kind alone, at which nobody signs in; never for people


_by_name: list[tuple[str, Policy]] = []


def page(
    *,
    permission: str = "",
    act: Any = None,
    subject: str = "",
    background: bool = False,
    takes_files: bool = False,
    again: bool = False,
    early: bool = False,
) -> Callable[[V], V]:
    """
    Declare a view of the signed-in house.

    `act`: the action the view performs; its permission is the view's. `subject`: the kind whose rows the
    view shows; it must call `saw(request, ids)`. `background`: a poll; it never keeps a session awake.
    `again`: asks first who it is, unless they showed it lately. `early`: opens without the second step that
    a role needs.
    """
    acts = tuple(act) if isinstance(act, list | tuple) else (act,) if act else ()
    first = acts[0].act if acts else None
    wanted = str(permission or (first.permission if first else "") or "")
    names = tuple(each.act.name for each in acts)
    declared = Policy(wanted, "", subject, background, names, takes_files, again, early)

    def attach(view: V) -> V:
        view.policy = declared  # type: ignore[attr-defined]
        return view

    return attach


def public(*, reason: str) -> Callable[[V], V]:
    """Declare a view that needs no sign-in, and why."""

    def attach(view: V) -> V:
        view.policy = Policy(public=reason)  # type: ignore[attr-defined]
        return view

    return attach


def device(*, kind: str, permission: str, subject: str = "") -> Callable[[V], V]:
    """Declare a page of an unattended machine; it may do this one thing, at its own location."""

    def attach(view: V) -> V:
        view.policy = Policy(str(permission), subject=subject, background=True, device=kind)  # type: ignore[attr-defined]
        return view

    return attach


def declare(route_name: str, policy: Policy) -> None:
    """Declare routes of a package by name pattern (`admin:*`, `account_*`)."""
    _by_name.append((route_name, policy))


def saw(request: HttpRequest, kind: str, ids: list[UUID], location_id: UUID | None = None) -> None:
    """Record which rows a page showed: once per open view, not per refresh."""
    match = request.resolver_match
    name = match.view_name if match else request.path
    opened_in = _opened_in(request)
    view = f"{opened_in}:{name}:{location_id or ''}" if opened_in else ""
    audit.record_read(
        request.actor,  # type: ignore[attr-defined]
        page=name,
        kind=kind,
        ids=ids,
        view=view,
        location_id=location_id,
    )


def _opened_in(request: HttpRequest) -> str:
    """Whose open view it is: a browser's session, or a program's token, which has no session. Never shared."""
    if token := getattr(request, "token", None):
        return f"token-{token.token_id}"
    if machine := getattr(request, "device", None):
        return f"device-{machine.pk}"
    return getattr(getattr(request, "session", None), "session_key", None) or ""


def of(view: Callable[..., Any], route_name: str) -> Policy | None:
    """The policy of a resolved view, or None: closed."""
    declared = getattr(view, "policy", None) or getattr(getattr(view, "cls", None), "policy", None)
    if declared is not None:
        return declared
    for pattern, policy in _by_name:
        if fnmatch.fnmatchcase(route_name, pattern):
            return policy
    return None


@dataclass(frozen=True)
class Route:
    pattern: str
    name: str
    view: Callable[..., Any]

    @property
    def policy(self) -> Policy | None:
        return of(self.view, self.name)


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "", space: str = ""
) -> Iterator[Route]:
    """Every route of the house, flat."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        where = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from routes(each.url_patterns, where, inner)
        else:
            yield Route(where, f"{space}{each.name or ''}", each.callback)


def check_routes(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """System check: start-up fails on a route that declares nothing."""
    return [
        Error(
            f"The route /{route.pattern} ({route.name}) declares neither @page nor @public.",
            hint="Decorate the view, or declare() the package's route by name.",
            id="kernel.E001",
        )
        for route in routes()
        if route.policy is None
    ]


def permission_of_api(view: Any, action: str) -> str | None:
    """What an API view asks for an action; None: closed. HEAD is GET; OPTIONS tells nothing and is free."""
    if action in {"metadata", "options"}:
        return ""
    permissions: dict[str, str] = getattr(view, "permissions", {})
    wanted = permissions.get(action, permissions.get("retrieve") if action == "head" else None)
    return None if wanted is None else str(wanted)
