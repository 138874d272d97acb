"""What waits for who speaks for the office: messages that no program could settle."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from communications.permissions import Permission
from communications.queries.outbox import needing_a_person
from kernel import work
from kernel.actors import Actor
from kernel.work import WorkItem

SAYS = {
    "failed": ("{n} message did not arrive", "{n} messages did not arrive", "act",
               "Nobody was told. Call them, or mend the number and send it again."),
    "unknown": ("Nobody knows whether {n} message arrived", "Nobody knows whether {n} messages arrived", "look",
                "The gateway was cut off in the middle and cannot tell. Ask the person, or send it again."),
}  # fmt: skip


@work.source(Permission.SEND_MESSAGE)
def messages_for_a_person(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    return [_item(state, count) for state, count in sorted(needing_a_person(actor).items())]


def _item(state: str, count: int) -> WorkItem:
    one, many, severity, why = SAYS[state]
    return WorkItem(
        what=(one if count == 1 else many).format(n=count), why=why, verb="Look",
        url=f"{reverse('communications:outbox')}?state={state}", icon="send", severity=severity, rank=35,
    )  # fmt: skip
