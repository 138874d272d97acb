"""Bearer tokens: shown once, kept as a hash, expiring, narrowed to scopes."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from access import grants
from access.models import ApiToken, User
from kernel.actors import Actor, ActorKind, Grants
from kernel.memo import for_a_moment

PREFIX = "mom_"
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Bearer:
    token_id: UUID
    actor: Actor


def digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()


def make(
    user: User, *, scopes: list[str], days: int, at: datetime, name: str = ""
) -> tuple[str, ApiToken]:
    """A fresh token: the plain text (for this once) and its row."""
    plain = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        name=name,
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
    _used(row)
    allowed = standing.grants
    if row.scopes:
        allowed = Grants(allowed.permissions & frozenset(row.scopes), allowed.locations)
    name = f"{standing.name} by token {row.hint}"
    actor = replace(standing.actor(), kind=ActorKind.SERVICE, name=name, grants=allowed)
    return Bearer(row.pk, actor)


def _used(row: ApiToken) -> None:
    """Noted once a minute: beside the look of every few seconds, so most requests neither read nor write it."""
    now = timezone.now()
    if row.last_used_at is None or now - row.last_used_at >= USED_EVERY:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - USED_EVERY)
        ApiToken.objects.filter(long_ago, pk=row.pk).update(last_used_at=now)


def forget() -> None:
    """After a token was revoked in this process."""
    _by_digest.forget()
