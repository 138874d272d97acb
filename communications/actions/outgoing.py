"""What a person decides about a message that no program could settle."""

from communications.models import Message, MessageEvent
from communications.permissions import Permission
from kernel import acts, doorbell
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid

AGAIN = {"failed", "unknown", "dropped"}


@act(permission=Permission.SEND_MESSAGE, scope=lambda asked: asked["message"].location)
def send_again(*, message: Message, by: Actor) -> Message:
    """
    Hand it over once more, as a new message to the gateway; dropped again if it is no longer true.

    :raises Invalid: it waits still, or was sent
    """
    message = _reread(message)
    if message.state not in AGAIN:
        raise Invalid(
            f"This message is {message.get_state_display().lower()}: there is nothing to repeat."
        )
    message.save_changes(
        state="due",
        reason="",
        attempts=0,
        resends=message.resends + 1,
        carried_by=None,
        lease_until=None,
    )
    _note(message, "again", by)
    doorbell.ring_after_commit()
    return message


@act(permission=Permission.SEND_MESSAGE, scope=lambda asked: asked["message"].location)
def say_it_arrived(*, message: Message, by: Actor, at: object) -> Message:
    """
    Somebody knows that it arrived: the person said so, or the gateway's own page.

    :raises Invalid: nobody doubts it
    """
    message = _reread(message)
    if message.state != "unknown":
        raise Invalid(
            "Only of a message about which nobody knows can somebody say that it arrived."
        )
    message.save_changes(state="sent", sent_at=at, reason="")
    _note(message, "sent", by, "Somebody said that it arrived.")
    return message


@act(permission=Permission.SEND_MESSAGE, scope=lambda asked: asked["message"].location)
def give_up(*, message: Message, reason: str, by: Actor) -> Message:
    """
    It is not sent, or not sent again; the person is told another way.

    :raises Invalid: without a reason, or it was sent
    """
    if not reason.strip():
        raise Invalid(
            "Say why it is not sent: called, told at the desk, wrong number.", field="reason"
        )
    message = _reread(message)
    if message.state not in {"due", "failed", "unknown"}:
        raise Invalid(f"This message is {message.get_state_display().lower()} already.")
    message.save_changes(state="dropped", reason=reason.strip()[:200], lease_until=None)
    _note(message, "dropped", by, reason.strip())
    return message


def _reread(message: Message) -> Message:
    return Message.objects.select_for_update(of=("self",)).get(pk=message.pk)


def _note(message: Message, what: str, by: Actor, detail: str = "") -> None:
    MessageEvent.objects.create(
        message=message, what=what, detail=detail[:200], by_name=by.name[:200]
    )
    acts.note(message, to=f"{message.subject_kind}:{message.subject_id}")
