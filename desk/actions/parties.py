"""Those outside: entered, changed, retired and taken back. Numbers are kept as they were given."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from desk.models import Party
from desk.permissions import Permission
from kernel import acts, live, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.keeping import cleaned, read_again, same_version, saved
from kernel.refusals import Refusal
from kernel.text import search_key
from office.models import Location

TOPIC = "desk.parties"
CHANGEABLE = {
    "kind", "name", "contact", "phone", "other_phone", "fax", "email", "address", "account_number", "notes",
}  # fmt: skip
REFUSED = {
    "party_kind_known": ("Choose one of the kinds.", "kind"),
    "party_is_named": ("Enter the name.", "name"),
    "party_emergency_has_phone": ("An emergency number needs its phone.", "phone"),
    "party_once": ("They stand in the directory already, under the same kind.", "name"),
}


class RetiredAlready(Refusal):
    """They are not in use any more, or are again."""

    code = "retired-already"
    title = "Somebody else was quicker: this has been done already"


@act(permission=Permission.KEEP_PARTIES)
def add_party(
    *, kind: str, name: str, by: Actor, locations: Iterable[Location] = (), **details: str
) -> Party:
    """
    Enter somebody outside; without locations they are the whole practice's.

    :raises Invalid: no name, an emergency number without a phone, or they are there already
    """
    if unknown := details.keys() - CHANGEABLE:
        raise TypeError(f"add_party() does not know {sorted(unknown)}")
    party = Party(**cleaned({"kind": kind, "name": name, **details}))
    party.search_key = words_to_find(party)
    saved(lambda: party.save(force_insert=True), REFUSED)
    party.locations.set(locations)
    return _announced(party)


@act(permission=Permission.KEEP_PARTIES)
def change_party(
    *,
    party: Party,
    version: int,
    by: Actor,
    locations: Iterable[Location] | None = None,
    **changes: Any,
) -> Party:
    """
    Change what the directory says of them.

    :raises Invalid: as for a new one
    :raises StaleVersion: somebody else changed it since the form was opened
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"change_party() does not change {sorted(unknown)}")
    row = read_again(party, by)
    same_version(row, version, changes)
    values = cleaned(changes)
    after = Party(**{name: getattr(row, name) for name in CHANGEABLE} | values)
    changed = saved(lambda: row.save_changes(**values, search_key=words_to_find(after)), REFUSED)
    if locations is not None:
        row.locations.set(locations)
    acts.note(row, changed=changed)
    return _announced(row)


@act(permission=Permission.KEEP_PARTIES)
def retire_party(*, party: Party, by: Actor, at: datetime) -> Party:
    """
    The office does not call them any more; what was linked to them stays.

    :raises RetiredAlready: somebody else was quicker
    """
    row = read_again(party, by)
    if row.retired_at is not None:
        raise RetiredAlready
    row.save_changes(retired_at=at)
    row.undo_token = undo.offer("desk.retire_party", by=by, party_id=row.pk, version=row.version)
    return _announced(row)


@act(permission=Permission.KEEP_PARTIES)
def restore_party(*, party: Party, by: Actor, at: datetime, version: int | None = None) -> Party:
    """
    They are in use again.

    :raises RetiredAlready: they are
    :raises CannotUndo: it has changed since (`version`)
    :raises Invalid: somebody of this kind and name has been entered meanwhile
    """
    row = read_again(party, by)
    if version is not None and row.version != version:
        raise undo.CannotUndo
    if row.retired_at is None:
        raise RetiredAlready
    saved(lambda: row.save_changes(retired_at=None), REFUSED)
    return _announced(row)


@undo.reverses("desk.retire_party")
def _restore(*, by: Actor, at: datetime, party_id: str, version: int) -> Party:
    row = Party.objects.visible_to(by).filter(pk=UUID(party_id)).first()
    if row is None:
        raise undo.CannotUndo
    return restore_party(party=row, version=version, by=by, at=at)


def words_to_find(party: Party) -> str:
    """What is looked through: name, person, kind."""
    words = (party.name, party.contact, party.get_kind_display())
    return search_key(" ".join(words))[:400]


def _announced(party: Party) -> Party:
    live.changed(TOPIC)
    acts.note(party)
    return party
