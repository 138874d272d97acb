"""Taking and giving back time: the inner steps that booking, moving and holding share. No acts here."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.utils import timezone

from kernel import clock
from kernel.actors import Actor
from kernel.durable import violated_constraint
from kernel.refusals import Refusal
from office.models import Location, Room
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType, Hold, Reservation, ResourceKind
from scheduling.queries.openings import Opening, nearest_openings
from scheduling.querysets import ReservationQuerySet
from staff.models import Practitioner

MOST_LANES = 3

# Rooms and devices are tried, not waited for: whoever comes second takes the next free one.
TAKE_ONE = """
WITH free AS MATERIALIZED (
    SELECT thing.id FROM {table} thing
    WHERE thing.location_id = %s AND thing.kind = %s AND thing.is_active AND NOT EXISTS (
        SELECT FROM scheduling_reservation r
        WHERE r.resource_id = thing.id AND r.is_live AND r.lane = 0 AND r.period && %s
    )
    ORDER BY thing.name, thing.id
)
SELECT id FROM free WHERE pg_try_advisory_xact_lock(hashtextextended(%s || id, 0)) LIMIT 1
"""
TRIES = 3


@dataclass(frozen=True)
class Terms:
    """What is asked for: who, where, what kind, when; a room only if one is wanted by name."""

    patient: Patient
    practitioner: Practitioner | None
    location: Location
    appointment_type: AppointmentType
    period: DateTimeTZRange
    room: Room | None = None

    @property
    def owners(self) -> list[tuple[str, UUID]]:
        """Whose time is locked before anything is asked: the union, sorted by the lock itself."""
        owners = [(ResourceKind.PATIENT.value, self.patient.pk)]
        if self.practitioner:
            owners.append((ResourceKind.PRACTITIONER.value, self.practitioner.pk))
        return owners


class TimeTaken(Refusal):
    """Somebody else holds part of the time asked for; says who, and knows the nearest alternatives."""

    code = "time-taken"
    title = "This time is taken"

    def __init__(self, sentence: str, terms: Terms) -> None:
        super().__init__(sentence)
        self.terms = terms

    def more(self) -> dict[str, object]:
        return {
            "alternatives": [
                {
                    "start": clock.local(each.starts_at, self.terms.location.zone).isoformat(),
                    "practitioner": str(each.practitioner_id),
                    "minutes": each.minutes,
                }
                for each in self.alternatives
            ]
        }

    @cached_property
    def alternatives(self) -> list[Opening]:
        """The nearest free times; looked up when shown, so that no lock waits for it."""
        return nearest_openings(
            appointment_type=self.terms.appointment_type,
            practitioner=self.terms.practitioner,
            location=self.terms.location,
            around=self.terms.period.lower,
            now=timezone.now(),
        )


class NothingFree(TimeTaken):
    """No room or device of the kind this visit needs is free then."""

    code = "nothing-free"


def reserve(appointment: Appointment, terms: Terms, lane: int) -> None:
    """
    Take everyone's and everything's time.

    :raises TimeTaken: decided by the database, so it holds between two clerks too
    :raises NothingFree: no room or device of the kind is left
    """
    for attempt in range(TRIES):
        things = _choose_things(terms, lane)
        try:
            with transaction.atomic():  # a savepoint: the outer transaction survives the refusal
                Reservation.objects.bulk_create(_rows(appointment, terms, things, lane))
        except IntegrityError as error:
            if violated_constraint(error) != "reservation_time_free":
                raise
            again = sweep_lapsed(terms) or (things and not _people_are_taken(terms, lane))
            if again and attempt < TRIES - 1:
                continue  # a hold had lapsed, or the room went between the look and the lock
            raise TimeTaken(_who_has_it(terms, lane), terms) from error
        else:
            return


def release(appointment: Appointment) -> None:
    """Give all time back; the rows stay as what was held."""
    appointment.reservations.filter(is_live=True).update(is_live=False)


def free_lane(terms: Terms, cap: int, without: Appointment | None = None) -> int:
    """
    The lowest lane that is free for the practitioner, for a deliberate overbooking.

    :raises TimeTaken: already overbooked up to the cap
    """
    if terms.practitioner is None:
        return 0
    taken = Reservation.objects.live().of(terms.practitioner.pk).touching(terms.period)
    taken = taken.exclude(hold__expires_at__lte=timezone.now())
    if without is not None:
        taken = taken.exclude(appointment=without)
    lanes = set(taken.values_list("lane", flat=True))
    free = next((lane for lane in range(min(cap, MOST_LANES) + 1) if lane not in lanes), None)
    if free is None:
        raise TimeTaken(
            f"{terms.practitioner.short} already has {len(lanes)} visits then; "
            f"{terms.appointment_type} allows {cap} beside one.",
            terms,
        )
    return free


def drop_own_hold(hold_id: UUID | None, by: Actor) -> None:
    """What one held while booking must not stand in one's own way; goes and comes back with the act."""
    if hold_id is not None:
        Hold.objects.filter(pk=hold_id, held_by_id=by.own_id).delete()


def sweep_lapsed(terms: Terms) -> bool:
    """Whoever books over a lapsed hold clears it away; True if there was one."""
    people = [owner for _, owner in terms.owners]
    lapsed = Hold.objects.filter(
        expires_at__lte=timezone.now(), reservations__resource_id__in=people
    )
    count, _ = Hold.objects.filter(pk__in=lapsed.values("pk")).delete()
    return bool(count)


def _rows(
    appointment: Appointment, terms: Terms, things: Sequence[tuple[str, UUID]], lane: int
) -> list[Reservation]:
    wanted = [(ResourceKind.PATIENT, terms.patient.pk, 0)]
    if terms.practitioner:
        wanted.append((ResourceKind.PRACTITIONER, terms.practitioner.pk, lane))
    wanted += [(ResourceKind(kind), thing, 0) for kind, thing in things]
    return [
        Reservation(
            appointment=appointment,
            resource_kind=kind,
            resource_id=owner,
            lane=place,
            period=terms.period,
        )
        for kind, owner, place in wanted
    ]


def _choose_things(terms: Terms, lane: int) -> list[tuple[str, UUID]]:
    """A room and a device of the kinds the type asks for; an overbooked visit takes a room only if one is free."""
    kind, things = terms.appointment_type, []
    if terms.room:
        things.append((ResourceKind.ROOM.value, terms.room.pk))
    elif kind.room_kind and (room := _take_one("office_room", "room", kind.room_kind, terms)):
        things.append((ResourceKind.ROOM.value, room))
    elif kind.room_kind and not lane:
        raise NothingFree(f"No {kind.get_room_kind_display().lower()} is free then.", terms)
    if kind.device_kind:
        device = _take_one("office_device", "device", kind.device_kind, terms)
        if device is None:
            raise NothingFree(f"No {kind.device_kind} is free then.", terms)
        things.append((ResourceKind.DEVICE.value, device))
    return things


def _take_one(table: str, kind: str, wanted: str, terms: Terms) -> UUID | None:
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE_ONE.format(table=table), [terms.location.pk, wanted, terms.period, f"{kind}:"]
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _people_are_taken(terms: Terms, lane: int) -> bool:
    return _conflicts(terms, lane).exists()


def _conflicts(terms: Terms, lane: int) -> ReservationQuerySet:
    wanted = Q(resource_id=terms.patient.pk)
    if terms.practitioner:
        wanted |= Q(resource_id=terms.practitioner.pk, lane=lane)
    return Reservation.objects.live().touching(terms.period).filter(wanted)


def _who_has_it(terms: Terms, lane: int) -> str:
    """The sentence: whose time is taken, and until when; the other patient's name stays out of it."""
    first = _conflicts(terms, lane).order_by("period", "pk").first()
    if first is None:
        return "The room or device is taken then."
    zone = terms.location.zone
    begins, ends = clock.local(first.period.lower, zone), clock.local(first.period.upper, zone)
    span = f"{begins:%-I:%M}–{ends:%-I:%M %p}"
    if first.resource_kind == ResourceKind.PATIENT:
        return f"The patient has another visit then ({span})."
    who = terms.practitioner.short if terms.practitioner else "The practitioner"
    held = "held for a moment" if first.hold_id else "taken"
    return f"{who} is {held} {span}."
