"""What the shell around every page needs; nothing here asks the database for a signed-out visitor."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from kernel import panels
from kernel.actors import NOBODY


def shell(request: HttpRequest) -> dict[str, Any]:
    actor = getattr(request, "actor", NOBODY)
    standing = getattr(request, "standing", None)
    preferences = standing.preferences if standing else {}
    return {
        "actor": actor,
        "standing": standing,
        "demo": settings.DEMO,
        "events_url": settings.EVENTS_URL,
        "idle_seconds": settings.SESSION_IDLE_SECONDS,
        "theme": request.COOKIES.get("theme") or preferences.get("theme") or "auto",
        "density": request.COOKIES.get("density") or preferences.get("density") or "default",
        "rail": request.COOKIES.get("rail") or preferences.get("rail") or "narrow",
        "keys": request.COOKIES.get("keys") or preferences.get("keys") or "on",
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "topbar": SimpleLazyObject(lambda: panels.at("topbar", request) if actor.is_known else []),
    }


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    actor = getattr(request, "actor", NOBODY)
    match = getattr(request, "resolver_match", None)
    here = match.namespace if match else ""
    return [
        {
            "label": item.label,
            "icon": item.icon,
            "url": (url := reverse(item.url_name)),
            "count": item.count(actor) if item.count else 0,
            "at_end": item.at_end,
            "current": request.path == url
            or (url != "/" and request.path.startswith(url) and bool(here)),
        }
        for item in (panels.nav_for(actor) if actor.is_known else [])
    ]
