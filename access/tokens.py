"""Bearer tokens: shown once, kept as a hash, expiring, narrowed to scopes."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from access import grants
from access.models import ApiToken, User
from kernel.actors import Actor, ActorKind, Grants
from kernel.memo import for_a_moment

PREFIX = "mom_"


@dataclass(frozen=True)
class Bearer:
    token_id: UUID
    actor: Actor


def digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()


def make(user: User, *, scopes: list[str], days: int, at: datetime) -> tuple[str, ApiToken]:
    """A fresh token: the plain text (for this once) and its row."""
    plain = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        digest=digest(plain),
        hint=plain[:8],
        scopes=scopes,
        expires_at=at + timedelta(days=days),
    )
    return plain, row


def find(plain: str) -> Bearer | None:
    """Whose token this is, if it still holds."""
    return _by_digest(digest(plain)) if plain.startswith(PREFIX) else None


@for_a_moment
def _by_digest(hashed: str) -> Bearer | None:
    row = ApiToken.objects.filter(
        digest=hashed, revoked_at=None, expires_at__gt=timezone.now()
    ).first()
    standing = grants.standing(row.user_id) if row else None
    if row is None or standing is None or not standing.is_active:
        return None
    allowed = standing.grants
    if row.scopes:
        allowed = Grants(allowed.permissions & frozenset(row.scopes), allowed.locations)
    name = f"{standing.name} by token {row.hint}"
    actor = replace(standing.actor(), kind=ActorKind.SERVICE, name=name, grants=allowed)
    return Bearer(row.pk, actor)


def forget() -> None:
    """After a token was revoked in this process."""
    _by_digest.forget()
