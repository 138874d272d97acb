"""
Rows that only configure: rooms, hours, closures, visit types. One act for all of them.

What a row must be like is its form's and its constraints' business; that it was changed, by whom and which
fields, is the act's.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError

from kernel import acts, live, memo
from kernel.actors import Actor
from kernel.acts import act
from kernel.durable import violated_constraint
from kernel.models import BaseModel
from kernel.refusals import Refusal, StaleVersion
from office.permissions import Permission

TOPIC = "configuration"


class InUse(Refusal):
    """Something still needs the row; it is retired instead."""

    code = "in-use"
    title = "This is still in use and cannot be removed. Retire it instead: take away the mark “Is active”"


class AlreadyThere(Refusal):
    """The database keeps it once."""

    code = "already-there"
    title = "There is one like this already"


@act(permission=Permission.CONFIGURE_OFFICE)
def configure(
    *, instance: Model, changed: Iterable[str], by: Actor, also: Callable[[], Any] | None = None
) -> Model:
    """
    Keep a row of the office's configuration: a new one whole, of an old one the changed fields.

    `also` saves what hangs on it (many-to-many fields), in the same transaction.

    :raises StaleVersion: somebody else changed it since it was read
    :raises AlreadyThere: the database refuses a second one
    """
    return keep_row(instance, changed, also)


@act(permission=Permission.CONFIGURE_OFFICE)
def remove(*, instance: Model, by: Actor) -> None:
    """
    Take a row of configuration away that nothing needs.

    :raises InUse: something needs it
    """
    remove_row(instance)


def keep_row(
    instance: Model, changed: Iterable[str], also: Callable[[], Any] | None = None
) -> Model:
    """The inside of `configure`, for the acts of other rooms with permissions of their own."""
    fields = sorted(set(changed))
    try:
        with transaction.atomic():  # a savepoint: a refusal by the database is told in words
            _write(instance, fields)
            if also:
                also()
    except IntegrityError as error:
        if violated_constraint(error):
            raise AlreadyThere(constraint=violated_constraint(error)) from error
        raise
    acts.note(instance, changed=fields)
    announce(instance)
    return instance


def _write(instance: Model, fields: list[str]) -> None:
    if instance._state.adding or not isinstance(instance, BaseModel):
        instance.save()
        return
    kind = type(instance)
    kept = kind._default_manager.select_for_update().get(pk=instance.pk)
    if kept.version != instance.version:
        raise StaleVersion(theirs=kept, changes={name: getattr(instance, name) for name in fields})
    simple = {each.name for each in kind._meta.concrete_fields}
    kept.save_changes(**{name: getattr(instance, name) for name in fields if name in simple})
    instance.version = kept.version


def remove_row(instance: Model) -> None:
    acts.note(instance)
    key = instance.pk
    try:
        with transaction.atomic():  # a savepoint: a refusal by the database is told in words
            instance.delete()
    except ProtectedError as error:
        raise InUse from error
    instance.pk = key  # the audit event still names it
    announce(instance)


def announce(instance: Model) -> None:
    """Open pages ask again, and this process forgets what it remembers."""
    live.changed(TOPIC, getattr(instance, "location", None))
    transaction.on_commit(memo.forget_all)
