"""What the virus scanner says of a file that waits for it; as long as it says nothing, the file waits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from desk import previews, store
from desk.actions import indexing
from desk.actions.documents import TOPIC, make_current, site_of, standing
from desk.models import DocumentVersion
from desk.permissions import Permission
from desk.safety import kinds, scanner
from kernel import acts, live
from kernel.actors import Actor
from kernel.acts import act

WAITS = (10, 30, 60, 300, 900)  # seconds between two tries; the last one from then on
AT_ONCE = 10  # files of one tick
AWAY = "The scanner was taken out of the settings while this file waited; set it again."


def scan_waiting(limit: int = AT_ONCE) -> int:
    """Ask about every file whose time has come, until one gets no answer; returns how many got one."""
    due = (
        DocumentVersion.objects.waiting_for_the_scanner()
        .filter(scan_due_at__lte=Now())
        .order_by("scan_due_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )
    answered = 0
    for each in list(due):
        if not scan_one(each):
            break  # it does not answer: the others wait, and so does nothing else of this tick
        answered += 1
    return answered


def scan_one(version_id: UUID) -> bool:
    """
    Ask about one file. Outside of any transaction: a slow scanner holds no lock.

    Two workers that ask at once get the same answer; the first one writes it.
    """
    by = Actor.system("desk")
    waiting = DocumentVersion.objects.waiting_for_the_scanner().select_related("document__folder")
    version = waiting.filter(pk=version_id).first()
    if version is None:  # somebody else was faster
        return True
    try:
        if not scanner.is_configured():
            raise scanner.ScannerAway(AWAY)
        found = scanner.scan(store.held(version.pk))
    except (scanner.ScannerAway, store.Damaged) as away:
        _wait(version, str(away))
        return False
    settle_scan(waiting=version, found=found.what if found else "", by=by)
    return True


def _site_of(asked: Mapping[str, Any]) -> list[Any]:
    return site_of({"document": asked["waiting"].document})


@act(permission=Permission.KEEP_DOCUMENTS, scope=_site_of)
def settle_scan(*, waiting: DocumentVersion, found: str, by: Actor) -> DocumentVersion:
    """A file was found clean and is available, or was found infected and is destroyed."""
    row = (
        DocumentVersion.objects.select_for_update(of=("self",))
        .select_related("document__folder")
        .get(pk=waiting.pk)
    )
    document = row.document
    acts.note(document, number=row.number, outcome="infected" if found else "clean")
    if row.state != DocumentVersion.State.QUARANTINED:
        return row
    row.scan_due_at, row.scanned_at, row.scan_tries = None, Now(), row.scan_tries + 1
    if found:
        row.state = DocumentVersion.State.REFUSED
        row.scan_says = kinds.sentence("infected", found[:80])
        row.text = ""
        row.save()
        if document.state != document.State.ARCHIVED:
            document.save_changes(state=standing(document))
        indexing.index(document)
        transaction.on_commit(lambda: _destroy(row))
    else:
        row.state, row.scan_says = DocumentVersion.State.AVAILABLE, ""
        row.save()
        make_current(document, row)
        transaction.on_commit(lambda: store.let_go(row.pk))
    live.changed(TOPIC, document.folder.location)
    return row


def _wait(version: DocumentVersion, why: str) -> None:
    """Later, each time later: somebody is told (desk.document_work), nothing is opened meanwhile."""
    seconds = WAITS[min(version.scan_tries, len(WAITS) - 1)]
    DocumentVersion.objects.filter(pk=version.pk, state="quarantined").update(
        scan_tries=version.scan_tries + 1,
        scan_due_at=Now() + timedelta(seconds=seconds),
        scan_says=why[:200],
    )


def _destroy(version: DocumentVersion) -> None:
    """Both as it was sent and as it was made; a file that another paper has as well stays."""
    store.let_go(version.pk)
    forget_file(version.sha256)


def forget_file(name: str) -> None:
    """A file that no version needs any more goes."""
    needed = DocumentVersion.objects.filter(sha256=name).exclude(state="refused").exists()
    if not needed:
        store.remove(name)
        previews.forget(name)


def stuck_since(at: datetime) -> int:
    """How many files have waited for more than a moment."""
    waiting = DocumentVersion.objects.waiting_for_the_scanner()
    return waiting.filter(created_at__lt=at - timedelta(minutes=2), scan_tries__gt=0).count()
