"""
What becomes of claimed messages, before any leaves: read the truth now, for all of them at once.

Each is dropped with a reason, put off, or written. Nothing here was true only when it was planned.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db.models import Count

from communications import gateways, kinds, wording
from communications.kinds import Said, Stale
from communications.models import Channel, Message, OptOut, SendingSetting, Way
from communications.sending.claiming import Settled, Written
from kernel import clock, subjects
from kernel.subjects import Recipient
from office import queries as office

WEEK = timedelta(days=7)
# Where nobody hears a phone at night. A letter and an e-mail wake nobody, but a mailbox on a phone does.
LOUD = frozenset({Way.SMS, Way.PUSH, Way.EMAIL})


@dataclass
class Known:
    """Everything that is asked once for all the messages of a round."""

    at: datetime
    setting: SendingSetting
    told: dict[UUID, Said | Stale] = field(default_factory=dict)
    people: dict[tuple[str, UUID], Recipient] = field(default_factory=dict)
    silent: frozenset[tuple[str, str]] = frozenset()
    lately: Mapping[UUID, int] = field(default_factory=dict)
    words: wording.Newest = field(default_factory=dict)
    ways: frozenset[str] = frozenset()
    practice_zone: str = "UTC"


@dataclass
class Decided:
    settled: list[Settled] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    carried: dict[UUID, list[Message]] = field(
        default_factory=dict
    )  # leader → whose message it says too


def decide(messages: Sequence[Message], at: datetime) -> Decided:
    known = _look(messages, at)
    decided, ready = Decided(), []
    for message in messages:
        answer = _one(message, known)
        if isinstance(answer, Settled):
            decided.settled.append(answer)
        else:
            ready.append(answer)
            known.lately = {
                **known.lately,
                message.subject_id: known.lately.get(message.subject_id, 0) + 1,
            }
    for group in _households(ready):
        _write(group, known, decided)
    return decided


def setting() -> SendingSetting:
    return SendingSetting.objects.first() or SendingSetting()


def _look(messages: Sequence[Message], at: datetime) -> Known:
    known = Known(at, setting(), ways=gateways.ways(), practice_zone=office.practice_zone())
    by_kind, by_subject = defaultdict(list), defaultdict(set)
    for message in messages:
        by_kind[message.kind].append(message)
        by_subject[message.subject_kind].add(message.subject_id)
    for name, of_kind in by_kind.items():
        if kind := kinds.of(name):
            known.told |= kind.told(of_kind)
    for name, ids in by_subject.items():
        known.people |= {
            (name, key): found for key, found in subjects.recipients(name, ids).items()
        }
    known.words = wording.newest(by_kind)
    known.silent = _opted_out(known.people.values())
    known.lately = _sent_lately({message.subject_id for message in messages}, at)
    return known


def _opted_out(people: Iterable[Recipient]) -> frozenset[tuple[str, str]]:
    addresses = {plain(way, address) for person in people for way, address in person.ways}
    rows = OptOut.objects.filter(address__in=addresses, ended_at=None)
    return frozenset(rows.values_list("way", "address"))


def plain(way: str, address: str) -> str:
    """The form in which addresses are compared: the last ten digits of a number, an e-mail in small letters."""
    if way == Way.SMS:
        return "".join(filter(str.isdigit, address))[-10:]
    return address.strip().lower()


def _sent_lately(ids: set[UUID], at: datetime) -> dict[UUID, int]:
    rows = Message.objects.filter(
        subject_id__in=ids, created_at__gt=at - WEEK * 5, state="sent", sent_at__gt=at - WEEK,
        is_urgent=False, carried_by=None,
    )  # fmt: skip
    return dict(rows.values_list("subject_id").annotate(Count("pk")))


@dataclass(frozen=True)
class Ready:
    message: Message
    said: Said
    person: Recipient
    way: str
    address: str


def _one(message: Message, known: Known) -> Settled | Ready:
    told = known.told.get(message.pk, Stale("What it was about is gone."))
    person = known.people.get((message.subject_kind, message.subject_id))
    if isinstance(told, Stale):
        return Settled(message, "dropped", told.reason)
    if message.expires_at and message.expires_at <= known.at:
        return Settled(message, "dropped", "It would have come too late.")
    if person is None or person.closed:
        return Settled(
            message, "dropped", person.closed if person else "There is nobody to write to."
        )
    if (
        not message.is_urgent
        and known.lately.get(message.subject_id, 0) >= known.setting.weekly_cap
    ):
        return Settled(
            message, "dropped", f"{known.setting.weekly_cap} messages in seven days already."
        )
    found = _way_to(message, person, known)
    if isinstance(found, str):
        return Settled(message, "dropped", found)
    if wait := _quiet_until(message, found[0], known):
        if message.expires_at and wait >= message.expires_at:
            return Settled(
                message, "dropped", "It would have come too late: nothing is sent at night."
            )
        return Settled(message, "due", "Waits for the morning.", due_at=wait)
    return Ready(message, told, person, *found)


def _way_to(message: Message, person: Recipient, known: Known) -> tuple[str, str] | str:
    """The first way that was asked for, leads there, is open and has words; or why there is none."""
    wanted = [each for each in person.ways if message.channel in (Channel.ANY, each[0])]
    if not wanted:
        return (
            "No number and no e-mail is known."
            if not person.ways
            else "Cannot be reached by this way."
        )
    heard = [(way, to) for way, to in wanted if (way, plain(way, to)) not in known.silent]
    if not heard:
        return "Asked for no more messages."
    kind = kinds.of(message.kind)
    for way, to in heard:
        if (
            way in known.ways
            and kind
            and wording.words_for(kind, way, person.language, known.words)
        ):
            return way, to
    return "The office has no gateway for this way of writing."


def _quiet_until(message: Message, way: str, known: Known) -> datetime | None:
    """The end of the night where the visit is; None by day, and for what is urgent."""
    if message.is_urgent or way not in LOUD:
        return None
    zone = message.location.zone if message.location else known.practice_zone
    here = clock.local(known.at, zone)
    starts, ends = known.setting.quiet_from, known.setting.quiet_until
    if not _between(here.time(), starts, ends):
        return None
    day = here.date() if here.time() < ends else here.date() + timedelta(days=1)
    return clock.from_rule(day, ends, zone)


def _between(now: time, starts: time, ends: time) -> bool:
    return starts <= now < ends if starts <= ends else now >= starts or now < ends


def _households(ready: Sequence[Ready]) -> list[list[Ready]]:
    """What goes to one address about the same thing goes as one."""
    groups: dict[tuple[str, ...], list[Ready]] = defaultdict(list)
    for each in ready:
        day = each.said.fields.get("appt_day", "")
        place = str(each.message.location_id)
        groups[
            each.message.kind,
            each.way,
            plain(each.way, each.address),
            place,
            day,
            each.person.language,
        ].append(each)
    return [
        sorted(
            group,
            key=lambda each: (each.message.occasion.partition("@")[2], each.person.given_name),
        )
        for group in groups.values()
    ]


def _write(group: Sequence[Ready], known: Known, decided: Decided) -> None:
    first, kind = group[0], kinds.of(group[0].message.kind)
    assert kind is not None
    if len(group) > 1:
        joined = kind.together([each.said.fields for each in group])
        if joined is None:
            for each in group:
                _write([each], known, decided)
            return
        decided.carried[first.message.pk] = [each.message for each in group[1:]]
        fields: Mapping[str, str] = joined
    else:
        fields = first.said.fields
    words, version = wording.words_for(kind, first.way, first.person.language, known.words)  # type: ignore[misc]
    gateway = gateways.of(first.way)
    assert gateway is not None
    decided.written.append(
        Written(
            first.message,
            first.way,
            gateway.name,
            first.address,
            first.person.language,
            wording.fill(words.subject_line, fields)[:200],
            wording.fill(words.text, fields),
            version.pk if version else None,
        )  # fmt: skip
    )
