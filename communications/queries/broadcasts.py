"""Broadcasts: to whom one would go, and how far it is."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Count

from communications import audiences, kinds
from communications.kinds import Words
from communications.models import Broadcast, Message
from communications.queries.words import Preview, preview
from kernel import subjects
from kernel.actors import Actor

NAMES = 12
FIRST = (
    f"SELECT subject_id, count(*) OVER () FROM ({{wanted}}) AS wanted ORDER BY due_at LIMIT {NAMES}"  # noqa: S608
)


@dataclass(frozen=True)
class Page:
    """Before it leaves: how many, the first of them, how it reads. After: what became of them."""

    people: int
    names: tuple[str, ...]
    shown_ids: tuple[UUID, ...]
    subject_kind: str
    preview: Preview
    states: dict[str, int]

    @property
    def planned(self) -> int:
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        return self.states.get("due", 0) + self.states.get("sending", 0)

    @property
    def through(self) -> int:
        return self.planned - self.waiting


def look(actor: Actor, broadcast: Broadcast) -> Page:
    found = audiences.of(broadcast.audience)
    kind = kinds.of(found.kind) if found else None
    states = dict(
        Message.objects.filter(broadcast=broadcast).values_list("state").annotate(Count("pk"))
    )
    ids: list[UUID] = []
    people = sum(states.values())
    if found and not people:
        wanted = found.wanted(broadcast)
        with connection.cursor() as cursor:
            cursor.execute(FIRST.format(wanted=wanted.sql), wanted.values)
            rows = cursor.fetchall()
        ids, people = [key for key, _count in rows], rows[0][1] if rows else 0
    named = subjects.labels(((found.subject_kind, key) for key in ids), actor) if found else {}
    said = Words(broadcast.text, broadcast.subject_line)
    return Page(
        people, tuple(named.values()), tuple(key for _kind, key in named), found.subject_kind if found else "",
        preview(said, kind.fields if kind else {}, "sms"), states,
    )  # fmt: skip
