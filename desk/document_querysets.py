from datetime import date
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import models
from django.db.models import F, Q, QuerySet, Value

from desk.permissions import Permission
from kernel import subjects
from kernel.actors import Actor
from kernel.text import search_key

LONGEST, WORDS = 100, 8  # of what is typed


class FolderQuerySet(models.QuerySet):
    """Where papers lie."""

    def visible_to(self, actor: Actor) -> Self:
        """The practice's, and those of the locations where one works; a closed one for those it is opened to."""
        if actor.grants.everything:
            return self
        if not actor.may(Permission.VIEW_DOCUMENTS):
            return self.none()
        placed = Q(location=None) | Q(location__in=actor.grants.locations)
        return self.filter(placed).filter(
            Q(closed_by=None) | Q(closed_by__in=self._opened_to(actor))
        )

    def _opened_to(self, actor: Actor) -> QuerySet:
        grants: Any = self.model._meta.get_field("folder_grants").related_model
        mine = grants.objects.filter(user=actor.id, permission__codename="open_folder")
        return mine.values("content_object")


class DocumentQuerySet(models.QuerySet):
    """The office's papers."""

    def visible_to(self, actor: Actor) -> Self:
        """In a folder one may open; about somebody only with the right to see them."""
        if actor.grants.everything:
            return self
        folders: Any = self.model._meta.get_field("folder").related_model
        seen = folders.objects.visible_to(actor).values("pk")
        about = Q(about_kind="")
        for kind, ids in subjects.visible_ids(actor).items():
            about |= Q(about_kind=kind, about_id__in=ids)
        return self.filter(about, folder__in=seen)

    def in_use(self) -> Self:
        return self.filter(state__in=["available", "quarantined"])

    def about(self, kind: str, subject_id: UUID) -> Self:
        return self.filter(about_kind=kind, about_id=subject_id)

    def matching(self, text: str) -> Self:
        """Every word typed begins a word of its name, its tags or its pages; or the same words in another form."""
        asked = question(text)
        if asked is None:
            return self.none().annotate(rank=Value(0.0))
        return self.filter(words__vector=asked).annotate(rank=SearchRank(F("words__vector"), asked))

    def expiring_by(self, day: date) -> Self:
        return self.in_use().filter(expires_date__lte=day)

    def held(self) -> Self:
        return self.exclude(held_at=None)

    def past_their_time(self, day: date) -> Self:
        """What the retention schedule lets go of; never what is on hold."""
        return self.filter(held_at=None, retain_until__lte=day)


class VersionQuerySet(models.QuerySet):
    """What a paper was and is."""

    def visible_to(self, actor: Actor) -> Self:
        documents: Any = self.model._meta.get_field("document").related_model
        return self.filter(document__in=documents.objects.visible_to(actor).values("pk"))

    def current(self) -> Self:
        return self.filter(is_current=True)

    def waiting_for_the_scanner(self) -> Self:
        return self.filter(state="quarantined")


def question(text: str) -> SearchQuery | None:
    """What is typed as Postgres asks it; None: there is no word in it."""
    words = search_key(text[:LONGEST]).split()[:WORDS]
    if not words:
        return None
    begun = SearchQuery(
        " & ".join(f"'{word}':*" for word in words), config="simple", search_type="raw"
    )
    return begun | SearchQuery(" ".join(words), config="english")
