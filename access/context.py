"""What the shell around every page needs; nothing here asks the database for a signed-out visitor."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from access.second_step import is_missing as needs_first
from kernel import homes, panels, subjects
from kernel.actors import NOBODY, Actor
from kernel.panels import NavItem
from office.content_policy import events_url
from office.queries import practice

START = NavItem(
    "Start", "home", "home"
)  # for those whose role has no page of its own to begin with


def shell(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", NOBODY)
    standing = getattr(request, "standing", None)
    preferences = standing.preferences if standing else {}
    return {
        "actor": actor,
        "standing": standing,
        "demo": settings.DEMO,
        # Who has to set up a second step first sees no menu that would lead nowhere.
        "frame": "base_plain.html" if standing and needs_first(standing) else "base.html",
        "events_url": SimpleLazyObject(lambda: events_url(request)),
        "idle_seconds": settings.SESSION_IDLE_SECONDS,
        "theme": request.COOKIES.get("theme") or preferences.get("theme") or "auto",
        "density": request.COOKIES.get("density") or preferences.get("density") or "default",
        "rail": request.COOKIES.get("rail") or preferences.get("rail") or "narrow",
        "keys": request.COOKIES.get("keys") or preferences.get("keys") or "on",
        "practice_name": SimpleLazyObject(lambda: _practice_name(request, actor)),
        "find": SimpleLazyObject(lambda: _find(actor)),
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "topbar": SimpleLazyObject(lambda: panels.at("topbar", request) if actor.is_known else []),
    }


def _find(actor: Actor) -> dict[str, str]:
    """What the palette asks for; nobody is invited to look for what their role may not find."""
    examples = subjects.examples(actor)
    what = next(iter(examples), "Colleague").lower()
    shown = " · ".join(examples.values())
    return {"label": f"Find a {what}, page or action", "example": shown or "A name or a page"}


def _practice_name(request: HttpRequest, actor: Actor) -> str:
    """For those who work here, and at the door; an error page must not need the database."""
    if not actor.is_known and not request.path_info.startswith(settings.LOGIN_URL):
        return ""
    try:
        found = practice()
    except DatabaseError:
        return ""
    return found.name if found else ""


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    actor = getattr(request, "actor", NOBODY)
    if not actor.is_known:
        return []
    items = [item for item in panels.nav_for(actor) if item.in_rail]
    return [_word(request, item) for item in ([START, *items] if not homes.of(actor) else items)]


def _word(request: HttpRequest, item: NavItem) -> dict[str, Any]:
    url = reverse(item.url_name)
    here = request.path == url or (url != "/" and request.path.startswith(url))
    return {
        "label": item.label,
        "icon": item.icon,
        "url": url,
        "count": item.count(request.actor) if item.count else 0,  # type: ignore[attr-defined]
        "at_end": item.at_end,
        "current": here,
    }
