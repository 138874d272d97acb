"""One line for each request: which route, how it ended, how long it took, who; never what was asked."""

import logging
import re
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from kernel import counters
from kernel.logs import request_id

log = logging.getLogger(__name__)

PROXY_SAID = re.compile(r"[\w-]{8,64}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestLine:
    """
    Outermost, so that nothing escapes it. The route is named as in the code: an address may hold ids, and
    the query string what somebody looked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.headers.get("X-Request-ID", "")
        name = said if PROXY_SAID.fullmatch(said) else secrets.token_hex(8)
        marker, began = request_id.set(name), time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = name
            self._tell(request, response.status_code, time.perf_counter() - began)
        finally:
            request_id.reset(marker)
        return response

    def _tell(self, request: HttpRequest, status: int, seconds: float) -> None:
        match = request.resolver_match
        route = (match.view_name or "unnamed") if match else "none"
        method = request.method if request.method in METHODS else "OTHER"
        counters.note_request(route, method or "OTHER", status, seconds)
        actor = getattr(request, "actor", None)
        log.info(
            "request",
            extra={
                "route": route,
                "method": method,
                "status": status,
                "ms": round(seconds * 1000, 1),
                "actor": getattr(actor, "id", None),
            },
        )
