"""Who wants no messages any more, and who wants them again: at once, for one way and address."""

from datetime import datetime

from communications.models import OptOut, Way
from communications.permissions import Permission
from communications.sending.deciding import plain
from kernel import acts
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid


@act(permission=Permission.SEND_MESSAGE)
def opt_out(*, way: str, address: str, source: str, by: Actor, at: datetime) -> OptOut:
    """
    Nothing goes to this address by this way any more (47 CFR 64.1200(a)(10)). Twice is once.

    :raises Invalid: no such way, or no address
    """
    key = _key(way, address)
    row, made = OptOut.objects.get_or_create(
        way=way, address=key, ended_at=None, defaults={"source": source[:60], "asked_at": at}
    )
    acts.note(row, way=way, made=made)
    return row


@act(permission=Permission.SEND_MESSAGE)
def opt_in(*, way: str, address: str, by: Actor, at: datetime) -> OptOut | None:
    """
    They asked for messages again; returns the end of their wish, or None where there was none.

    :raises Invalid: no such way, or no address
    """
    row = (
        OptOut.objects.select_for_update()
        .filter(way=way, address=_key(way, address), ended_at=None)
        .first()
    )
    if row is None:
        return None
    row.save_changes(ended_at=at)
    acts.note(row, way=way)
    return row


def _key(way: str, address: str) -> str:
    if way not in Way.values:
        raise Invalid("Say by which way: text, e-mail, letter or push.", field="way")
    key = plain(way, address)
    if not key:
        raise Invalid("Say which number or e-mail.", field="address")
    return key
