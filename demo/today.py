"""Today around the clock's now: who has left, who is in a room, who waits, who is late."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.utils import timezone

from demo import courses, walkins
from demo.courses import ORDER, Code, Hands, Paper, Steps, minutes
from demo.kinds import REASONS
from demo.phases import Phase, plan
from demo.places import Places
from demo.visits import Desk, cancel
from office.models import Room
from patients.models import Encounter, EncounterEvent
from scheduling.models import Appointment, AppointmentStatus, Reservation

NO_SHOW = 0.05
EARLY = timedelta(minutes=20)  # how long before their time patients come
OPEN = [AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN]


@dataclass
class Changes:
    """What happened since, to be written at once."""

    paper: Paper = field(default_factory=Paper)
    visits: list[Appointment] = field(default_factory=list)
    encounters: list[Encounter] = field(default_factory=list)
    missed: list[Appointment] = field(default_factory=list)


def catch_up(places: Places, desk: Desk, hands: Hands) -> int:
    """
    Let everything happen that would have happened by now, and nothing that has happened be undone.

    Visits a user has touched go on from where the user left them; canceled ones stay canceled.
    """
    now, chance = desk.now, desk.chance
    requested = Appointment.objects.filter(status=AppointmentStatus.PROPOSED, starts_at__lt=now)
    cancel(requested, "Not confirmed in time", now)
    open_visits = _open_visits(now)
    known = _steps_so_far(open_visits)
    planned = plan(open_visits, known, places, now)
    for _round in range(3):  # somebody more changes where the others stand
        if not (planned.missing and walkins.let_in(planned.missing, places, desk)):
            break
        open_visits = _open_visits(now)
        planned = plan(open_visits, known, places, now)
    changes, rooms = Changes(), _Rooms(places)
    free_from: dict[UUID, datetime] = {}
    for visit in open_visits:
        phase = planned.phases.get(visit.pk)
        if phase is Phase.EXPECTED:
            continue
        so_far = known.get(visit.encounter_id, {})
        if phase is None and not so_far and _has_missed(visit, now, chance):
            changes.missed.append(visit)
            continue
        steps = _course(visit, phase, now, chance, free_from)
        _go_on(visit, so_far, steps, rooms.room(visit, phase), hands, changes, chance)
    _write(changes)
    return len(changes.visits) + len(changes.missed)


def _open_visits(now: datetime) -> list[Appointment]:
    """All that is not over, of today and of the days since the last start, by time."""
    rows = Appointment.objects.filter(starts_at__lte=now + EARLY, location__is_external=False)
    rows = rows.filter(status__in=OPEN) | rows.filter(
        status=AppointmentStatus.FULFILLED, encounter__status__in=["in-progress"]
    )
    related = ("patient", "practitioner", "location", "appointment_type", "room", "encounter__room")
    return list(rows.select_related(*related).order_by("starts_at", "id"))


def _steps_so_far(open_visits: Iterable[Appointment]) -> dict[UUID, Steps]:
    """The steps that stand, by encounter; a step taken back is not one."""
    ids = [visit.encounter_id for visit in open_visits if visit.encounter_id]
    found: dict[UUID, list[EncounterEvent]] = defaultdict(list)
    for event in EncounterEvent.objects.filter(encounter__in=ids).order_by("id"):
        if event.code != Code.STEPPED_BACK:
            found[event.encounter_id].append(event)
        elif found[event.encounter_id]:
            found[event.encounter_id].pop()
    return {pk: {Code(each.code): each.at for each in events} for pk, events in found.items()}


def _has_missed(visit: Appointment, now: datetime, chance: Random) -> bool:
    return now - visit.period.lower > timedelta(minutes=60) and chance.random() < NO_SHOW


def _course(
    visit: Appointment, phase: Phase | None, now: datetime, chance: Random, free_from: dict
) -> Steps:
    if phase is not None and phase is not Phase.FINISHED:
        return phase.steps(visit, now, chance)
    steps = courses.usual_course(visit, chance, free_from.get(visit.practitioner_id))
    behind = steps[Code.LEFT] - now
    if phase is Phase.FINISHED and behind > timedelta(0):
        back = behind + minutes(chance.uniform(1, 9))
        steps = {code: at - back for code, at in steps.items()}
    free_from[visit.practitioner_id] = steps[Code.LEFT]
    return courses.by_now(steps, now)


class _Rooms:
    """Who is in an exam room now sits in one of their own."""

    def __init__(self, places: Places) -> None:
        self.free = list(
            Room.objects.filter(location=places.lane, kind="exam", is_active=True).order_by("name")
        )

    def room(self, visit: Appointment, phase: Phase | None) -> Room | None:
        if visit.encounter and visit.encounter.room:
            return self._take(visit.encounter.room)
        wanted = visit.room
        if phase is None or phase is Phase.FINISHED or (wanted and wanted.kind != "exam"):
            return wanted
        if not phase.is_in_room:
            return None
        return self._take(wanted if wanted in self.free else next(iter(self.free), wanted))

    def _take(self, room: Room) -> Room:
        if room in self.free:
            self.free.remove(room)
        return room


def _go_on(
    visit: Appointment,
    so_far: Steps,
    steps: Steps,
    room: Room | None,
    hands: Hands,
    changes: Changes,
    chance: Random,
) -> None:
    if not so_far:
        if steps:
            reason = chance.choice(REASONS.get(visit.appointment_type.name, ("",)))
            courses.begin(visit, steps, room, hands, changes.paper, reason)
            changes.visits.append(visit)
        return
    last = max(so_far, key=ORDER.index)
    floor = so_far[last]
    added: Steps = {}
    for code in ORDER[ORDER.index(last) + 1 :]:
        if code in steps:
            floor = max(floor + minutes(1), steps[code])
            added[code] = floor
    if added:
        courses.settle(visit, visit.encounter, added, room)
        changes.paper.events.extend(courses.events(visit.encounter, added, room, hands))
        changes.encounters.append(visit.encounter)
        changes.visits.append(visit)


def _write(changes: Changes) -> None:
    for visit in changes.missed:
        visit.status = AppointmentStatus.NO_SHOW
        visit.ended_at = visit.period.lower + timedelta(minutes=25)
    at = timezone.now()
    for row in (*changes.visits, *changes.missed, *changes.encounters):
        row.version += 1
        row.updated_at = at
    changes.paper.write()
    Encounter.objects.bulk_update(
        changes.encounters,
        ["status", "period", "room", "version", "updated_at", *courses.COLUMNS.values()],
        batch_size=300,
    )
    Appointment.objects.bulk_update(
        [*changes.visits, *changes.missed],
        ["status", "encounter", "ended_at", "version", "updated_at"],
        batch_size=300,
    )
    Reservation.objects.filter(appointment__in=changes.missed).update(is_live=False)
