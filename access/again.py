"""Once more, please: delicate pages open to whoever has shown lately who they are."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import get_adapter
from django.http import HttpResponse
from django.shortcuts import redirect

from access import sessions


def is_due(request: Any) -> bool:
    """Not lately; a form that was opened in time may still be sent."""
    standing = request.standing
    if standing is None or not standing.can_confirm:
        return False
    sending = request.method not in {"GET", "HEAD", "OPTIONS"}
    return not sessions.is_confirmed(request.session, sending=sending)


def ask(request: Any) -> HttpResponse:
    """To the page that asks, and from there back to where they were going."""
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    where = f"{ways[0]['url']}?{urlencode({'next': _wanted(request)}, safe='/')}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": where})
    return redirect(where)


def _wanted(request: Any) -> str:
    """Where the answer leads: the page itself, or the one whose form or button was pressed."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return str(request.get_full_path())
    shown = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/")
    return (shown.path or "/") + (f"?{shown.query}" if shown.query else "")
