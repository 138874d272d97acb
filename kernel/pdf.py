"""
PDFs of our own templates.

WeasyPrint is loaded when the first one is made: it needs Pango, a library no Python package brings, and
everything else works without it. A document fetches nothing: what it shows stands in it.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from kernel.refusals import Refusal

MEND = "apt-get install -y libpango-1.0-0 libpangoft2-1.0-0"


class CannotPrint(Refusal):
    """The machine lacks what PDFs are made with."""

    code = "cannot-print"
    title = (
        "PDFs cannot be made on this machine until Pango is installed. "
        f"Whoever looks after it types: {MEND}. The print view works meanwhile."
    )
    status = 503


def render(template: str, context: Mapping[str, Any], request: HttpRequest | None = None) -> bytes:
    """
    A template of paper (it extends `print/paper.html`) as a PDF.

    :raises CannotPrint: Pango is missing
    """
    html_class, looks, fetcher = _tools()
    text = render_to_string(template, {**context, "is_pdf": True}, request)
    made: bytes = html_class(string=text, url_fetcher=fetcher).write_pdf(stylesheets=[looks])
    return made


def response(content: bytes, name: str) -> HttpResponse:
    """Shown in the browser, saved under a name that says nothing of a patient."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    return answer


@functools.cache
def _tools() -> tuple[Any, Any, Any]:
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as error:  # the libraries behind it, not the package
        raise CannotPrint from error

    class FetchesNothing(URLFetcher):
        """No address is ever asked, whatever a note or a name contains."""

        def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> Any:
            raise ValueError("a document fetches nothing")

    fetcher = FetchesNothing()
    paper = finders.find("paper.css")
    if paper is None:
        raise FileNotFoundError("static/dist/paper.css is not built: npm run build")
    looks = weasyprint.CSS(string=Path(paper).read_text(), url_fetcher=fetcher)
    return weasyprint.HTML, looks, fetcher
