"""Papers as something one can link to and find from anywhere."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse

from desk.models import Document
from desk.permissions import Permission
from desk.queries.documents import place_of
from kernel import subjects
from kernel.actors import Actor
from kernel.subjects import Hit


class DocumentKind:
    """A paper; in the palette those in use, found by name, tag or page."""

    kind = "desk.document"
    name = "Document"
    icon = "file-text"

    def labels(self, ids: Iterable[UUID], actor: Actor) -> Mapping[UUID, str]:
        found = Document.objects.visible_to(actor).filter(pk__in=list(ids))
        return {each.pk: each.title for each in found}

    def url(self, subject_id: UUID) -> str:
        return reverse("desk:document", args=[subject_id])

    def search(self, text: str, actor: Actor, limit: int) -> list[Hit]:
        if not actor.may(Permission.VIEW_DOCUMENTS):
            return []
        seen: Any = Document.objects.visible_to(actor).in_use().matching(text)
        found = seen.select_related("folder__location").order_by("-rank", "title", "pk")[:limit]
        return [
            Hit(self.kind, each.pk, each.title, place_of(each.folder), self.url(each.pk), self.icon)
            for each in found
        ]


subjects.register(DocumentKind())
