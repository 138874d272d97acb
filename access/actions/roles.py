"""Roles: what somebody may do. A role is a group of permissions, and the practice's to change."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from access import grants
from access.actions.delicate import check_permissions, permissions_of, somebody_stays
from access.permissions import Permission as Access
from kernel import acts, permissions
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid


@act(permission=Access.MANAGE_ROLES)
def add_role(*, name: str, allowed: Iterable[str], by: Actor) -> Group:
    """
    A role of the practice's own.

    :raises Invalid: the name is taken, or a permission unknown
    """
    if Group.objects.filter(name__iexact=name).exists():
        raise Invalid(f"There is a role called {name} already.", field="name")
    group = Group.objects.create(name=name)
    _allow(group, allowed, by)
    return group


@act(permission=Access.MANAGE_ROLES)
def change_role(*, group: Group, allowed: Iterable[str], by: Actor) -> Group:
    """
    Set what a role may do; it holds for everybody who has it within five seconds.

    :raises Invalid: a permission is unknown
    :raises NobodyLeft: nobody could manage accounts after it
    """
    group = Group.objects.select_for_update().get(pk=group.pk)
    with somebody_stays():
        _allow(group, allowed, by)
    return group


def _allow(group: Group, allowed: Iterable[str], by: Actor) -> None:
    wanted, before = frozenset(map(str, allowed)), permissions_of(group)
    known = frozenset(map(str, permissions.declared()))
    if unknown := wanted - known:
        raise Invalid(f"There is no permission “{sorted(unknown)[0]}”.", field="allowed")
    check_permissions(wanted ^ before, by)
    rows = Permission.objects.select_related("content_type")
    group.permissions.set(
        [row for row in rows if f"{row.content_type.app_label}.{row.codename}" in wanted]
    )
    acts.note(given=sorted(wanted - before), taken=sorted(before - wanted))
    transaction.on_commit(grants.forget)
    grants.forget()
