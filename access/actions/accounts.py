"""Accounts: who signs in, what they may do, and where."""

from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm, remove_perm

from access import browsers, grants, letters
from access.actions.delicate import check_over, check_roles, somebody_stays
from access.models import LocationGrant, SignedIn, User
from access.permissions import Permission
from kernel import acts
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid
from office.models import Location


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
    :raises Forbidden: a role reaches further than the actor
    """
    user = User.objects.create_user(email=_free(email), name=name, password=password)
    _give(user, roles, locations, by)
    return user


@act(permission=Permission.MANAGE_USERS)
def change_user(*, user: User, email: str, name: str, by: Actor) -> User:
    """
    Correct a name or the address one signs in with; the old address opens nothing, and hears of it.

    :raises Invalid: the e-mail has another account
    :raises Forbidden: the account reaches further than the actor
    """
    user = _locked(user, by)
    former = user.email
    changed = user.save_changes(email=_free(email, user), name=name)
    acts.note(user, changed=changed)
    if "email" in changed:
        letters.tell_of_change(user, "email", by=by, former=former)
    grants.forget()
    return user


@act(permission=Permission.MANAGE_USERS)
def send_password_letter(*, user: User, site: str, by: Actor) -> User:
    """A letter with a way to a new password, to the account's own address; `site` is where it leads."""
    acts.note(user)
    letters.ask_for_password(user, site)
    return user


@act(permission=Permission.MANAGE_USERS)
def change_rights(
    *, user: User, roles: Iterable[str], locations: Iterable[Location], by: Actor
) -> User:
    """
    Set a user's roles and locations; it holds everywhere within five seconds.

    :raises Forbidden: the account, or a role, reaches further than the actor
    :raises NobodyLeft: nobody could manage accounts after it
    """
    user = _locked(user, by)
    for grant in LocationGrant.objects.filter(user=user).select_related("content_object"):
        remove_perm("office.work_at", user, grant.content_object)
    with somebody_stays():
        _give(user, roles, locations, by)
    return user


@act(permission=Permission.MANAGE_USERS)
def close_account(*, user: User, by: Actor, reason: str = "") -> User:
    """
    Nobody signs in with it any more; sessions and tokens end within five seconds.

    :raises NobodyLeft: nobody could manage accounts after it
    """
    user = _locked(user, by)
    with somebody_stays():
        user.save_changes(is_active=False)
    browsers.end(SignedIn.objects.filter(user=user))
    grants.forget()
    return user


@act(permission=Permission.MANAGE_USERS)
def reopen_account(*, user: User, by: Actor) -> User:
    """It opens again with the roles it had; sessions that were open before stay over."""
    user = _locked(user, by)
    user.save_changes(is_active=True)
    grants.forget()
    return user


@act(permission=Permission.MANAGE_USERS)
def reset_second_step(*, user: User, by: Actor) -> User:
    """
    The phone is lost and the recovery codes too: apps, passkeys and codes open nothing any more.

    Whoever is signed in is signed out; after the password a role that needs a second step asks for a new one.
    """
    user = _locked(user, by)
    gone, _ = Authenticator.objects.filter(user=user).delete()
    ended = browsers.end(SignedIn.objects.filter(user=user))
    acts.note(user, removed=gone, ended=ended)
    letters.tell_of_change(user, "second-step-off", by=by)
    grants.forget()
    return user


def _locked(user: User, by: Actor) -> User:
    """Read again under a lock: two who change the same account come one after the other."""
    fresh = User.objects.select_for_update().get(pk=user.pk)
    check_over(fresh, by)
    return fresh


def _free(email: str, owner: User | None = None) -> str:
    email = email.strip()
    others = User.objects.filter(email__iexact=email)
    if owner:
        others = others.exclude(pk=owner.pk)
    if others.exists():
        raise Invalid("This e-mail address has an account already.", field="email")
    return email


def _give(user: User, roles: Iterable[str], locations: Iterable[Location], by: Actor) -> None:
    wanted = set(roles)
    groups = list(Group.objects.filter(name__in=wanted))
    if unknown := wanted - {group.name for group in groups}:
        raise Invalid(f"There is no role “{sorted(unknown)[0]}”.", field="roles")
    check_roles(groups, by)
    user.groups.set(groups)
    for location in locations:
        assign_perm("office.work_at", user, location)
    grants.forget()
    acts.note(user, roles=sorted(wanted))
