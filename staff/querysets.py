from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest

from kernel.actors import Actor
from kernel.text import search_key
from staff.permissions import Permission


class EmployeeQuerySet(models.QuerySet):
    """Questions about the people; files go by relationship: oneself, one's reports, HR."""

    def visible_to(self, actor: Actor) -> Self:
        """Whose personnel file the actor may open."""
        if actor.grants.everything or actor.may(Permission.VIEW_ALL_FILES):
            return self
        return self.filter(Q(user=actor.id) | Q(supervisor__user=actor.id))

    def listed_for(self, actor: Actor) -> Self:
        """Who stands in the directory: everybody who works here."""
        return self if actor.may(Permission.VIEW_DIRECTORY) else self.none()

    def working(self, day: date) -> Self:
        """Who is employed on the day; the last day still counts."""
        return self.filter(Q(parted_date=None) | Q(parted_date__gte=day), hired_date__lte=day)

    def matching(self, text: str) -> Self:
        """Every word typed begins a word of the name or the position, in any order."""
        found = self
        for word in search_key(text[:100]).split():
            found = found.filter(
                Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")
            )
        return found

    def at_location(self, location: models.Model) -> Self:
        return self.filter(locations=location)


class PractitionerQuerySet(models.QuerySet):
    """Who sees patients."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.grants.everything:
            return self
        return self.filter(Q(locations__in=actor.grants.locations) | Q(is_external=True)).distinct()

    def bookable(self) -> Self:
        return self.filter(is_bookable=True, is_external=False)

    def at_location(self, location: models.Model) -> Self:
        return self.filter(locations=location)


class CredentialQuerySet(models.QuerySet):
    """What lapses."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.grants.everything or actor.may(Permission.VIEW_ALL_FILES):
            return self
        return self.filter(Q(employee__user=actor.id) | Q(employee__supervisor__user=actor.id))

    def in_force(self) -> Self:
        return self.filter(voided_at=None)

    def not_replaced(self, day: date) -> Self:
        """Without those that a newer entry of the same kind, state and name stands in for."""
        newer = self.model.objects.filter(
            employee=OuterRef("employee"),
            kind=OuterRef("kind"),
            state=OuterRef("state"),
            name__iexact=OuterRef("name"),
            voided_at=None,
        ).filter(
            Q(issued_date=None) | Q(issued_date__lte=day),
            Q(expires_date=None) | Q(expires_date__gt=Greatest(OuterRef("expires_date"), day)),
        )
        return self.exclude(Q(expires_date__isnull=False) & Exists(newer))

    def expired_by(self, day: date) -> Self:
        return self.in_force().filter(expires_date__lte=day)

    def expiring_between(self, first: date, last: date) -> Self:
        return self.in_force().filter(expires_date__gt=first, expires_date__lte=last)


class EmployeeTimeQuerySet(models.QuerySet):
    """Leave and shifts."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.grants.everything or actor.may(Permission.DECIDE_TIME_OFF):
            return self
        return self.filter(Q(employee__user=actor.id) | Q(employee__supervisor__user=actor.id))

    def leave(self) -> Self:
        return self.filter(kind="leave")

    def approved(self) -> Self:
        return self.filter(status="approved")

    def awaiting_decision(self) -> Self:
        return self.filter(kind="leave", status="requested")

    def touching(self, period: object) -> Self:
        return self.filter(period__overlap=period)

    def at_moment(self, moment: datetime) -> Self:
        return self.filter(period__contains=moment)
