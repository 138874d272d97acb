"""What a user may do and where: read from the database at most every few seconds, kept out of each request."""

from dataclasses import dataclass
from uuid import UUID

from access.models import LocationGrant, User
from kernel.actors import Actor, ActorKind, Grants
from kernel.memo import for_a_moment


@dataclass(frozen=True)
class Standing:
    """A user as of a moment ago."""

    user_id: UUID
    name: str
    email: str
    is_active: bool
    session_hash: str
    grants: Grants
    roles: tuple[str, ...]
    preferences: dict[str, object]

    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.user_id, self.name, None, self.grants)


@for_a_moment
def standing(user_id: UUID) -> Standing | None:
    """Grants are revoked within `MEMO_SECONDS` everywhere; None for an account that is gone."""
    return look(user_id)


def look(user_id: UUID) -> Standing | None:
    """The same as of now."""
    user = User.objects.filter(pk=user_id).first()
    return of(user) if user else None


def of(user: User) -> Standing:
    return Standing(
        user.pk,
        user.name,
        user.email,
        user.is_active,
        user.get_session_auth_hash(),
        Grants(user.permission_names, _locations(user)),
        tuple(user.groups.order_by("name").values_list("name", flat=True)),
        user.preferences,
    )


def _locations(user: User) -> frozenset[UUID]:
    grants = LocationGrant.objects.filter(user=user, permission__codename="work_at")
    return frozenset(grants.values_list("content_object_id", flat=True))


def forget() -> None:
    """After a change of rights in this process."""
    standing.forget()
