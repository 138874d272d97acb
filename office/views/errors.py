"""The pages of last resort; each says what happened and where to go on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kernel.policy import public


@public(reason="an answer, not a page")
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    sentence = "This page was open for too long, or came from elsewhere. Load it again and repeat the last step."
    return render(request, "errors/403.html", {"sentence": sentence}, status=403)


@public(reason="an answer, not a page")
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(
        request,
        "errors/404.html",
        {"sentence": "There is nothing here that you may open."},
        status=404,
    )


@public(reason="an answer, not a page")
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(
        request,
        "errors/403.html",
        {"sentence": "You do not have the right to do this."},
        status=403,
    )


@public(reason="an answer, not a page")
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    sentence = "The request could not be read. Go back, check what was typed, and send it again."
    return render(request, "errors/422.html", {"sentence": sentence}, status=400)


@public(reason="an answer, not a page")
def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "errors/500.html", status=500)
