from datetime import date, datetime
from typing import Self

from django.db import models
from django.db.models import Q

from kernel.actors import Actor
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

    def working(self) -> Self:
        return self.filter(parted_date=None)

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
