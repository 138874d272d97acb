"""One message to everybody of an audience: prepared, looked at, sent at a pace, stopped."""

from datetime import datetime

from communications import audiences, planning, wording
from communications.kinds import Words
from communications.kinds import of as kind_of
from communications.models import Broadcast, Channel, Message
from communications.permissions import Permission
from kernel import acts, doorbell
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid
from office.models import Location

LONGEST = 1000


@act(permission=Permission.BROADCAST, scope=lambda asked: asked["location"])
def prepare_broadcast(
    *, location: Location, audience: str, first_at: datetime, last_at: datetime, channel: str,
    words: Words, by: Actor,
) -> Broadcast:  # fmt: skip
    """
    Keep what would be said and to whom; nothing leaves.

    :raises Invalid: no such audience, an empty range, no words, or a field that it does not have
    """
    found = audiences.of(audience)
    kind = kind_of(found.kind) if found else None
    if found is None or kind is None:
        raise Invalid("Say whom you write to.", field="audience")
    if channel not in Channel.values:
        raise Invalid("Say by which way.", field="channel")
    if last_at <= first_at:
        raise Invalid("The range ends before it begins.", field="last_at")
    if len(words.text) > LONGEST:
        raise Invalid(f"At most {LONGEST} characters.", field="text")
    wording.check(Words(words.text, words.subject_line or "-"), kind, channel)
    return Broadcast.objects.create(
        location=location, audience=audience, first_at=first_at, last_at=last_at, channel=channel,
        subject_line=words.subject_line.strip(), text=words.text.strip(), made_by=by.name[:200],
    )  # fmt: skip


@act(permission=Permission.BROADCAST, scope=lambda asked: asked["broadcast"].location)
def start_broadcast(*, broadcast: Broadcast, by: Actor, at: datetime) -> Broadcast:
    """
    Plan a message for everybody of the audience as it is now; they leave at the pace that was set.

    :raises Invalid: it was started before, or there is nobody to write to
    """
    broadcast = Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
    if broadcast.state != Broadcast.State.DRAFT:
        raise Invalid("This was sent before. Write a new one.")
    found = audiences.of(broadcast.audience)
    if found is None:
        raise Invalid("There is no such audience any more.")
    broadcast.save_changes(state=Broadcast.State.SENDING, started_at=at)
    wanted = found.wanted(broadcast)
    planned = planning.plan(
        wanted.sql, wanted.values, kind=found.kind, subject_kind=found.subject_kind, is_urgent=True
    )
    if not planned:
        raise Invalid("Nobody is booked in this range.")
    acts.note(broadcast, planned=planned)
    doorbell.ring_after_commit()
    return broadcast


@act(permission=Permission.BROADCAST, scope=lambda asked: asked["broadcast"].location)
def stop_broadcast(*, broadcast: Broadcast, by: Actor, at: datetime) -> int:
    """
    Whatever has not left stays here; returns how many. What is in a hand at this moment may still go.

    :raises Invalid: it is not on its way
    """
    broadcast = Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
    if broadcast.state != Broadcast.State.SENDING:
        raise Invalid("This is not on its way.")
    broadcast.save_changes(state=Broadcast.State.STOPPED, stopped_at=at)
    left = Message.objects.filter(broadcast=broadcast, state="due").update(
        state="dropped", reason="The broadcast was stopped.", lease_until=None
    )
    acts.note(broadcast, stopped=left)
    return left
