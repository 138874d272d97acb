"""Roles: what somebody may do. A role is a group of permissions, and the practice's to change."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.models import Group, Permission

from access import grants
from access.actions.delicate import (
    check_permissions,
    check_roles,
    permissions_of,
    somebody_stays,
)
from access.models import SecondStepRule
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


@act(permission=Access.MANAGE_ROLES)
def require_second_step(
    *, group: Group, is_required: bool, from_date: date | None, by: Actor
) -> SecondStepRule:
    """
    Say whether a role needs a second step at sign-in, and from which day; no day: from now on.

    Whoever lacks it then is led to set it up before anything else opens. API tokens have none.

    :raises Invalid: a day for a role that does not need it
    :raises Forbidden: the role holds rights over accounts or audit that the actor does not have
    """
    if from_date and not is_required:
        raise Invalid("Leave the day empty for a role without a second step.", field="from_date")
    check_roles([group], by)
    rule, _ = SecondStepRule.objects.select_for_update().get_or_create(role=group)
    changed = rule.save_changes(is_required=is_required, required_from_date=from_date)
    acts.note(rule, role=group.name, changed=changed, is_required=is_required)
    grants.forget()
    return rule


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
    grants.forget()
