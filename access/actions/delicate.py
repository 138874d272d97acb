"""
Rights over rights.

Nobody gives, or takes from others, a right over accounts and audit that they do not have themselves; and
somebody must always remain who can open the door to others.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import Group

from access.models import User
from access.permissions import Permission
from kernel.actors import Actor
from kernel.refusals import Forbidden, Refusal

# A screen in the waiting room is no right over rights.
DELICATE = frozenset(map(str, Permission)) - {str(Permission.MANAGE_DEVICES)}
# Whoever has these two can restore everything else.
KEYS = frozenset({str(Permission.MANAGE_USERS), str(Permission.MANAGE_ROLES)})


class NobodyLeft(Refusal):
    """After this nobody could make accounts and roles any more."""

    code = "nobody-left"
    title = (
        "Somebody must remain who can manage accounts and roles. Give that to another account first"
    )


def check_roles(groups: Iterable[Group], by: Actor) -> None:
    """
    :raises Forbidden: a role holds a right over accounts or audit that the actor does not have
    """
    check_permissions((name for group in groups for name in permissions_of(group)), by)


def check_permissions(names: Iterable[str], by: Actor) -> None:
    for name in sorted(DELICATE & frozenset(names)):
        if not by.may(name):
            what = next(each.label for each in Permission if each == name)
            raise Forbidden(f"Only who may “{what.lower()}” themselves can give or take it.")


def check_over(user: User, by: Actor) -> None:
    """
    :raises Forbidden: the account has rights over accounts or audit that the actor does not have
    """
    check_permissions(user.permission_names, by)


@contextmanager
def somebody_stays() -> Iterator[None]:
    """
    Around a change, inside its transaction.

    :raises NobodyLeft: there was somebody who could undo it, and after it there is nobody
    """
    before = _somebody_has_the_keys()
    yield
    if before and not _somebody_has_the_keys():
        raise NobodyLeft


def _somebody_has_the_keys() -> bool:
    active = User.objects.filter(is_active=True, groups__isnull=False).distinct()
    return any(user.permission_names >= KEYS for user in active)


def permissions_of(group: Group) -> frozenset[str]:
    rows = group.permissions.values_list("content_type__app_label", "codename")
    return frozenset(f"{room}.{codename}" for room, codename in rows)
