"""What was written, to whom, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from communications import kinds
from communications.models import Message
from kernel import clock, subjects
from kernel.actors import Actor
from office.models import Location

PAGE = 60
TONES = {
    "failed": "act",
    "unknown": "look",
    "dropped": "",
    "sent": "good",
    "due": "",
    "sending": "",
}
# As the chips above the list say it.
WORDS = {
    "due": "Waiting", "sent": "Sent", "unknown": "Not known", "failed": "Did not arrive", "dropped": "Not sent",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One message in the list."""

    id: UUID
    to: str
    kind: str
    way: str
    state: str
    word: str
    tone: str
    reason: str
    when: datetime
    subject_id: UUID


@dataclass(frozen=True)
class Outbox:
    lines: tuple[Line, ...]
    counts: tuple[tuple[str, str, int], ...]  # state, its word, how many lately
    older: str


def outbox(actor: Actor, location: Location, state: str, before: UUID | None) -> Outbox:
    """The newest first; four statements. Names only of those whom the reader may see."""
    mine = Message.objects.visible_to(actor).filter(location=location)
    lately = dict(mine.values_list("state").annotate(Count("pk")))
    rows = mine.filter(state=state) if state in WORDS else mine
    last = rows.filter(pk=before).first() if before else None
    if last:
        rows = rows.filter(created_at__lte=last.created_at).exclude(pk=last.pk)
    found = list(rows.order_by("-created_at", "-pk")[: PAGE + 1])
    names = subjects.labels(((row.subject_kind, row.subject_id) for row in found), actor)
    shown = found[:PAGE]
    return Outbox(
        tuple(_line(row, names, location.zone) for row in shown),
        tuple((name, word, lately.get(name, 0)) for name, word in WORDS.items()),
        str(shown[-1].pk) if len(found) > PAGE else "",
    )


def _line(row: Message, names: Mapping[tuple[str, UUID], str], zone: str) -> Line:
    when = row.sent_at or (row.due_at if row.state == "due" else row.updated_at)
    return Line(
        row.pk, names.get((row.subject_kind, row.subject_id), "Somebody of another location"),
        kinds.label(row.kind), row.get_way_display() if row.way else "", row.state,
        row.get_state_display(), TONES[row.state], row.reason, clock.local(when, zone), row.subject_id,
    )  # fmt: skip


@dataclass(frozen=True)
class Happened:
    at: datetime
    what: str
    detail: str
    by: str


HAPPENED = {
    "sent": "Sent", "failed": "Did not arrive", "unknown": "Not known whether it arrived", "dropped": "Not sent",
    "due": "Put off", "again": "Sent again by hand",
}  # fmt: skip


def history(message: Message) -> list[Happened]:
    zone = message.location.zone if message.location else "UTC"
    first = Happened(clock.local(message.created_at, zone), "Planned", "", "")
    return [
        first,
        *(
            Happened(
                clock.local(row.at, zone), HAPPENED.get(row.what, row.what), row.detail, row.by_name
            )
            for row in message.events.order_by("pk")
        ),
    ]


def of_subject(actor: Actor, kind: str, subject_id: UUID, limit: int = 8) -> list[Message]:
    """What was written to one person, the newest first."""
    rows = Message.objects.visible_to(actor).to(kind, subject_id).select_related("location")
    return list(rows.order_by("-created_at", "-pk")[:limit])


def needing_a_person(actor: Actor) -> dict[str, int]:
    """How many failed, and of how many nobody knows."""
    rows = Message.objects.visible_to(actor).for_a_person()
    return dict(rows.values_list("state").annotate(Count("pk")))
