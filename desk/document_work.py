"""What the papers ask of somebody: those that expire, and files that no scanner looks at."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from desk.actions.scanning import stuck_since
from desk.models import Document
from desk.permissions import Permission
from desk.queries.documents import SOON, place_of
from kernel import clock, subjects, work
from kernel.actors import Actor
from kernel.work import WorkItem
from office import queries as office

STEPS = ((7, "act"), (30, "look"), (SOON, "plain"))  # days left, how urgent
MOST = 50


@work.source(Permission.FILE_DOCUMENTS)
def expiring_documents(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """One's own, within 60, 30 and 7 days; for whoever keeps the papers, everybody's."""
    today = clock.today(at, office.practice_zone())
    rows: Any = Document.objects.visible_to(actor).expiring_by(today + timedelta(days=SOON))
    if not actor.may(Permission.KEEP_DOCUMENTS):
        rows = rows.filter(owner=actor.id)
    found = list(rows.select_related("folder__location").order_by("expires_date", "pk")[:MOST])
    people = subjects.labels(
        [(each.about_kind, each.about_id) for each in found if each.about_id], actor
    )
    return [
        _renewal(each, (each.expires_date - today).days, people)
        for each in found
        if each.expires_date
    ]


def _renewal(document: Document, days: int, people: dict[Any, str]) -> WorkItem:
    severity = next(tone for limit, tone in STEPS if days <= limit)
    when = "has expired" if days <= 0 else f"expires in {days} day{'' if days == 1 else 's'}"
    about = document.about if document.about in people else None
    return WorkItem(
        what=f"Renew {document.title}",
        why=f"It {when}: {place_of(document.folder)}.",
        verb="Open",
        url=reverse("desk:document", args=[document.pk]),
        icon="file-alert",
        severity=severity,
        due_text=f"{document.expires_date:%-d %b %Y}",
        rank=max(0, 30 + days),
        about=about,  # type: ignore[arg-type]
    )


@work.source(Permission.KEEP_DOCUMENTS)
def files_without_a_scan(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """The scanner does not answer: what came in stays closed until somebody mends it."""
    count = stuck_since(at)
    if not count:
        return []
    return [
        WorkItem(
            what=f"{count} file{'' if count == 1 else 's'} wait for the virus scanner",
            why="It does not answer, so nobody can open them. Ask whoever runs the server.",
            verb="See them",
            url=f"{reverse('desk:documents')}?view=waiting",
            icon="shield-question",
            severity="act",
            rank=5,
        )
    ]
