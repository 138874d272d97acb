"""What the top bar shows on every page: where one works now, and what one may begin."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from access import place
from access.permissions import Permission
from kernel import panels
from kernel.panels import NavItem, Panel


def where(request: HttpRequest) -> dict[str, Any] | None:
    now = place.current(request)
    if now is None:
        return None
    return {"place": now, "places": place.choices(request.actor)}  # type: ignore[attr-defined]


def begin(request: HttpRequest) -> dict[str, Any] | None:
    items = [
        {"label": item.label, "icon": item.icon, "url": reverse(item.url_name), "key": item.key}
        for item in panels.new_for(request.actor)  # type: ignore[attr-defined]
    ]
    return {"items": items} if items else None


def register() -> None:
    panels.add_nav(NavItem(
        "Audit", "history", "audit", Permission.READ_AUDIT, order=87,
        line="Who did or looked at what, when, why and from where.",
    ))  # fmt: skip
    panels.fill(Panel("topbar", "place", "access/_place.html", where, order=1))
    panels.fill(Panel("topbar", "new", "components/new_menu.html", begin, order=2))
    panels.add_nav(
        NavItem("Sign-in and security", "shield-lock", "mfa_index", order=95, in_rail=False,
                line="Your own account: password, second step, passkeys, where you are signed in.")
    )  # fmt: skip
