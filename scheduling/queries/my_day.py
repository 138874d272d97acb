"""My day: one clinician's patients of today at one location, and who is next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from kernel import clock
from kernel.actors import Actor
from office.models import Location
from scheduling import display
from scheduling.models import Appointment
from scheduling.permissions import Permission
from scheduling.queries.rows import Drawing, Row, Seen, Step
from scheduling.queries.today import GapChip, open_time
from scheduling.queries.visits import day_visits
from staff.models import Practitioner

WITH_PATIENT = Step("see", "With patient", "w")
READY = Step("ready", "Ready", "r")
GAPS_SHOWN = 3
FINISHED = {"checkout", "completed", "noshow"}  # for the clinician: what is left is the desk's


@dataclass(frozen=True)
class Next:
    """The card on top: who is with the clinician, or whom they see next."""

    title: str
    state: str
    word: str
    born: date | None
    row: Row


@dataclass(frozen=True)
class MyDay:
    """The day of one clinician as of a moment: who is here or to come, and apart whom it is over with."""

    day: date
    now: datetime
    next: Next | None
    rows: tuple[Row, ...]
    finished: tuple[Row, ...]
    seen_count: int
    here_count: int
    coming_count: int
    gaps: tuple[GapChip, ...]
    elsewhere: tuple[tuple[UUID, str, int], ...]
    patient_ids: tuple[UUID, ...]


def practitioner_of(actor: Actor) -> Practitioner | None:
    """The clinician this account belongs to; None for everybody else."""
    if actor.id is None:
        return None
    return Practitioner.objects.filter(employee__user=actor.id, is_external=False).first()


def my_day(actor: Actor, practitioner: Practitioner, location: Location, now: datetime) -> MyDay:
    """Seven statements, however full the day is."""
    day = clock.today(now, location.zone)
    may_move = actor.may(Permission.MOVE_PATIENT_FLOW)
    draw = Drawing(location.zone, clinician_step if may_move else _no_step, with_clinician=False)
    seen = draw.look(day_visits(actor, location, day, practitioner.pk), now)
    first = _first(seen)
    states = [each.shown.state for each in seen]
    others = [each for each in seen if each is not first]
    return MyDay(
        day=day,
        now=clock.local(now, location.zone),
        next=_card(draw, first) if first else None,
        rows=draw.rows(each for each in others if each.shown.state not in FINISHED),
        finished=draw.rows(each for each in others if each.shown.state in FINISHED),
        seen_count=sum(state in {"completed", "checkout"} for state in states),
        here_count=sum(state in {"arrived", "inroom"} for state in states),
        coming_count=sum(state in display.EXPECTED for state in states),
        gaps=tuple(open_time(location, day, now, practitioner.pk)[:GAPS_SHOWN]),
        elsewhere=_elsewhere(actor, practitioner, location, day),
        patient_ids=tuple(dict.fromkeys(each.visit.patient_id for each in seen)),
    )


def clinician_step(seen: Seen) -> Step | None:
    """What the clinician does next: go in to the patient, then send them to the desk."""
    if seen.shown.state not in {"arrived", "inroom"}:
        return None
    return READY if seen.visit.facts.seen_at else WITH_PATIENT


def _no_step(seen: Seen) -> None:
    """For those who only look."""


def _first(seen: Iterable[Seen]) -> Seen | None:
    """With the clinician; else in a room the longest; else waiting the longest; else the next to come."""
    ranked = [(rank, each) for each in seen if (rank := _rank(each)) is not None]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _rank(seen: Seen) -> tuple[int, datetime] | None:
    facts, state = seen.visit.facts, seen.shown.state
    if state == "inroom":
        return (0, facts.seen_at) if facts.seen_at else (1, facts.roomed_at or facts.starts_at)
    if state == "arrived":
        return (2, facts.arrived_at or facts.starts_at)
    return (3, facts.starts_at) if state in display.EXPECTED else None


def _card(draw: Drawing, first: Seen) -> Next:
    rank, _ = _rank(first) or (3, None)
    title = ("With you now", "Next, ready for you", "Next, still waiting", "Next to come")[rank]
    shown = first.shown
    return Next(title, shown.state, shown.word, first.visit.born, draw.row(first, primary=True))


def _elsewhere(
    actor: Actor, practitioner: Practitioner, location: Location, day: date
) -> tuple[tuple[UUID, str, int], ...]:
    """Their visits at other sites on this day, so that nobody overlooks half a day."""
    others = (
        Appointment.objects.visible_to(actor)
        .shown()
        .starting_in(clock.day(day, location.zone))
        .filter(practitioner=practitioner)
        .exclude(location=location)
        .values_list("location", "location__name")
        .annotate(visits=Count("pk"))
        .order_by("location__name")
    )
    return tuple((key, name, visits) for key, name, visits in others)
