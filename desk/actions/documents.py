"""Papers come in, are named, moved and put away. What became of a file was found out before (`desk.safety`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from access.models import User
from desk import store
from desk.actions import indexing
from desk.models import Document, DocumentVersion, Folder, RetentionClass
from desk.models.document import YEARS
from desk.permissions import Permission
from desk.safety import scanner
from desk.safety.checking import Checked
from kernel import acts, clock, live, subjects, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.keeping import cleaned, read_again, same_version, saved
from kernel.models.base import new_id
from kernel.refusals import Invalid, OutOfScope, Refusal

TOPIC = "desk.documents"
CHANGEABLE = {"title", "folder", "owner", "tags", "about_kind", "about_id", "expires_date"}
MOST_TAGS, TAG = 12, 40
TITLE = 200
REFUSED: Mapping[str, tuple[str, str]] = {
    "document_version_number_once": (
        "Somebody else added a version in the meantime. Send yours again.",
        "file",
    ),
}


class NotAvailable(Refusal):
    """The paper is archived or was refused; nothing is done to it until it is restored."""

    code = "not-available"
    title = "This document is not in use. Restore it first"


class AlreadyArchived(Refusal):
    """Somebody put it away meanwhile, or brought it back."""

    code = "already-archived"
    title = "Somebody else archived or restored this document in the meantime"


@dataclass(frozen=True)
class Filing:
    """What is said of a paper when it is filed."""

    title: str = ""
    about: tuple[str, UUID] | None = None
    tags: tuple[str, ...] = ()
    expires_date: date | None = None
    owner: User | None = None


def site_of(asked: Mapping[str, Any]) -> list[Any]:
    """The location a folder belongs to; a folder of the practice has none."""
    folder = asked["folder"] if "folder" in asked else asked["document"].folder
    return [] if folder.location_id is None else [folder.location_id]


@act(permission=Permission.FILE_DOCUMENTS, scope=site_of)
def add_document(
    *,
    folder: Folder,
    file: Checked,
    by: Actor,
    at: datetime,
    filing: Filing = Filing(),  # noqa: B008  frozen
) -> Document:
    """
    A paper is filed: available at once, or, where the office has a scanner, when that has found it clean.

    :raises OutOfScope: the folder is closed to this actor
    :raises Invalid: what is said of it makes no sense
    """
    place = read_again(folder, by)
    said = _sensible({"title": filing.title or file.title, "tags": list(filing.tags)})
    kind, subject_id = filing.about or ("", None)
    _may_be_about(kind, subject_id, by)
    document = Document(
        folder=place, title=said["title"], tags=said["tags"], owner=filing.owner or _user(by),
        about_kind=kind, about_id=subject_id, expires_date=_day(filing.expires_date),
        retention_class=place.retention_class, retain_until=kept_until(place.retention_class, at.date()),
    )  # fmt: skip
    document.save(force_insert=True)
    _add(document, file, number=1, note="", by=by, at=at)
    acts.note(document, **_about(document))
    return document


@act(permission=Permission.FILE_DOCUMENTS, scope=site_of)
def add_version(
    *, document: Document, file: Checked, by: Actor, at: datetime, note: str = ""
) -> DocumentVersion:
    """
    A newer state of a paper; people get it as soon as it is available, the older ones stay.

    :raises NotAvailable: it is archived, or was refused
    :raises Invalid: it is the same file
    """
    row = _in_use(document, by)
    newest = row.versions.order_by("-number").first()
    if newest is not None and newest.sha256 == store.digest(file.body):
        raise Invalid("This is the same file as the newest version.", field="file")
    number = newest.number + 1 if newest else 1
    version = saved(
        lambda: _add(
            row, file, number=number, note=cleaned({"note": note})["note"][:200], by=by, at=at
        ),
        REFUSED,
    )
    row.raise_version()
    acts.note(row, number=number, **_about(row))
    return version


@act(permission=Permission.FILE_DOCUMENTS, scope=site_of)
def change_document(*, document: Document, version: int, by: Actor, **changes: Any) -> Document:
    """
    Name, move, tag it, say whom it is about, who keeps it and until when it holds.

    :raises StaleVersion: somebody else changed it since the form was opened
    :raises Invalid: what is said makes no sense
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"change_document() does not change {sorted(unknown)}")
    row = _in_use(document, by)
    same_version(row, version, changes)
    if "folder" in changes:
        changes["folder"] = _where_one_works(changes["folder"], by)
    if "about_kind" in changes:
        _may_be_about(changes["about_kind"], changes.get("about_id"), by)
    if "expires_date" in changes:
        _day(changes["expires_date"])
    before = _about(row)
    changed = row.save_changes(**_sensible(changes))
    if {"title", "tags"} & set(changed):
        indexing.index(row)
    acts.note(row, changed=changed, **(before | _about(row)))
    return announced(row)


@act(permission=Permission.FILE_DOCUMENTS, scope=site_of)
def archive_document(*, document: Document, by: Actor, at: datetime) -> Document:
    """
    Out of the way, not gone: it is found in the archive and goes when its time is over.

    :raises AlreadyArchived: somebody was faster
    """
    row = read_again(document, by)
    if row.state == Document.State.ARCHIVED:
        raise AlreadyArchived
    row.save_changes(state=Document.State.ARCHIVED, archived_at=at)
    row.undo_token = undo.offer(
        "desk.archive_document", by=by, document_id=row.pk, version=row.version
    )
    acts.note(row, **_about(row))
    return announced(row)


@act(permission=Permission.FILE_DOCUMENTS, scope=site_of)
def restore_document(*, document: Document, by: Actor, version: int | None = None) -> Document:
    """
    Out of the archive again.

    :raises AlreadyArchived: it is not archived, or was changed since
    """
    row = read_again(document, by)
    if row.state != Document.State.ARCHIVED or (version is not None and row.version != version):
        raise AlreadyArchived
    row.save_changes(state=standing(row), archived_at=None)
    acts.note(row, **_about(row))
    return announced(row)


@undo.reverses("desk.archive_document")
def unarchive(*, document_id: str, version: int, by: Actor, at: datetime) -> Document:
    document = (
        Document.objects.visible_to(by).select_related("folder").filter(pk=document_id).first()
    )
    if document is None:
        raise undo.CannotUndo
    return restore_document(document=document, version=version, by=by)


def standing(document: Document) -> str:
    """What its versions make of it: people can have one, wait for one, or there is none."""
    states = set(document.versions.values_list("state", flat=True))
    order = (Document.State.AVAILABLE, Document.State.QUARANTINED)
    return next((each.value for each in order if each in states), Document.State.REFUSED.value)


def kept_until(retention_class: str, day: date) -> date | None:
    """The first day on which the schedule lets go of what was filed on `day`."""
    years = YEARS.get(RetentionClass(retention_class))
    if years is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, month=3, day=1)


def _add(
    document: Document, file: Checked, *, number: int, note: str, by: Actor, at: datetime
) -> DocumentVersion:
    """The file is on the disk before its row; one without a row is swept up."""
    waits = scanner.is_configured()
    version = DocumentVersion(
        id=new_id(), document=document, number=number, sha256=store.put(file.body), size=len(file.body),
        state=DocumentVersion.State.QUARANTINED if waits else DocumentVersion.State.AVAILABLE,
        scan_due_at=at if waits else None, media_type=file.kind.media_type, page_count=file.pages,
        original_name=file.name, original_sha256=store.digest(file.original), removed=list(file.removed),
        text=file.text, added_by=_user(by), added_by_name=by.name[:200], note=note,
    )  # fmt: skip
    if waits:
        store.hold(version.pk, file.original)
    version.save(force_insert=True)
    if waits:
        indexing.index(document)
    else:
        make_current(document, version)
    announced(document)
    return version


def make_current(document: Document, version: DocumentVersion) -> None:
    """From now on people get this one, unless a newer one was there before it."""
    newer = document.versions.filter(is_current=True, number__gt=version.number).exists()
    if not newer:
        document.versions.filter(is_current=True).exclude(pk=version.pk).update(is_current=False)
        version.is_current = True
        version.save(update_fields=["is_current", "updated_at"])
    if document.state != Document.State.ARCHIVED:
        document.save_changes(state=Document.State.AVAILABLE)
    indexing.index(document)


def _in_use(document: Document, by: Actor) -> Document:
    row = read_again(document, by)
    if row.state in {Document.State.ARCHIVED, Document.State.REFUSED}:
        raise NotAvailable
    return row


def _where_one_works(folder: Folder, by: Actor) -> Folder:
    """
    :raises OutOfScope: not a folder this actor may open
    """
    place = Folder.objects.visible_to(by).filter(pk=folder.pk).first()
    if place is None:
        raise OutOfScope
    return place


def _may_be_about(kind: str, subject_id: UUID | None, by: Actor) -> None:
    if not kind and subject_id is None:
        return
    if subject_id is None or not subjects.is_visible(kind, subject_id, by):
        raise Invalid("There is nobody here by that name that you may open.", field="about")


def _sensible(values: dict[str, Any]) -> dict[str, Any]:
    values = cleaned(values)
    if "title" in values:
        values["title"] = values["title"][:TITLE]
        if not values["title"]:
            raise Invalid("Give it a title.", field="title")
    if "tags" in values:
        values["tags"] = _tags(values["tags"])
    return values


def _tags(given: Iterable[str]) -> list[str]:
    """Each once, as it was first written."""
    found: dict[str, str] = {}
    for each in given:
        tag = cleaned({"tag": each})["tag"].strip("#, ")[:TAG]
        if tag:
            found.setdefault(tag.casefold(), tag)
    if len(found) > MOST_TAGS:
        raise Invalid(f"At most {MOST_TAGS} tags.", field="tags")
    return list(found.values())


def _day(day: date | None) -> date | None:
    if day is not None and not clock.reasonable(day):
        raise Invalid(f"The year {day.year} cannot be right.", field="expires_date")
    return day


def _user(by: Actor) -> User | None:
    return User.objects.filter(pk=by.id).first() if by.id else None


def _about(document: Document) -> dict[str, Any]:
    """For the audit trail: whom it tells of, by id."""
    return {document.about_kind: str(document.about_id)} if document.about_id else {}


def announced(document: Document) -> Document:
    live.changed(TOPIC, document.folder.location)
    return document
