"""What the pages of the papers show: the tree of folders, lists, one paper with its versions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse

from access.models import User
from desk.models import Document, DocumentVersion, Folder
from desk.permissions import Permission
from desk.safety import kinds, scanner
from kernel import subjects
from kernel.actors import Actor

A_PAGE = 50
SOON = 60  # days before a paper expires in which it is told
VIEWS = {
    "": "In use",
    "expiring": "Expiring",
    "waiting": "Waiting for the scanner",
    "held": "On hold",
    "archived": "Archived",
}


@dataclass(frozen=True)
class FolderLine:
    """One line of the tree."""

    id: UUID
    name: str
    url: str
    depth: int
    count: int
    icon: str
    place: str
    is_here: bool


@dataclass(frozen=True)
class Row:
    """One paper of a list."""

    id: UUID
    url: str
    title: str
    icon: str
    says: str
    where: str
    about: str
    about_url: str
    tags: list[str]
    when: datetime
    expires: str
    tone: str
    state: str
    is_on_hold: bool


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    total: int
    persons: dict[str, list[UUID]]

    @property
    def ids(self) -> list[UUID]:
        return [row.id for row in self.rows]


def folder_tree(actor: Actor, here: UUID | None = None) -> list[FolderLine]:
    """Every folder this actor may open, each under its own, by name. Two statements."""
    seen = (
        Folder.objects.visible_to(actor)
        .select_related("location")
        .order_by("location__name", "name", "pk")
    )
    counts = dict(
        Document.objects.visible_to(actor)
        .in_use()
        .values_list("folder")
        .annotate(Count("pk"))
        .order_by()
    )
    folders = list(seen)
    known = {each.pk for each in folders}
    inside: dict[UUID | None, list[Folder]] = {}
    for each in folders:
        inside.setdefault(each.parent_id if each.parent_id in known else None, []).append(each)
    return list(_branch(inside, None, 0, counts, here))


def _branch(
    inside: dict[UUID | None, list[Folder]],
    above: UUID | None,
    depth: int,
    counts: dict[UUID, int],
    here: UUID | None,
) -> Iterable[FolderLine]:
    for each in inside.get(above, []):
        place = each.location.name if each.location and above is None else ""
        look = "lock" if each.is_closed else "folder"
        url = reverse("desk:folder", args=[each.pk])
        yield FolderLine(
            each.pk, each.name, url, depth, counts.get(each.pk, 0), look, place, each.pk == here
        )
        yield from _branch(inside, each.pk, depth + 1, counts, here)


def path_of(folder: Folder, actor: Actor) -> list[Folder]:
    """From the outermost one down; what lies above and is not this actor's to see is left out."""
    found: list[Folder] = []
    above: Folder | None = folder
    while above is not None:
        found.append(above)
        inside = above.parent_id
        above = Folder.objects.visible_to(actor).filter(pk=inside).first() if inside else None
    return found[::-1]


def view_of(rows: QuerySet[Document], view: str, today: date) -> Any:
    found: Any = rows
    if view == "expiring":
        return found.expiring_by(today + timedelta(days=SOON))
    if view == "waiting":
        return found.filter(versions__state="quarantined").exclude(state="archived").distinct()
    if view == "held":
        return found.held()
    if view == "archived":
        return found.filter(state__in=["archived", "refused"])
    return found.in_use()


def listing(
    actor: Actor,
    today: date,
    *,
    folder: Folder | None = None,
    view: str = "",
    text: str = "",
    first: int = 0,
) -> Listing:
    """The papers of a folder, or what is found by words, best first."""
    rows = view_of(Document.objects.visible_to(actor), view, today)
    if folder:
        rows = rows.filter(folder=folder)
    if text.strip():
        rows = rows.matching(text).order_by("-rank", "title", "pk")
    elif view == "expiring":
        rows = rows.order_by("expires_date", "title", "pk")
    elif folder or view:
        rows = rows.order_by("title", "pk")
    else:
        rows = rows.order_by("-updated_at", "pk")
    return listed(rows, actor, today, first)


def listed(rows: Any, actor: Actor, today: date, first: int = 0, most: int = A_PAGE) -> Listing:
    total = rows.count()
    found = list(with_current(rows)[first : first + most])
    persons: dict[str, list[UUID]] = {}
    for each in found:
        if each.about_id:
            persons.setdefault(each.about_kind, []).append(each.about_id)
    pairs = [(kind, key) for kind, ids in persons.items() for key in ids]
    names = subjects.labels(pairs, actor)
    return Listing([_row(each, names, today) for each in found], total, persons)


def with_current(rows: Any) -> Any:
    newest = DocumentVersion.objects.defer("text").order_by("-number")
    return rows.select_related("folder__location").prefetch_related(
        Prefetch("versions", newest, to_attr="newest_first")
    )


def shown_version(document: Any) -> DocumentVersion | None:
    """What people get, or what waits."""
    versions = document.newest_first
    return next((each for each in versions if each.is_current), versions[0] if versions else None)


def _row(document: Any, names: dict[tuple[str, UUID], str], today: date) -> Row:
    version = shown_version(document)
    kind = kinds.TAKEN[version.media_type] if version else kinds.TEXT
    about = names.get((document.about_kind, document.about_id), "")
    expires, tone = expiry(document.expires_date, today)
    return Row(
        document.pk, reverse("desk:document", args=[document.pk]), document.title, kind.icon,
        says(kind, version) if version else "", place_of(document.folder), about,
        _url(document) if about else "", document.tags, version.created_at if version else document.created_at,
        expires, tone, "" if document.state == "available" else document.get_state_display(),
        document.is_on_hold,
    )  # fmt: skip


def place_of(folder: Folder) -> str:
    return f"{folder.location.name}: {folder.name}" if folder.location else folder.name


def _url(document: Document) -> str:
    kind = subjects.of(document.about_kind)
    return kind.url(document.about_id) if kind and document.about_id else ""


def says(kind: kinds.Kind, version: DocumentVersion) -> str:
    """`PDF, 3 pages, 120 kB`"""
    pages = ""
    if version.page_count:
        pages = "1 page, " if version.page_count == 1 else f"{version.page_count} pages, "
    return f"{kind.label}, {pages}{in_words(version.size)}"


def in_words(size: int) -> str:
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{size // 1_000} kB"


def expiry(day: date | None, today: date) -> tuple[str, str]:
    """What is said of the day it ends, and how urgently."""
    if day is None:
        return "", ""
    days = (day - today).days
    if days <= 0:
        return "Expired", "act"
    if days > SOON:
        return f"Until {day:%-d %b %Y}", ""
    return f"Expires in {days} day{'' if days == 1 else 's'}", "act" if days <= 7 else "look"


@dataclass(frozen=True)
class VersionLine:
    """One version of a paper."""

    number: int
    says: str
    who: str
    when: datetime
    note: str
    removed: str
    state: str
    word: str
    is_current: bool
    download: str
    name: str


@dataclass(frozen=True)
class Page:
    """One paper, whole."""

    document: Document
    row: Row
    lines: list[VersionLine]
    pictures: list[str]
    words: str
    path: list[Folder]
    owner: str
    hidden_about: bool
    rights: dict[str, bool]
    facts: dict[str, str] = field(default_factory=dict)


PICTURES_AT_ONCE = 40


def page_of(document: Any, actor: Actor, today: date) -> Page:
    names = (
        subjects.labels([(document.about_kind, document.about_id)], actor)
        if document.about_id
        else {}
    )
    row = _row(document, names, today)
    version = shown_version(document)
    current = version if version and version.is_current else None
    return Page(
        document=document, row=row, lines=[_line(document, each) for each in document.newest_first],
        pictures=_pictures(document, current), words=_words(current), path=path_of(document.folder, actor),
        owner=str(document.owner) if document.owner else "Nobody",
        hidden_about=bool(document.about_id and not row.about), rights=rights(document, actor),
    )  # fmt: skip


def rights(document: Document, actor: Actor) -> dict[str, bool]:
    files, keeps = actor.may(Permission.FILE_DOCUMENTS), actor.may(Permission.KEEP_DOCUMENTS)
    in_use = document.state in {"available", "quarantined"}
    return {
        "change": files and in_use,
        "archive": files and document.state != "archived",
        "restore": files and document.state == "archived",
        "keep": keeps,
    }


def _line(document: Document, version: DocumentVersion) -> VersionLine:
    kind = kinds.TAKEN[version.media_type]
    url = reverse("desk:download", args=[document.pk, version.number])
    available = version.state == "available"
    return VersionLine(
        version.number, says(kind, version), version.added_by_name, version.created_at, version.note,
        kinds.removed_in_words(version.removed), version.state,
        "" if available else version.scan_says or version.get_state_display(), version.is_current,
        url if available else "", version.original_name,
    )  # fmt: skip


def _pictures(document: Document, version: DocumentVersion | None) -> list[str]:
    """Addresses of what one looks at: a picture of each page."""
    if version is None:
        return []
    pages = version.page_count if version.media_type == kinds.PDF.media_type else 0
    pages = 1 if version.media_type in kinds.PICTURES else pages
    return [
        reverse("desk:picture", args=[document.pk, version.number, number])
        for number in range(1, min(pages, PICTURES_AT_ONCE) + 1)
    ]


SHOWN_WORDS = 20_000


def _words(version: DocumentVersion | None) -> str:
    """Of what has no picture, the words."""
    drawn = {kinds.PDF.media_type, *kinds.PICTURES}
    if version is None or version.media_type in drawn:
        return ""
    text = (
        DocumentVersion.objects.filter(pk=version.pk).values_list("text", flat=True).first() or ""
    )
    return text[:SHOWN_WORDS]


def scanner_says() -> str:
    """What the pages tell about it, in a sentence."""
    if scanner.is_configured():
        return "Each file is checked, cleaned, and scanned for viruses before anybody can open it."
    return (
        "Each file is checked and cleaned before anybody can open it. "
        "No virus scanner is set up: ask whoever runs the server (SCANNER_URL)."
    )


def people() -> QuerySet[User]:
    """Who may keep a paper, or be given the key of a folder: everybody with an account."""
    return User.objects.filter(is_active=True).order_by("name", "pk")


def of_subject(kind: str, subject_id: UUID, actor: Actor, today: date, most: int) -> Listing:
    """The papers about somebody, newest first."""
    rows = Document.objects.visible_to(actor).in_use().about(kind, subject_id)
    return listed(rows.order_by("-created_at", "pk"), actor, today, 0, most)


def counts(actor: Actor, today: date) -> dict[str, int]:
    """How many papers each view has. One statement."""
    seen = Document.objects.visible_to(actor)
    use = Q(state__in=["available", "quarantined"])
    return seen.aggregate(
        **{
            "expiring": Count("pk", use & Q(expires_date__lte=today + timedelta(days=SOON))),
            "held": Count("pk", Q(held_at__isnull=False)),
            "archived": Count("pk", Q(state__in=["archived", "refused"])),
            "waiting": Count("pk", Q(state="quarantined")),
        }
    )
