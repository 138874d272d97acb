"""The demo practice, written at once; and on each later start the days since, played."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from demo import absences, checklists, credentials, hours, parties, tasks, today, zones
from demo.copying import refresh_statistics
from demo.courses import Hand, Hands
from demo.cover import cover_today
from demo.crowd import Crowd, known_crowd
from demo.days import write_days
from demo.documents import make_documents
from demo.hours import AHEAD_DAYS, PAST_DAYS
from demo.kinds import make_types
from demo.models import DemoPractice
from demo.patients import make_patients
from demo.people import People, known_people, make_people
from demo.places import known_places, make_places
from demo.sessions import Calendar, Session, days_between
from demo.visits import Desk
from kernel import acts, clock
from kernel.actors import Actor
from kernel.acts import act
from office import queries
from office.permissions import Permission
from scheduling.models import AppointmentType

NEWCOMERS = 0.14  # of the patients, who come for the first time within the story
SPREAD_AGAIN_AFTER = timedelta(minutes=45)


@dataclass(frozen=True)
class Size:
    """How much is told."""

    patients: int = 2000
    past_days: int = PAST_DAYS
    ahead_days: int = AHEAD_DAYS


FULL = Size()


@dataclass(frozen=True)
class Told:
    """What a run did, for the command to say."""

    visits: int = 0
    moved: int = 0


def is_due(now: datetime) -> bool:
    """True if the day has changed, or the waiting room has stood still for a while."""
    demo = DemoPractice.objects.get()
    this_day = clock.today(now, known_places().lane.zone)
    return this_day > demo.today_date or now - demo.spread_at > SPREAD_AGAIN_AFTER


@act(permission=Permission.CONFIGURE_OFFICE)
def make_practice(*, by: Actor, at: datetime, size: Size | None = None, home: str = "") -> Told:
    """Everything, in one transaction: a demo is there whole or not at all."""
    size = size or FULL
    places = make_places(at, home or zones.of_this_machine(at))
    zone = places.lane.zone
    this_day = clock.today(at, zone)
    seed = str(this_day)
    types, people = make_types(), make_people(places, this_day, Random(f"people {seed}"))
    first = this_day - timedelta(days=size.past_days)
    last = this_day + timedelta(days=size.ahead_days)
    credentials.make_credentials(people, this_day, zones.state(zone))
    absences.make_absences(people, this_day, at, zone)
    hours.make_hours(people.practitioners, places, types, this_day)
    hours.make_exceptions(people.practitioners, places, first, last)
    chance = Random(f"patients {seed}")
    patients = make_patients(places, this_day, chance, size.patients)
    queries.forget_configuration()
    cover_today(places, this_day, at)
    newcomers = [each for each in patients if chance.random() < NEWCOMERS]
    desk = Desk(types, Crowd(patients, newcomers, this_day), at, chance)
    visits = write_days(_sessions(first, last), desk, _hands(people), seed)
    refresh_statistics()
    moved = today.catch_up(places, desk, _hands(people))
    tasks.make_tasks(places, this_day, at)
    checklists.make_checklists(places, this_day, at, size.past_days)
    parties.make_parties(places)
    make_documents(places, this_day, at)
    DemoPractice.objects.create(seed=seed, today_date=this_day, through_date=last, spread_at=at)
    acts.note(*places.all, visits=visits, patients=size.patients)
    return Told(visits, moved)


@act(permission=Permission.CONFIGURE_OFFICE)
def play_on(*, by: Actor, at: datetime) -> Told:
    """
    The days since the last start, and today around now.

    What users did stays: their visits go on from where they are, and nothing is booked over them.
    """
    demo = DemoPractice.objects.select_for_update().get()
    places, people = known_places(), known_people()
    this_day = clock.today(at, places.lane.zone)
    if this_day > demo.today_date:
        credentials.lapse_a_license(people, this_day)
        absences.someone_is_away(people, this_day, at, places.lane.zone)
    added = cover_today(places, this_day, at)
    sessions = {this_day: added} if added else {}
    through = max(demo.through_date, this_day + timedelta(days=AHEAD_DAYS))
    if through > demo.through_date:
        first = demo.through_date + timedelta(days=1)
        hours.make_exceptions(people.practitioners, places, first, through)
        sessions = _sessions(first, through) | sessions
    desk = Desk(_types(), known_crowd(this_day), at, Random(f"{demo.seed} {at}"))
    visits = write_days(sessions, desk, _hands(people), f"{demo.seed} {this_day}")
    moved = today.catch_up(places, desk, _hands(people))
    tasks.play_tasks(places, this_day, at)
    checklists.play_checklists(places, demo.today_date, this_day, at)
    DemoPractice.objects.update(today_date=this_day, through_date=through, spread_at=at)
    acts.note(*places.all, visits=visits, moved=moved)
    return Told(visits, moved)


def _sessions(first: date, last: date) -> dict[date, list[Session]]:
    calendar = Calendar(first, last)
    return {day: calendar.sessions(day) for day in days_between(first, last)}


def _types() -> dict[str, AppointmentType]:
    return {each.name: each for each in AppointmentType.objects.filter(is_active=True)}


def _hands(people: People) -> Hands:
    desk, nurse = people.employees["Tully"], people.employees["Adeyemi"]
    return Hands(Hand(desk.user_id, desk.called), Hand(nurse.user_id, nurse.called))
