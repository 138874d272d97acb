"""How a refusal looks from outside: a page, a fragment, or a problem document; always with its sentence."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from kernel.refusals import Refusal

WORDS = {
    403: "errors/403.html",
    404: "errors/404.html",
    409: "errors/409.html",
    405: "errors/422.html",
    413: "errors/422.html",
    415: "errors/422.html",
    422: "errors/422.html",
    503: "errors/500.html",
}


def wants_json(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/api/", "/fhir/"))


def leads_home(request: HttpRequest, url: str) -> bool:
    """Is it an address of this house? A bare word is none: `redirect` would look for a view of that name."""
    path = (
        urlsplit(url).path
        if url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        )
        else ""
    )
    return path.startswith("/")


def problem(refusal: Refusal, **more: Any) -> dict[str, Any]:
    """RFC 9457: one sentence in `detail`, the machine's word in `code`, and what helps to go on."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": refusal.title,
        "status": refusal.status,
        "detail": str(refusal),
        "code": refusal.code,
    }
    if verdicts := getattr(refusal, "verdicts", ()):
        body["verdicts"] = [
            {
                "rule": each.rule,
                "level": each.level,
                "sentence": each.finding.sentence,
                "facts": dict(each.finding.facts),
                "override": each.override_permission or None,
            }
            for each in verdicts
        ]
    return body | refusal.more() | more


def refusal_response(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """The answer to a refusal that no view has caught."""
    if not isinstance(refusal, Refusal):
        raise refusal
    if wants_json(request):
        return JsonResponse(
            problem(refusal), status=refusal.status, content_type="application/problem+json"
        )
    context = {
        "refusal": refusal,
        "sentence": str(refusal),
        "verdicts": getattr(refusal, "verdicts", ()),
    }
    if request.headers.get("HX-Request"):
        return render(request, "errors/_refusal.html", context, status=refusal.status)
    return render(
        request, WORDS.get(refusal.status, "errors/409.html"), context, status=refusal.status
    )
