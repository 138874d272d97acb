"""
Undo: a frequent act gives its actor the right to take it back.

The token is sealed and signed, not stored: it names the act and the ids, is bound to the actor and lasts half an
hour. Taking back is an act itself; it checks that the row is still as the act left it (its `version`),
so a token works once and never undoes somebody else's change.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone

from kernel import acts, crypto
from kernel.actors import Actor
from kernel.refusals import Refusal

GRACE = timedelta(minutes=3)  # how long messages about the act wait
LASTS = timedelta(minutes=30)  # how long it stays under "Recent changes"
SALT = "kernel.undo"

_reverses: dict[str, Callable[..., Any]] = {}


class CannotUndo(Refusal):
    """The right to undo is over, or somebody else's, or the row has changed since."""

    code = "cannot-undo"
    title = "This can no longer be undone"


def reverses(act_name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function that takes an act back: `(*, by, at, **arguments)`; it calls an action."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _reverses[act_name] = function
        return function

    return register


def offer(act_name: str, *, by: Actor, **arguments: Any) -> str:
    """The right to take an act back, for the page that shows its result. Empty for actors without a page."""
    if by.id is None or act_name not in _reverses:
        return ""
    plain = {
        name: str(value) if isinstance(value, UUID) else value for name, value in arguments.items()
    }
    # Sealed, not only signed: the token stands in an address, and what an act keeps may be a person's words.
    sealed = crypto.encrypt(json.dumps([act_name, by.kind, str(by.id), plain]), place=SALT)
    return signing.dumps(sealed, salt=SALT)


def take(token: str, *, by: Actor) -> Any:
    """
    Take the act back; returns what the reversing action returned.

    :raises CannotUndo: over, not this actor's, or the row has changed
    :raises Refusal: what the reversing act refuses with (the time was taken meanwhile)
    """
    try:
        sealed = signing.loads(token, salt=SALT, max_age=LASTS)
        act_name, kind, actor_id, arguments = json.loads(crypto.decrypt(sealed, place=SALT))
    except (signing.BadSignature, crypto.CannotDecrypt) as error:
        raise CannotUndo from error
    if (kind, actor_id) != (by.kind, str(by.id)) or act_name not in _reverses:
        raise CannotUndo
    return acts.run_recorded(lambda: _reverses[act_name](by=by, at=timezone.now(), **arguments))
