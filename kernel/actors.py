from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID


class ActorKind(StrEnum):
    STAFF = "staff"
    PATIENT = "patient"
    DEVICE = "device"  # kiosk, queue screen, PIN clock; bound to a location
    SERVICE = "service"  # an API token
    SYSTEM = "system"
    NOBODY = "nobody"  # not signed in


@dataclass(frozen=True, slots=True)
class Grants:
    """What an actor may do (permissions) and where (locations); both are needed."""

    permissions: frozenset[str] = frozenset()
    locations: frozenset[UUID] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it. Actions take one as `by`; a queryset's `visible_to` takes one too."""

    kind: ActorKind
    id: UUID | None = None
    name: str = ""
    on_behalf_of: "Actor | None" = None
    grants: Grants = field(default=Grants(), compare=False, repr=False)

    @classmethod
    def system(cls, room: str, on_behalf_of: "Actor | None" = None) -> "Actor":
        """The house itself, working for a room; may do everything."""
        return cls(ActorKind.SYSTEM, None, f"system: {room}", on_behalf_of, Grants(everything=True))

    @property
    def is_known(self) -> bool:
        return self.kind is not ActorKind.NOBODY

    @property
    def own_id(self) -> UUID:
        """The id of somebody who can own a hold or a job; the house itself owns nothing."""
        if self.id is None:
            raise ValueError(f"{self.name} cannot own anything")
        return self.id

    def may(self, permission: str) -> bool:
        return self.grants.everything or str(permission) in self.grants.permissions

    def works_at(self, location: Any) -> bool:
        """True for a location (object or id) this actor may work at."""
        return self.grants.everything or getattr(location, "pk", location) in self.grants.locations

    def works_at_all(self, locations: Iterable[Any]) -> bool:
        return all(self.works_at(location) for location in locations)


NOBODY = Actor(ActorKind.NOBODY, None, "nobody")
