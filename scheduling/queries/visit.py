"""One visit in full: where it stands, what may be done with it now, and who did what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kernel import clock
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.templatetags.house import clock as wall
from kernel.templatetags.house import day as day_words
from office import queries as office_queries
from office.models import Room
from patients.models import EncounterEvent
from patients.models.encounter import standing_steps
from scheduling import display
from scheduling.display import Facts, Shown
from scheduling.models import Appointment, AppointmentStatus, Confirmation
from scheduling.permissions import Permission
from scheduling.queries.rooms import free_rooms

Code = EncounterEvent.Code
MOST_HISTORY = 40
# What a click may lead to from each step; the order is the order of the buttons.
AHEAD: dict[str, tuple[str, ...]] = {
    Code.ARRIVED: ("check-in", "room", "see", "leave"),
    Code.CHECKED_IN: ("room", "see", "leave"),
    Code.ROOMED: ("see", "ready", "leave"),
    Code.WITH_PRACTITIONER: ("ready", "leave"),
    Code.READY_TO_LEAVE: ("leave",),
    Code.LEFT: (),
}
LABELS = {
    "arrive": ("Arrived", "door-enter"),
    "check-in": ("Check in", "user-check"),
    "room": ("Room", "bed"),
    "see": ("With clinician", "stethoscope"),
    "ready": ("Checkout", "arrow-right"),
    "leave": ("Done", "circle-check-filled"),
}
LEFT_UNSEEN = ("Left without being seen", "door-exit")
DID = {
    "scheduling.book_appointment": "Booked",
    "scheduling.move_appointment": "Moved",
    "scheduling.cancel_appointment": "Canceled",
    "scheduling.mark_no_show": "Marked no-show",
    "scheduling.reinstate_appointment": "Put back on the schedule",
    "scheduling.enter_in_error": "Booking taken back",
    "scheduling.walk_in": "Walked in",
    "scheduling.arrive": "Arrived",
    "scheduling.take_to_a_room": "In room",
    "scheduling.step_back": "Last step taken back",
    "scheduling.change_note": "Note changed",
    "scheduling.confirm_appointment": "Confirmation changed",
}
PARTS = {
    "scheduling.walk_in": ("scheduling.book_appointment", "scheduling.arrive"),
    "scheduling.take_to_a_room": ("scheduling.advance",),
}
DID_STEP = {
    "check-in": "Checked in",
    "room": "In room",
    "see": "With clinician",
    "ready": "Ready to check out",
    "leave": "Left",
}


@dataclass(frozen=True)
class Ahead:
    """A step that can be taken now."""

    to: str
    label: str
    icon: str


@dataclass(frozen=True)
class Stamp:
    """A step that stands: when it was, who marked it."""

    label: str
    time: str
    by: str


@dataclass(frozen=True)
class Line:
    """One line of the history."""

    at: str
    who: str
    what: str


@dataclass(frozen=True)
class VisitPage:
    """What the drawer of a visit shows."""

    appointment: Appointment
    shown: Shown
    date: str
    time: str
    minutes: int
    patient: dict[str, Any]
    ahead: tuple[Ahead, ...]
    rooms: tuple[Room, ...]
    stamps: tuple[Stamp, ...]
    can_change: bool
    can_confirm: bool
    can_end: bool
    can_no_show: bool
    can_reinstate: bool
    can_step_back: bool
    may_flow: bool
    wait: str = ""


def visit_page(actor: Actor, appointment: Appointment, now: datetime) -> VisitPage:
    """One visit as of now; `appointment` comes with its patient, practitioner, type, location and encounter."""
    zone = appointment.location.zone
    begins = clock.local(appointment.period.lower, zone)
    standing = _standing(appointment)
    status = AppointmentStatus(appointment.status)
    expected = status in {AppointmentStatus.BOOKED, AppointmentStatus.PROPOSED}
    may_book = actor.may(Permission.BOOK_APPOINTMENT)
    may_flow = actor.may(Permission.MOVE_PATIENT_FLOW)
    ahead = steps_ahead(appointment, standing, now) if may_flow else ()
    rooming = any(each.to == "room" for each in ahead) or _in_a_room(standing)
    return VisitPage(
        appointment=appointment,
        shown=shown(appointment, now),
        date=day_words(begins),
        time=f"{wall(begins)}–{wall(clock.local(appointment.period.upper, zone))}",
        minutes=clock.minutes_of(appointment.period),
        patient=identity(appointment),
        ahead=ahead,
        rooms=tuple(_other_rooms(appointment, now)) if rooming and may_flow else (),
        stamps=tuple(_stamps(standing, zone)),
        can_change=may_book,
        can_confirm=may_book and expected,
        can_end=may_book and expected,
        can_no_show=may_book and status == AppointmentStatus.BOOKED and now >= begins,
        can_reinstate=may_book
        and status in {AppointmentStatus.CANCELLED, AppointmentStatus.NO_SHOW},
        can_step_back=may_flow and bool(standing),
        may_flow=may_flow,
    )


def shown(appointment: Appointment, now: datetime) -> Shown:
    """How the visit is drawn now, from the row itself."""
    practice = office_queries.practice()
    limit = practice.waits_too_long_minutes if practice else display.LONG_WAIT_MINUTES
    return display.show(facts_of(appointment), now, long_wait_minutes=limit)


def facts_of(appointment: Appointment) -> Facts:
    plain = (
        appointment.status,
        appointment.confirmation,
        appointment.period.lower,
        appointment.lane,
    )
    here = appointment.encounter
    if here is None:
        return Facts(*plain)
    room = here.room.name if here.room else None
    return Facts(
        *plain, here.status, here.arrived_at, here.roomed_at, here.seen_at, here.ready_at, here.left_at, room
    )  # fmt: skip


def identity(appointment: Appointment) -> dict[str, Any]:
    """The two identifiers and more, as components/patient_mini.html takes them."""
    patient = appointment.patient
    return {
        "family": patient.family_name,
        "given": patient.given_name,
        "preferred": patient.preferred_name,
        "born": patient.birth_date,
        "sex": patient.get_gender_display(),
        "chart": patient.medical_record_number,
    }


def steps_ahead(
    appointment: Appointment, standing: Sequence[EncounterEvent], now: datetime
) -> tuple[Ahead, ...]:
    """The steps that the acts would not refuse, the likely one first."""
    if appointment.status == AppointmentStatus.BOOKED:
        soon = appointment.period.lower - now <= timedelta(hours=12)
        return (Ahead("arrive", *LABELS["arrive"]),) if soon else ()
    if not standing:
        return ()
    last = standing[-1].code
    likely = display.state_of(facts_of(appointment))
    steps = [Ahead(to, *_label(to, standing)) for to in AHEAD[last]]
    first = {"arrived": "room", "inroom": "ready", "checkout": "leave"}.get(likely, "")
    if appointment.appointment_type.is_telehealth and likely == "arrived":
        first = "see"
    return tuple(sorted(steps, key=lambda step: step.to != first))


def _label(to: str, standing: Iterable[EncounterEvent]) -> tuple[str, str]:
    unseen = not {each.code for each in standing} & {Code.WITH_PRACTITIONER, Code.READY_TO_LEAVE}
    return LEFT_UNSEEN if to == "leave" and unseen else LABELS[to]


def _standing(appointment: Appointment) -> list[EncounterEvent]:
    if appointment.encounter is None:
        return []
    return standing_steps(appointment.encounter.events.select_related("room").order_by("pk"))


def _in_a_room(standing: Sequence[EncounterEvent]) -> bool:
    return bool(standing) and standing[-1].code == Code.ROOMED


def _other_rooms(appointment: Appointment, now: datetime) -> list[Room]:
    here = appointment.encounter.room_id if appointment.encounter else None
    return [room for room in free_rooms(appointment.location, now) if room.pk != here]


def _stamps(standing: Iterable[EncounterEvent], zone: str) -> Iterable[Stamp]:
    for event in standing:
        label = event.room.name if event.room else event.get_code_display()
        yield Stamp(label, wall(clock.local(event.at, zone)), event.actor_name)


def history(appointment: Appointment) -> list[Line]:
    """Who did what to the visit, the latest first; acts that were part of another are not told twice."""
    rows = AuditEvent.objects.filter(
        subject_kind="scheduling.appointment",
        subject_ids__contains=[appointment.pk],
        outcome=AuditEvent.Outcome.DONE,
    ).order_by("-pk")[:MOST_HISTORY]
    zone, lines = appointment.location.zone, list[Line]()
    parts: set[tuple[int, str]] = set()  # the whole is recorded after its parts
    for row in rows:
        parts |= {(row.transaction_id, part) for part in PARTS.get(row.action, ())}
        if (row.transaction_id, row.action) not in parts:
            at = clock.local(row.at, zone)
            lines.append(Line(f"{day_words(at)} {wall(at)}", row.actor_name, _did(row, zone)))
    return lines


def _did(row: AuditEvent, zone: str) -> str:
    details = row.details
    if "step" in details:
        return DID_STEP.get(details["step"], "Moved on")
    if "confirmation" in details:
        return Confirmation(details["confirmation"]).label
    word = DID.get(row.action, row.action.partition(".")[2].replace("_", " ").capitalize())
    if "start" in details:
        was = clock.local(datetime.fromisoformat(details["start"]), zone)
        return f"{word} from {day_words(was)} {wall(was)}"
    return f"{word}: {row.reason}" if row.reason else word
