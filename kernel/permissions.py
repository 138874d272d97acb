"""What can be allowed. Each room declares its own enum; the rooms' declarations together are the matrix."""

from collections.abc import Container, Iterator
from enum import StrEnum
from itertools import groupby
from typing import Self

_enums: list[type["PermissionEnum"]] = []


class PermissionEnum(StrEnum):
    """
    A room's permissions: `NAME = "room.codename", "what it lets one do", {roles that have it at first}`.

    The roles are only the starting set; the practice changes them in the admin panel.
    """

    label: str
    roles: frozenset[str]

    def __new__(
        cls, codename: str, label: str, roles: frozenset[str] | set[str] = frozenset()
    ) -> Self:
        member = str.__new__(cls, codename)
        member._value_ = codename
        member.label = label
        member.roles = frozenset(roles)
        return member

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        _enums.append(cls)


def declared() -> Iterator[PermissionEnum]:
    """Every permission of every room that is loaded."""
    for enum in _enums:
        yield from enum


def choices(held: Container[str] | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """For a form: every permission, or those that are held, under the name of its room."""
    wanted = [each for each in declared() if held is None or each in held]
    rooms = groupby(sorted(wanted, key=_room), key=_room)
    return [
        (room.capitalize(), [(str(each), each.label) for each in of_room])
        for room, of_room in rooms
    ]


def _room(permission: PermissionEnum) -> str:
    return permission.split(".")[0]


def find(value: str) -> PermissionEnum | None:
    return next((permission for permission in declared() if permission == value), None)
