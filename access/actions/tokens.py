"""Bearer tokens for programs."""

from datetime import datetime

from access import grants, tokens
from access.models import ApiToken, User
from access.permissions import Permission
from kernel import acts
from kernel.actors import Actor, ActorKind
from kernel.acts import act
from kernel.refusals import Invalid, OutOfScope

LONGEST_TOKEN_DAYS = 365


@act(permission=Permission.ISSUE_TOKENS)
def issue_token(
    *, user: User, scopes: list[str], days: int, by: Actor, at: datetime, name: str = ""
) -> str:
    """
    Make a bearer token and return its text, for this once.

    A person makes their own: whoever holds a token acts in its owner's name. For the account of a program
    it is made on the machine, by the command.

    :raises OutOfScope: a person asks for somebody else's
    :raises Invalid: more than a year, or a scope the user does not have
    """
    if by.kind is ActorKind.STAFF and by.id != user.pk:
        raise OutOfScope
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise Invalid(f"A token lasts between 1 and {LONGEST_TOKEN_DAYS} days.", field="days")
    missing = sorted(set(scopes) - grants.of(user).grants.permissions)
    if missing:
        raise Invalid(f"{user} does not have: {', '.join(missing)}.", field="scope")
    plain, row = tokens.make(user, scopes=scopes, days=days, at=at, name=name)
    acts.note(row, hint=row.hint, days=days)
    return plain


@act(permission=Permission.ISSUE_TOKENS)
def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> ApiToken:
    """It opens nothing any more, everywhere within five seconds."""
    token.save_changes(revoked_at=at)
    tokens.forget()
    return token


@act(permission=None)
def give_up_token(*, token: ApiToken, by: Actor, at: datetime) -> ApiToken:
    """
    End a token of one's own.

    :raises OutOfScope: it is somebody else's
    """
    if token.user_id != by.id:
        raise OutOfScope
    token.save_changes(revoked_at=at)
    tokens.forget()
    return token
