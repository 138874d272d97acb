"""The answers of last resort, to people and to programs; each says what happened and where to go on."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from kernel import overload
from kernel.http import refusal_response, wants_json
from kernel.policy import public

TOO_MUCH = "More was sent at once than the office takes. Nothing was saved: send less, or in parts."


@public(reason="an answer, not a page")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = "This page was open for too long, or came from elsewhere. Load it again and repeat the last step."
    return _answer(request, "errors/403.html", 403, sentence, "csrf")


@public(reason="an answer, not a page")
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = "There is nothing here that you may open."
    return _answer(request, "errors/404.html", 404, sentence, "not-found")


@public(reason="an answer, not a page")
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = "You do not have the right to do this."
    return _answer(request, "errors/403.html", 403, sentence, "forbidden")


@public(reason="an answer, not a page")
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _answer(request, "errors/422.html", 413, TOO_MUCH, "too-large")
    sentence = "The request could not be read. Go back, check what was typed, and send it again."
    return _answer(request, "errors/422.html", 400, sentence, "unreadable")


@public(reason="an answer, not a page")
def server_error(request: HttpRequest) -> HttpResponse:
    if refusal := overload.refusal_of(sys.exc_info()[1]):  # raised before any view was reached
        return refusal_response(request, refusal)
    return _answer(request, "errors/500.html", 500, "", "fault")


def _answer(
    request: HttpRequest, template: str, status: int, sentence: str, code: str
) -> HttpResponse:
    if not wants_json(request):
        return render(request, template, {"sentence": sentence}, status=status)
    body = {
        "type": "about:blank",
        "title": sentence or "The fault is ours and has been recorded",
        "status": status,
        "detail": sentence or "The fault is ours and has been recorded; nothing was half-saved.",
        "code": code,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
