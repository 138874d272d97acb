"""The one encoding the house speaks; looked at before Django reads a request."""

import codecs
from collections.abc import Callable
from typing import Any

from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Any], Any]
REFUSED = "office.refused_encoding"


def is_utf8(encoding: str | None) -> bool:
    """Python knows encodings that are none (rot13, zip); they would break whatever reads the request."""
    if encoding is None:
        return True
    try:
        return codecs.lookup(encoding).name in {"utf-8", "ascii"}
    except (LookupError, ValueError):
        return True  # Django ignores what it does not know


def with_readable_type(application: Application) -> Application:
    """
    Around the whole house: Django reads the encoding before any middleware could catch what that raises.

    The bad encoding is taken out of the header and noted, so that `Limits` can refuse it with a page.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if not is_utf8(parameters.get("charset")):
            environ = {**environ, "CONTENT_TYPE": kind, REFUSED: "1"}
        return application(environ, start_response)

    return answer
