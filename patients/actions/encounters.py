"""
A patient's way through the office, step by step.

These are the inner functions of acts (scheduling's flow of the day, the import): they write no audit event
of their own and must run inside one. The steps are append-only events; the encounter's status, room, times
and period are what the steps that still stand add up to, so a step back can never leave one behind.
"""

from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel import live, outbox
from kernel.actors import Actor
from kernel.refusals import Refusal
from office.models import Location, Room
from patients.actions import checks
from patients.models import Encounter, EncounterEvent, Patient
from patients.models.encounter import EncounterStatus, standing_steps
from staff.models import Practitioner

Code = EncounterEvent.Code

# What may follow a step. Steps may be skipped, for small offices skip them; they never repeat or run
# backward (that is `step_back`), but a patient in a room may be taken to another one.
NEXT = {
    Code.ARRIVED: {Code.CHECKED_IN, Code.ROOMED, Code.WITH_PRACTITIONER, Code.LEFT},
    Code.CHECKED_IN: {Code.ROOMED, Code.WITH_PRACTITIONER, Code.LEFT},
    Code.ROOMED: {Code.ROOMED, Code.WITH_PRACTITIONER, Code.READY_TO_LEAVE, Code.LEFT},
    Code.WITH_PRACTITIONER: {Code.READY_TO_LEAVE, Code.LEFT},
    Code.READY_TO_LEAVE: {Code.LEFT},
    Code.LEFT: set(),
}
STATUS = {
    Code.ARRIVED: EncounterStatus.ARRIVED,
    Code.CHECKED_IN: EncounterStatus.ARRIVED,
    Code.ROOMED: EncounterStatus.TRIAGED,
    Code.WITH_PRACTITIONER: EncounterStatus.IN_PROGRESS,
    Code.READY_TO_LEAVE: EncounterStatus.IN_PROGRESS,
    Code.LEFT: EncounterStatus.FINISHED,
}
TIMES = {
    Code.ARRIVED: "arrived_at",
    Code.ROOMED: "roomed_at",
    Code.WITH_PRACTITIONER: "seen_at",
    Code.READY_TO_LEAVE: "ready_at",
    Code.LEFT: "left_at",
}


class StepRefused(Refusal):
    """The visit is not where this step would begin; the sentence says where it is."""

    code = "step-refused"
    title = "This step is not possible now"


def open_encounter(
    *,
    patient: Patient,
    practitioner: Practitioner | None,
    location: Location,
    at: datetime,
    by: Actor,
    kind: str = "",
) -> Encounter:
    """The patient has arrived: the encounter begins."""
    encounter = Encounter.objects.create(
        patient=patient,
        practitioner=practitioner,
        location=location,
        status=EncounterStatus.ARRIVED,
        kind=kind[:300],
        period=DateTimeTZRange(at, None),
        arrived_at=at,
    )
    _add(encounter, Code.ARRIVED, at, by)
    return encounter


def record_step(
    *, encounter: Encounter, code: str, at: datetime, by: Actor, room: Room | None = None
) -> Encounter:
    """
    Take the patient one step further.

    Someone who goes without being seen has left too: `seen_at` stays empty, which is how billing tells.

    :raises StepRefused: the visit is over or taken back, is past this step, or the room is elsewhere
    """
    encounter, standing = _locked(encounter)
    step = _known(code)
    _refuse_impossible(encounter, standing, step, at, room)
    standing.append(_add(encounter, step, at, by, room))
    _settle(encounter, standing)
    if step == Code.LEFT:
        outbox.publish("encounter.finished", encounter_id=encounter.pk)
    return encounter


def step_back(*, encounter: Encounter, at: datetime, by: Actor) -> Encounter:
    """
    Take the last step back, for a mis-click; taking back the arrival cancels the encounter.

    :raises StepRefused: it was taken back altogether already, or was imported
    """
    encounter, standing = _locked(encounter)
    undone = standing.pop()
    _add(encounter, Code.STEPPED_BACK, at, by, note=undone.code)
    if standing:
        _settle(encounter, standing)
    else:
        _cancel(encounter, at)
    if undone.code == Code.LEFT:
        outbox.publish("encounter.reopened", encounter_id=encounter.pk)
    return encounter


def _locked(encounter: Encounter) -> tuple[Encounter, list[EncounterEvent]]:
    # Read again under a lock: the caller's copy may be minutes old.
    locked = Encounter.objects.select_for_update(of=("self",)).get(pk=encounter.pk)
    standing = standing_steps(locked.events.select_related("room").order_by("id"))
    if not standing:
        word = locked.get_status_display().lower()
        raise StepRefused(f"This visit is {word}; it has no steps to go on from.")
    return locked, standing


def _known(code: str) -> Code:
    if code not in Code.values or code == Code.STEPPED_BACK:
        raise StepRefused("There is no such step.")
    return Code(code)


def _refuse_impossible(
    encounter: Encounter,
    standing: list[EncounterEvent],
    step: Code,
    at: datetime,
    room: Room | None,
) -> None:
    last = standing[-1]
    if step not in NEXT[Code(last.code)]:
        raise StepRefused(f"{last.get_code_display()} does not lead to {step.label.lower()}.")
    if step == Code.ROOMED and last.code == Code.ROOMED and (not room or room == encounter.room):
        raise StepRefused("The patient is in this room already.")
    if at < last.at:
        raise StepRefused(f"{step.label} cannot be earlier than {last.get_code_display().lower()}.")
    if room and room.location_id != encounter.location_id:
        raise StepRefused(f"{room} is at another location.")


def _add(
    encounter: Encounter,
    code: Code,
    at: datetime,
    by: Actor,
    room: Room | None = None,
    note: str = "",
) -> EncounterEvent:
    live.changed(checks.topic(encounter.patient_id), encounter.location_id)
    return EncounterEvent.objects.create(
        encounter=encounter,
        code=code,
        at=at,
        room=room if code == Code.ROOMED else None,
        actor_id=by.id,
        actor_name=by.name[:200],
        note=note,
    )


def _settle(encounter: Encounter, standing: list[EncounterEvent]) -> None:
    """Bring the encounter in line with the steps that stand; of two rooms the last is where the patient is."""
    times: dict[str, datetime] = {}
    for event in standing:
        if name := TIMES.get(Code(event.code)):
            times.setdefault(name, event.at)
    rooms = [event.room for event in standing if event.room]
    encounter.save_changes(
        status=STATUS[Code(standing[-1].code)],
        room=rooms[-1] if rooms else None,
        period=_period(encounter, times.get("left_at")),
        **{name: times.get(name) for name in TIMES.values()},
    )


def _cancel(encounter: Encounter, at: datetime) -> None:
    """FHIR: ended before it had begun."""
    encounter.save_changes(
        status=EncounterStatus.CANCELLED,
        room=None,
        period=_period(encounter, at),
        **dict.fromkeys(TIMES.values()),
    )


def _period(encounter: Encounter, end: datetime | None) -> DateTimeTZRange:
    start = encounter.period.lower
    if end is not None and end <= start:
        return DateTimeTZRange(
            start, start, "[]"
        )  # half-open it would be empty, and lose its start
    return DateTimeTZRange(start, end)
