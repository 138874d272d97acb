"""How every change begins and ends: the row read again under the lock, written, or refused in words."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from kernel.actors import Actor
from kernel.durable import violated_constraint
from kernel.models import BaseModel
from kernel.refusals import Invalid, OutOfScope, StaleVersion
from kernel.text import clean

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


def read_again(row: M, by: Actor) -> M:
    """
    The row as it is now, locked; the caller's copy may be minutes old.

    :raises OutOfScope: the actor may not see it
    """
    # `visible_to` may join, so it is a subquery; no_key: rows that point here need not wait.
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    seen = type(row)._default_manager.visible_to(by).filter(pk=row.pk)  # type: ignore[attr-defined]
    found = rows.filter(pk__in=seen.values("pk")).first()
    if found is None:
        raise OutOfScope
    return found


def same_version(row: BaseModel, version: int, changes: dict[str, Any]) -> None:
    """
    :raises StaleVersion: somebody changed the row since the form was opened; carries theirs and yours
    """
    if row.version != version:
        raise StaleVersion(row, changes)


def cleaned(values: dict[str, Any]) -> dict[str, Any]:
    """Typed lines without what cannot be seen."""
    return {name: clean(each) if isinstance(each, str) else each for name, each in values.items()}


def saved(write: Callable[[], T], refused: Mapping[str, tuple[str, str]]) -> T:
    """
    What `write` returns.

    :param refused: constraint → the sentence for it, and the field it is about
    :raises Invalid: one of these constraints refused
    """
    try:
        with transaction.atomic():  # a savepoint: the act goes on and writes the refusal
            return write()
    except IntegrityError as error:
        if known := refused.get(violated_constraint(error)):
            raise Invalid(known[0], field=known[1]) from error
        raise
