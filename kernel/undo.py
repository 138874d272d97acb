"""Undo: a frequent act gives its actor the right to take it back, which is an act itself and may be refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from kernel import durable
from kernel.actors import Actor
from kernel.models import UndoToken
from kernel.refusals import Refusal

GRACE = timedelta(minutes=3)  # how long messages about the act wait
LASTS = timedelta(minutes=30)  # how long it stays under "Recent changes"

_reverses: dict[str, Callable[..., Any]] = {}


class CannotUndo(Refusal):
    """The right to undo is used, over, or somebody else's."""

    code = "cannot-undo"
    title = "This can no longer be undone"


def reverses(act_name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function that takes an act back: `(*, by, at, **arguments)`; it calls an action."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _reverses[act_name] = function
        return function

    return register


def offer(act_name: str, *, by: Actor, at: datetime, **arguments: Any) -> UndoToken | None:
    """Inside the act: give its actor the right to take it back. Nothing for actors without a page."""
    if by.id is None or act_name not in _reverses:
        return None
    plain = {
        name: str(value) if isinstance(value, UUID) else value for name, value in arguments.items()
    }
    return UndoToken.objects.create(
        actor_kind=by.kind, actor_id=by.id, act=act_name, arguments=plain, expires_at=at + LASTS
    )


def take(token_id: UUID, *, by: Actor) -> Any:
    """
    Take the act back.

    :raises CannotUndo: used, over, or not this actor's
    :raises Refusal: what the reversing act refuses with (the time was taken meanwhile)
    """

    def body() -> Any:
        now = timezone.now()
        token = UndoToken.objects.select_for_update().filter(pk=token_id, actor_id=by.id).first()
        if token is None or token.actor_kind != by.kind:
            raise CannotUndo
        if token.used_at or token.expires_at < now:
            raise CannotUndo
        token.used_at = now
        token.save(update_fields=["used_at", "updated_at"])
        return _reverses[token.act](by=by, at=now, **token.arguments)

    return durable.run(body)
