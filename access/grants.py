"""What a user may do and where: read from the database at most every few seconds, kept out of each request."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from access.models import LocationGrant, User
from kernel.actors import Actor, ActorKind, Grants
from kernel.memo import for_a_moment

SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


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
    has_second_step: bool = False
    second_step_from: date | None = None  # the day from which a role of theirs needs one
    can_confirm: bool = False  # has something to show again: a password, an app, a passkey

    def lacks_second_step(self, today: date) -> bool:
        """A role of theirs needs it by now, and they have none."""
        due = self.second_step_from
        return not self.has_second_step and due is not None and due <= today

    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.user_id, self.name, None, self.grants)


@for_a_moment
def standing(user_id: UUID) -> Standing | None:
    """Grants are revoked within `MEMO_SECONDS` everywhere; None for an account that is gone."""
    return look(user_id)


def look(user_id: UUID) -> Standing | None:
    """The same as of now."""
    user = (
        User.objects.filter(pk=user_id).annotate(with_second_step=Exists(_second_steps())).first()
    )
    return of(user) if user else None


def of(user: User) -> Standing:
    known = getattr(user, "with_second_step", None)
    second_step = has_second_step(user) if known is None else known
    roles = _roles(user)
    return Standing(
        user.pk,
        user.name,
        user.email,
        user.is_active,
        user.get_session_auth_hash(),
        Grants(user.permission_names, _locations(user)),
        tuple(name for name, *_ in roles),
        user.preferences,
        second_step,
        _earliest(roles),
        second_step or user.has_usable_password(),
    )


def has_second_step(user: User) -> bool:
    """An app or a passkey; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=SECOND_STEPS).exists()


def second_step_from(user: User) -> date | None:
    """The first day on which one of the user's roles needs a second step; None: no role does."""
    return _earliest(_roles(user))


def _second_steps() -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_STEPS)


def _roles(user: User) -> list[tuple[str, bool | None, date | None]]:
    """Name, whether it needs a second step (None: nobody decided), and from when."""
    rule = "second_step_rule__is_required", "second_step_rule__required_from_date"
    return list(user.groups.order_by("name").values_list("name", *rule))


def _earliest(roles: list[tuple[str, bool | None, date | None]]) -> date | None:
    """A role about which nobody decided needs it at once; not in a demo, whose people are invented."""
    undecided = not settings.DEMO
    needing = [day for _, needed, day in roles if (undecided if needed is None else needed)]
    return min((day or date.min for day in needing), default=None)


def _locations(user: User) -> frozenset[UUID]:
    grants = LocationGrant.objects.filter(user=user, permission__codename="work_at")
    return frozenset(grants.values_list("content_object_id", flat=True))


def forget() -> None:
    """After a change of rights in this process; once more when it holds, for what another thread read meanwhile."""
    standing.forget()
    transaction.on_commit(standing.forget)
