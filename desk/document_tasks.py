"""What every tick does for the papers."""

import time

from django.core.cache import cache
from django.utils import timezone

from desk import previews, store
from desk.actions import document_keeping, scanning
from desk.models import DocumentVersion
from kernel.tasks import chore
from office import queries as office

SWEPT_EVERY = 24 * 3600  # seconds


@chore
def scan_what_waits() -> None:
    scanning.scan_waiting()


@chore
def let_the_schedule_destroy() -> None:
    document_keeping.dispose_of_the_expired(at=timezone.now(), zone=office.practice_zone())


@chore
def sweep_files_of_nobody() -> None:
    """Once a day, and once more where nobody remembers: what an act wrote and then did not keep."""
    if not cache.add("desk.documents.swept", int(time.time()), SWEPT_EVERY):
        return
    previews.sweep()
    lying = [name for name in store.names() if store.is_orphan(name)]
    needed = set(DocumentVersion.objects.filter(sha256__in=lying).values_list("sha256", flat=True))
    for name in set(lying) - needed:
        store.remove(name)
