from typing import Self

from django.db import models

from kernel.actors import Actor


class LocationQuerySet(models.QuerySet):
    """Where the practice works."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.grants.everything else self.filter(pk__in=actor.grants.locations)

    def ours(self) -> Self:
        return self.filter(is_external=False)

    def in_use(self) -> Self:
        return self.ours().filter(is_active=True)


class PlacedQuerySet(models.QuerySet):
    """Things that stand at a location: rooms, devices."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.grants.everything else self.filter(location__in=actor.grants.locations)

    def in_use(self) -> Self:
        return self.filter(is_active=True)

    def at(self, location: models.Model) -> Self:
        return self.filter(location=location)
