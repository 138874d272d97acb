"""What a page may load and where it may listen: the CSP header, and the event stream's address in it."""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.http.request import split_domain_port

PANEL = "/admin-panel/"


def events_url(request: HttpRequest) -> str:
    """
    Where this page listens; empty: on its own host and port.

    On one machine the stream has a port of its own. A page opened as 127.0.0.1 must ask it as 127.0.0.1:
    for the browser the two names are two sites with cookies of their own.
    """
    address = urlsplit(settings.EVENTS_URL)
    if address.hostname != "localhost":
        return settings.EVENTS_URL
    host, _ = split_domain_port(request.get_host())
    return address._replace(netloc=f"{host}:{address.port}").geturl()


def _events_url_of_anybody(request: HttpRequest) -> str:
    """Also whoever came by a name that is not ours gets a policy with the refusal."""
    try:
        return events_url(request)
    except DisallowedHost:
        return ""


class ContentPolicy(CSPMiddleware):
    """The policy of the settings, and the page's own event stream."""

    def get_policy_parts(
        self, request: HttpRequest, response: Any, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(PANEL):
            # Its shell is drawn by Alpine, which makes functions of text (ADR 13), and carries its colors along.
            looks = [SELF, UNSAFE_INLINE]
            parts.update = {
                **(parts.update or {}), "script-src": [UNSAFE_EVAL], "style-src-elem": looks,
            }  # fmt: skip
        if address := urlsplit(_events_url_of_anybody(request)).netloc:
            scheme = urlsplit(settings.EVENTS_URL).scheme
            parts.update = {**(parts.update or {}), "connect-src": [f"{scheme}://{address}"]}
        return parts
