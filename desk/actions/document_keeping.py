"""Folders, and how long their papers are kept: by a schedule, unless on hold."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission as Right
from django.db import connection, transaction

from access.models import User
from desk.actions.documents import TOPIC, announced, kept_until, site_of
from desk.actions.scanning import forget_file
from desk.models import Disposal, Document, Folder, FolderGrant, RetentionClass
from desk.permissions import Permission
from desk.store import let_go
from kernel import acts, clock, live
from kernel.actors import Actor
from kernel.acts import act
from kernel.keeping import cleaned, read_again, same_version, saved
from kernel.refusals import Invalid, Refusal
from office.models import Location

DEEPEST = 6
AT_ONCE = 50  # papers destroyed by one tick
FOLDER_REFUSED = {"folder_name_once": ("There is a folder of this name here already.", "name")}
# The database's own history of the row goes with it: what is destroyed is destroyed.
FORGET = "DELETE FROM desk_documenthistory WHERE pgh_obj_id = %s"


class OnHold(Refusal):
    """A legal hold stands on it."""

    code = "on-hold"
    title = "This document is on hold already"


class NotOnHold(Refusal):
    code = "not-on-hold"
    title = "This document is not on hold (any more)"


def site_of_folder(asked: Mapping[str, Any]) -> list[Any]:
    """Where the folder is to be, or is; and where it lies in."""
    places = [asked.get("location"), getattr(asked.get("parent"), "location_id", None)]
    if "folder" in asked:
        places.append(asked["folder"].location_id)
    return [each for each in places if each is not None]


@act(permission=Permission.KEEP_DOCUMENTS, scope=site_of_folder)
def add_folder(
    *,
    name: str,
    by: Actor,
    parent: Folder | None = None,
    location: Location | None = None,
    retention_class: str = RetentionClass.PERMANENT,
) -> Folder:
    """
    A folder in another one, or beside them; inside it is of the same location and as closed.

    :raises Invalid: no name, a name that is there, or too deep
    """
    above = read_again(parent, by) if parent else None
    folder = Folder(
        name=_name(name), parent=above, location=location or (above.location if above else None),
        closed_by=above.closed_by if above else None, retention_class=_known(retention_class),
    )  # fmt: skip
    if above and above.location_id and folder.location_id != above.location_id:
        raise Invalid("A folder inside another one is of the same location.", field="location")
    if above and len(list(_up(above))) >= DEEPEST:
        raise Invalid(f"Folders go {DEEPEST} deep at most.", field="name")
    saved(lambda: folder.save(force_insert=True), FOLDER_REFUSED)
    acts.note(folder)
    live.changed(TOPIC, folder.location)
    return folder


@act(permission=Permission.KEEP_DOCUMENTS, scope=site_of_folder)
def change_folder(
    *, folder: Folder, version: int, name: str, retention_class: str, by: Actor
) -> Folder:
    """
    Another name; another rule for what is filed from now on.

    :raises StaleVersion: somebody else changed it since the form was opened
    :raises Invalid: no name, or one that is there
    """
    row = read_again(folder, by)
    changes = {"name": _name(name), "retention_class": _known(retention_class)}
    same_version(row, version, changes)
    changed = saved(lambda: row.save_changes(**changes), FOLDER_REFUSED)
    acts.note(row, changed=changed)
    live.changed(TOPIC, row.location)
    return row


@act(permission=Permission.KEEP_DOCUMENTS, scope=site_of_folder)
def share_folder(*, folder: Folder, is_closed: bool, users: Iterable[User], by: Actor) -> Folder:
    """
    Close a folder to all but these people, with what lies in it; or open it again to everybody of its place.

    Whoever closes it keeps their own key.

    :raises Invalid: it lies in a closed one, whose people decide
    """
    row = read_again(folder, by)
    if row.closed_by_id not in {None, row.pk}:
        raise Invalid(
            "It lies in a closed folder: that one says for whom it opens.", field="is_closed"
        )
    keys = {each.pk for each in users} | ({by.id} if by.id else set()) if is_closed else set()
    row.save_changes(is_closed=is_closed, closed_by=row if is_closed else None)
    _below(row).update(closed_by=row if is_closed else None)
    right = Right.objects.get(codename="open_folder", content_type__app_label="desk")
    FolderGrant.objects.filter(content_object=row).exclude(user__in=keys).delete()
    FolderGrant.objects.bulk_create(
        [FolderGrant(permission=right, content_object=row, user_id=each) for each in sorted(keys)],
        ignore_conflicts=True,
    )
    acts.note(row, is_closed=is_closed, opened_to=[str(each) for each in sorted(keys)])
    live.changed(TOPIC, row.location)
    return row


@act(permission=Permission.KEEP_DOCUMENTS, scope=site_of)
def set_retention(
    *,
    document: Document,
    version: int,
    retention_class: str,
    by: Actor,
    at: datetime,
    retain_until: date | None = None,
) -> Document:
    """
    Why it is kept and until when; without a date as the rule says, counted from its first day here.

    :raises StaleVersion: somebody else changed it since the form was opened
    :raises Invalid: a day that cannot be
    """
    row = read_again(document, by)
    same_version(row, version, {"retention_class": retention_class, "retain_until": retain_until})
    until = None
    if _known(retention_class) != RetentionClass.PERMANENT:
        until = retain_until or kept_until(retention_class, row.created_at.date())
    if until and not clock.reasonable(until):
        raise Invalid(f"The year {until.year} cannot be right.", field="retain_until")
    if until and until <= at.date():
        raise Invalid(
            "This day is over: the schedule would destroy it at once.", field="retain_until"
        )
    changed = row.save_changes(retention_class=retention_class, retain_until=until)
    acts.note(row, changed=changed)
    return announced(row)


@act(permission=Permission.KEEP_DOCUMENTS, scope=site_of)
def place_hold(*, document: Document, reason: str, by: Actor, at: datetime) -> Document:
    """
    Nothing may destroy it from now on: a lawsuit, an audit, a complaint.

    :raises OnHold: there is one already
    :raises Invalid: no reason
    """
    row = read_again(document, by)
    if row.is_on_hold:
        raise OnHold
    row.save_changes(held_at=at, hold_reason=_reason(reason))
    acts.note(row)
    return announced(row)


@act(permission=Permission.KEEP_DOCUMENTS, scope=site_of)
def lift_hold(*, document: Document, reason: str, by: Actor) -> Document:
    """
    The schedule counts again. The reason is kept in the audit trail.

    :raises NotOnHold: there is none (any more)
    :raises Invalid: no reason
    """
    row = read_again(document, by)
    if not row.is_on_hold:
        raise NotOnHold
    _reason(reason)
    row.save_changes(held_at=None, hold_reason="")
    acts.note(row)
    return announced(row)


def dispose_of_the_expired(*, at: datetime, zone: str, limit: int = AT_ONCE) -> int:
    """What the schedule lets go of today is destroyed, one paper at a time; returns how many were."""
    day = clock.today(at, zone)
    due = (
        Document.objects.past_their_time(day)
        .order_by("retain_until", "pk")
        .select_related("folder")[:limit]
    )
    for document in list(due):
        dispose_document(document=document, by=Actor.system("desk"), at=at, day=day)
    return len(due)


@act(permission=Permission.KEEP_DOCUMENTS, scope=site_of)
def dispose_document(*, document: Document, by: Actor, at: datetime, day: date) -> Disposal | None:
    """A paper's time is over: its rows, words, history and files go; that it went, and why, stays."""
    row = (
        Document.objects.past_their_time(day)
        .select_for_update(of=("self",))
        .filter(pk=document.pk)
        .first()
    )
    if row is None or row.retain_until is None:  # put on hold, or kept longer, meanwhile
        return None
    versions = list(row.versions.order_by("number").values_list("pk", "sha256"))
    made = Disposal.objects.create(
        at=at, document_id=row.pk, title=row.title, retention_class=row.retention_class,
        retain_until=row.retain_until, hashes=[name for _, name in versions],
    )  # fmt: skip
    acts.note(row, retention_class=row.retention_class, versions=len(versions))
    key = row.pk
    row.versions.all().delete()
    row.delete()
    row.pk = key  # the audit event still names it
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [key])
    for version_id, name in versions:
        transaction.on_commit(partial(let_go, version_id))
        transaction.on_commit(partial(forget_file, name))
    live.changed(TOPIC, row.folder.location)
    return made


def _below(folder: Folder) -> Any:
    """Everything that lies in it, at any depth; folders are few."""
    found: set[UUID] = set()
    level = {folder.pk}
    while level:
        level = set(Folder.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
        found |= level
    return Folder.objects.filter(pk__in=found)


def _up(folder: Folder | None) -> Iterable[Folder]:
    while folder is not None:
        yield folder
        folder = folder.parent


def _name(name: str) -> str:
    given = cleaned({"name": name})["name"][:80]
    if not given:
        raise Invalid("Give the folder a name.", field="name")
    return str(given)


def _reason(reason: str) -> str:
    given = cleaned({"reason": reason})["reason"][:200]
    if not given:
        raise Invalid("Say why; the reason is kept.", field="reason")
    return str(given)


def _known(retention_class: str) -> str:
    if retention_class not in RetentionClass.values:
        raise Invalid("Choose why it is kept.", field="retention_class")
    return retention_class
