from typing import Self

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Now

from desk.permissions import Permission
from kernel.actors import Actor
from kernel.text import search_key

PRESSING = Case(
    When(urgency="stat", then=Value(0)), When(urgency="urgent", then=Value(1)), default=Value(2)
)


class TaskQuerySet(models.QuerySet):
    """What is to be done, and whose it is."""

    def visible_to(self, actor: Actor) -> Self:
        """At the locations where one works: one's own, the team's, those one made; the manager's are all."""
        if actor.grants.everything:
            return self
        if not actor.may(Permission.USE_TASKS):
            return self.none()
        here = self.filter(location__in=actor.grants.locations)
        if actor.may(Permission.VIEW_ALL_TASKS):
            return here
        return here.filter(Q(owner=actor.id) | Q(created_by=actor.id) | Q(team__in=teams_of(actor)))

    def open(self) -> Self:
        return self.filter(state="open")

    def overdue(self) -> Self:
        """By Postgres's clock."""
        return self.filter(state="open", due_at__lte=Now())

    def mine(self, actor: Actor) -> Self:
        """
        What is mine to do. Nobody's is who made it; so is a team's that nobody took in time.
        """
        left = Q(owner=None, created_by=actor.id) & (Q(team=None) | Q(due_at__lte=Now()))
        return self.open().filter(Q(owner=actor.id) | left)

    def of_my_teams(self, actor: Actor) -> Self:
        """What waits for somebody of the team to take it."""
        return self.open().filter(owner=None, team__in=teams_of(actor))

    def waiting_on_others(self, actor: Actor) -> Self:
        """I made it, somebody else has it, or a team that has not taken it yet."""
        theirs = Q(owner__isnull=False) & ~Q(owner=actor.id)
        untaken = Q(owner=None, team__isnull=False) & (Q(due_at=None) | Q(due_at__gt=Now()))
        return self.open().filter(theirs | untaken, created_by=actor.id)

    def closed(self) -> Self:
        return self.exclude(state="open")

    def about(self, kind: str, subject_id: object) -> Self:
        return self.filter(about_kind=kind, about_id=subject_id)

    def matching(self, text: str) -> Self:
        """Every word typed stands somewhere in the title."""
        found = self
        for word in text[:100].split():
            found = found.filter(title__icontains=word)
        return found

    def most_urgent_first(self) -> Self:
        return self.order_by(F("due_at").asc(nulls_last=True), PRESSING, "pk")


def teams_of(actor: Actor) -> models.QuerySet[Group]:
    return Group.objects.filter(user=actor.id)


class ChecklistRunQuerySet(models.QuerySet):
    """The checklists of days."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.grants.everything:
            return self
        if not actor.may(Permission.RUN_CHECKLISTS):
            return self.none()
        return self.filter(location__in=actor.grants.locations)

    def open(self) -> Self:
        return self.filter(state="open")

    def overdue(self) -> Self:
        """By Postgres's clock."""
        return self.filter(state="open", due_at__lte=Now())


class PartyQuerySet(models.QuerySet):
    """Those outside whom the office calls."""

    def visible_to(self, actor: Actor) -> Self:
        """The practice's address book: everybody who may look something up sees all of it."""
        return self if actor.may(Permission.VIEW_PARTIES) else self.none()

    def in_use(self) -> Self:
        return self.filter(retired_at=None)

    def for_location(self, location: models.Model) -> Self:
        """Theirs, and those of the whole practice."""
        of_some = self.model.locations.through.objects.filter(party=OuterRef("pk"))
        return self.filter(Q(locations=location) | ~Exists(of_some)).distinct()

    def matching(self, text: str) -> Self:
        """Every word typed begins a word of the name, the person or the kind."""
        found = self
        for word in search_key(text[:100]).split():
            found = found.filter(
                Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")
            )
        return found
