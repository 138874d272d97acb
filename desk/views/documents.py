"""The papers: folders and what lies in them, one paper, its files and how they look."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from desk import previews, store
from desk.actions.documents import TOPIC
from desk.models import Document, DocumentVersion, Folder
from desk.permissions import Permission
from desk.queries import documents as queries
from desk.safety import names
from desk.safety.kinds import TAKEN
from desk.views.common import sections
from kernel import clock, parse, subjects
from kernel.policy import page, saw
from kernel.refusals import OutOfScope
from office import queries as office

DOCUMENT = "desk.document"
# A file is taken away, never run: whatever a browser thinks it is, it may do nothing here.
SEALED = "sandbox; default-src 'none'; style-src 'none'; script-src 'none'; frame-ancestors 'none'"
PER_KIND = 5


@page(permission=Permission.VIEW_DOCUMENTS, subject=DOCUMENT)
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """All folders, and what was filed last; or one of the views."""
    return _shelf(request, None)


@page(permission=Permission.VIEW_DOCUMENTS, subject=DOCUMENT)
@require_safe
def folder(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    return _shelf(request, folder_of(request, folder_id))


@page(permission=Permission.VIEW_DOCUMENTS, subject=DOCUMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """By words of names, tags and pages. They come by POST, so that no name stands in an address or a log."""
    return _shelf(request, None, text=request.POST.get("q", "")[:100])


def _shelf(request: HttpRequest, here: Folder | None, text: str = "") -> HttpResponse:
    today = today_now()
    view = request.GET.get("view", "")
    view = view if view in queries.VIEWS else ""
    start = request.GET.get("from", "")
    first = parse.whole(start, "from", 1) if start and start != "0" else 0
    found = queries.listing(request.actor, today, folder=here, view=view, text=text, first=first)
    looked_at(request, found.ids, found.persons)
    address = reverse("desk:folder", args=[here.pk]) if here else reverse("desk:documents")
    last = first + len(found.rows)

    def at(begin: int) -> str:
        query = {name: value for name, value in (("view", view), ("from", begin)) if value}
        return f"{address}?{urlencode(query)}" if query else address

    context = {
        "found": found,
        "folder": here,
        "path": queries.path_of(here, request.actor) if here else [],
        "tree": queries.folder_tree(request.actor, here.pk if here else None),
        "views": _views(request, view, here),
        "view": view,
        "typed": text,
        "here": at(first),
        "topic": TOPIC,
        "says": f"{first + 1}–{last} of {found.total}",
        "before": at(max(first - queries.A_PAGE, 0)) if first else "",
        "after": at(last) if last < found.total and not text else "",
        "more": found.total - last if text else 0,
        "may_file": request.actor.may(Permission.FILE_DOCUMENTS),
        "may_keep": request.actor.may(Permission.KEEP_DOCUMENTS),
        "scanner": queries.scanner_says(),
        "sections": sections(request, "desk:documents"),
    }
    partly = request.htmx and not request.htmx.boosted
    template = "desk/documents/_shelf.html" if partly else "desk/documents/shelf.html"
    return render(request, template, context)


def _views(request: HttpRequest, view: str, here: Folder | None) -> list[dict[str, Any]]:
    count = queries.counts(request.actor, today_now())
    base = reverse("desk:documents")
    return [
        {"word": word, "url": f"{base}?view={name}" if name else base, "count": count.get(name),
         "is_on": name == view and not here}
        for name, word in queries.VIEWS.items()
        if not name or count.get(name) or name == view
    ]  # fmt: skip


@page(permission=Permission.VIEW_DOCUMENTS, subject=DOCUMENT)
@require_safe
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One paper: how it looks, what it is, its versions."""
    row = document_of(request, document_id)
    context = {
        "page": queries.page_of(row, request.actor, today_now()),
        "here": request.path,
        "topic": TOPIC,
    }
    template = "desk/documents/_document.html" if request.htmx else "desk/documents/document.html"
    return render(request, template, context)


@page(permission=Permission.VIEW_DOCUMENTS, subject=DOCUMENT)
@require_safe
def download(request: HttpRequest, document_id: UUID, number: int) -> HttpResponse:
    """The file, to take away: never shown by the browser in our name."""
    row = document_of(request, document_id)
    version = available_of(row, number)
    return attachment(row, version)


def attachment(row: Document, version: DocumentVersion) -> HttpResponse:
    """
    :raises store.Damaged: it is not what was stored
    """
    kind = TAKEN[version.media_type]
    response = HttpResponse(store.read(version.sha256), content_type=kind.media_type)
    name = names.download(row.title, kind)
    plain = name.encode("ascii", "ignore").decode() or f"Document{kind.suffix}"
    response["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    response["Content-Security-Policy"] = SEALED
    response["X-Content-Type-Options"] = "nosniff"
    return response


@page(permission=Permission.VIEW_DOCUMENTS, subject=DOCUMENT)
@require_safe
def picture(request: HttpRequest, document_id: UUID, number: int, leaf: int) -> HttpResponse:
    """A page as it looks: pixels, drawn by the caged child."""
    row = document_of(request, document_id)
    response = HttpResponse(
        previews.picture(available_of(row, number), leaf), content_type="image/png"
    )
    response["Content-Security-Policy"] = SEALED
    response["X-Content-Type-Options"] = "nosniff"
    return response


@page(permission=Permission.FILE_DOCUMENTS)
@require_POST
def find_subject(request: HttpRequest) -> HttpResponse:
    """Whom a paper may be about: those of whom papers are filed, as far as this actor may open them."""
    kept = subjects.visible_ids(request.actor)
    hits = [
        hit
        for hit in subjects.search(request.POST.get("q", "")[:100], request.actor, PER_KIND)
        if hit.kind in kept
    ]
    found: dict[str, list[UUID]] = {}
    for hit in hits:
        found.setdefault(hit.kind, []).append(hit.id)
    looked_at(request, [], found)
    options = [
        {"id": f"{hit.kind}:{hit.id}", "text": hit.label, "name": hit.label, "detail": hit.detail}
        for hit in hits
    ]
    none = "Nobody found. Try the beginning of a name."
    return render(request, "components/combo_options.html", {"options": options, "none": none})


def folder_of(request: HttpRequest, folder_id: UUID) -> Folder:
    """
    :raises OutOfScope: there is none for this actor
    """
    found = Folder.objects.visible_to(request.actor).select_related("location")
    here = found.filter(pk=folder_id).first()
    if here is None:
        raise OutOfScope
    return here


def document_of(request: HttpRequest, document_id: UUID) -> Any:
    """
    A paper this actor may open; the look is recorded, also under whom it tells of.

    :raises OutOfScope: there is none for them
    """
    found = queries.with_current(Document.objects.visible_to(request.actor)).select_related("owner")
    row = found.filter(pk=document_id).first()
    if row is None:
        raise OutOfScope
    looked_at(request, [row.pk], {row.about_kind: [row.about_id]} if row.about_id else {})
    return row


def available_of(row: Any, number: int) -> DocumentVersion:
    """
    :raises OutOfScope: there is no such version, or nobody gets it (yet)
    """
    version = next((each for each in row.newest_first if each.number == number), None)
    if version is None or version.state != "available":
        raise OutOfScope
    return version


def looked_at(request: HttpRequest, ids: list[UUID], persons: Mapping[str, list[UUID]]) -> None:
    saw(request, DOCUMENT, ids)
    for kind, keys in persons.items():
        saw(request, kind, keys)


def today_now() -> Any:
    return clock.today(timezone.now(), office.practice_zone())
