"""Accounts, roles and tokens."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm, remove_perm

from access import grants, tokens
from access.models import ApiToken, LocationGrant, User
from access.permissions import Permission
from kernel import acts
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid
from office.models import Location

LONGEST_TOKEN_DAYS = 365


@act(permission=Permission.MANAGE_USERS)
def create_user(
    *,
    email: str,
    name: str,
    roles: Iterable[str],
    locations: Iterable[Location],
    by: Actor,
    password: str | None = None,
) -> User:
    """
    Make an account; without a password its owner sets one by e-mail.

    :raises Invalid: the e-mail has an account already, or a role is unknown
    """
    if User.objects.filter(email__iexact=email.strip()).exists():
        raise Invalid("This e-mail address has an account already.", field="email")
    user = User.objects.create_user(email=email.strip(), name=name, password=password)
    _give(user, roles, locations)
    return user


@act(permission=Permission.MANAGE_USERS)
def change_rights(
    *, user: User, roles: Iterable[str], locations: Iterable[Location], by: Actor
) -> User:
    """Set a user's roles and locations; it holds everywhere within five seconds."""
    for grant in LocationGrant.objects.filter(user=user).select_related("content_object"):
        remove_perm("office.work_at", user, grant.content_object)
    _give(user, roles, locations)
    return user


@act(permission=Permission.MANAGE_USERS)
def close_account(*, user: User, by: Actor, reason: str = "") -> User:
    """Nobody signs in with it any more; sessions and tokens end within five seconds."""
    user.save_changes(is_active=False)
    grants.forget()
    return user


@act(permission=Permission.ISSUE_TOKENS)
def issue_token(*, user: User, scopes: list[str], days: int, by: Actor, at: datetime) -> str:
    """
    Make a bearer token and return its text, for this once.

    :raises Invalid: more than a year, or a scope the user does not have
    """
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise Invalid(f"A token lasts between 1 and {LONGEST_TOKEN_DAYS} days.", field="days")
    missing = sorted(set(scopes) - grants.of(user).grants.permissions)
    if missing:
        raise Invalid(f"{user} does not have: {', '.join(missing)}.", field="scope")
    plain, row = tokens.make(user, scopes=scopes, days=days, at=at)
    acts.note(row, hint=row.hint, days=days)
    return plain


@act(permission=Permission.ISSUE_TOKENS)
def revoke_token(*, token: ApiToken, by: Actor, at: datetime) -> ApiToken:
    token.save_changes(revoked_at=at)
    return token


def _give(user: User, roles: Iterable[str], locations: Iterable[Location]) -> None:
    wanted = set(roles)
    groups = list(Group.objects.filter(name__in=wanted))
    if unknown := wanted - {group.name for group in groups}:
        raise Invalid(f"There is no role “{sorted(unknown)[0]}”.", field="roles")
    user.groups.set(groups)
    for location in locations:
        assign_perm("office.work_at", user, location)
    grants.forget()
    acts.note(user, roles=sorted(wanted))
