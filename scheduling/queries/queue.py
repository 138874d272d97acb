"""Who waits and who is called, as everybody in the waiting room may read it: never a name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kernel import clock
from kernel.actors import Actor
from kernel.templatetags.house import clock as wall
from office.models import Location
from scheduling import display
from scheduling.queries.visits import Visit, day_visits

CALLED_FOR = timedelta(minutes=3)  # a call stays until everybody has looked up once


@dataclass(frozen=True)
class Place:
    """One line: when the visit was to begin, initials where the office wants them, and the room when called."""

    time: str
    initials: str
    room: str = ""


@dataclass(frozen=True)
class Queue:
    now: datetime
    called: tuple[Place, ...]
    waiting: tuple[Place, ...]
    patient_ids: tuple[UUID, ...]


def queue(actor: Actor, location: Location, now: datetime, *, initials: bool) -> Queue:
    """Those who wait in the order in which they are to be seen, and those who have just been called."""
    visits = day_visits(actor, location, clock.today(now, location.zone))
    waiting = [each for each in visits if display.state_of(each.facts) == "arrived"]
    called = sorted((each for each in visits if _is_called(each, now)), key=_roomed, reverse=True)
    return Queue(
        now=clock.local(now, location.zone),
        called=_places(called, location, initials),
        waiting=_places(waiting, location, initials),
        patient_ids=tuple(each.patient_id for each in [*called, *waiting]),
    )


def _is_called(visit: Visit, now: datetime) -> bool:
    at, room = visit.facts.roomed_at, visit.facts.room
    return at is not None and bool(room) and now - at < CALLED_FOR and not visit.facts.left_at


def _roomed(visit: Visit) -> datetime:
    assert visit.facts.roomed_at is not None
    return visit.facts.roomed_at


def _places(visits: Iterable[Visit], location: Location, initials: bool) -> tuple[Place, ...]:
    return tuple(
        Place(
            time=wall(clock.local(each.facts.starts_at, location.zone), "full"),
            initials=f"{each.given[:1]}{each.family[:1]}".upper() if initials else "",
            room=each.facts.room or "",
        )
        for each in visits
    )
