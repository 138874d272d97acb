from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Q

from communications.permissions import Permission
from kernel.actors import Actor


class MessageQuerySet(models.QuerySet):
    """What was written, and what is to be written."""

    def visible_to(self, actor: Actor) -> Self:
        """Messages of the locations where the actor works; those of none, to who may write."""
        if actor.grants.everything:
            return self
        if not actor.may(Permission.VIEW_MESSAGES):
            return self.none()
        return self.filter(location__in=actor.grants.locations)

    def to(self, kind: str, subject_id: UUID) -> Self:
        return self.filter(subject_kind=kind, subject_id=subject_id)

    def for_a_person(self) -> Self:
        """What no program can settle: it failed, or nobody knows."""
        return self.filter(state__in=["failed", "unknown"])

    def out(self) -> Self:
        return self.filter(Q(state="sent") | Q(state="sending"))


class BroadcastQuerySet(models.QuerySet):
    """What was written to everybody of an audience."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.grants.everything:
            return self
        if not actor.may(Permission.BROADCAST):
            return self.none()
        return self.filter(location__in=actor.grants.locations)
