"""How much a request may bring, in which encoding and how; asked before anything of it is read."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kernel import policy
from kernel.encodings import REFUSED, is_utf8
from kernel.http import refusal_response, wants_json
from kernel.refusals import NoSuchMethod, NotSecure, TooLarge, Unreadable
from office.views.errors import bad_request

NUL = "\x00"  # no table can hold it
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
ROOM = 1 << 20  # for the fields beside a file


class Limits:
    """Before the CSRF check, which would already read the body; strangers bring no files at all."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in METHODS:
            answer = refusal_response(request, NoSuchMethod())
            answer["Allow"] = ", ".join(METHODS)
            return answer
        if settings.SECURE_SSL_REDIRECT and wants_json(request) and not request.is_secure():
            return refusal_response(request, NotSecure())
        # The value of another program's cookie is no reason to turn a person away; it is not ours either.
        request.COOKIES = {key: text for key, text in request.COOKIES.items() if NUL not in text}
        if request.META.get(REFUSED) or not is_utf8(request.encoding):
            return refusal_response(request, Unreadable())
        if NUL in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Any, _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        most = allowed(request, view)
        if length.isdigit() and len(length) < 19 and int(length) <= most:
            return None
        # What is not read stays in the pipe: the connection closes, and nothing of it becomes the next request.
        sentence = f"At most {_in_words(most)} may be sent here at once; nothing was saved."
        answer = refusal_response(request, TooLarge(sentence))
        answer["Connection"] = "close"
        return answer


def allowed(request: Any, view: Any) -> int:
    """Bytes of a body: a form's, or a file's where the page takes files from those who may send them."""
    wanted = policy.of(view, request.resolver_match.view_name or "")
    by = request.actor
    if (
        wanted
        and wanted.takes_files
        and by.is_known
        and (not wanted.permission or by.may(wanted.permission))
    ):
        return int(settings.UPLOAD_MAX_BYTES) + ROOM
    return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)


def _in_words(count: int) -> str:
    return f"{count / 1_000_000:.3g} MB"
