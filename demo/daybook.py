"""One day's book while it is being written: who and what is taken, and the rows that come out."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from demo import copying
from demo.copying import Row
from office.models import Device, Location, Room
from patients.models import Patient
from scheduling.models import Appointment, AppointmentType
from staff.models import Practitioner

Span = tuple[datetime, datetime]
RESERVED = ("appointment_id", "resource_kind", "resource_id", "period", "lane", "is_live")


@dataclass
class Equipment:
    """The rooms and devices of all sites by kind, in the order in which they are taken."""

    rooms: dict[tuple[UUID, str], list[Room]] = field(default_factory=lambda: defaultdict(list))
    devices: dict[tuple[UUID, str], list[Device]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def known(cls) -> "Equipment":
        found = cls()
        for room in Room.objects.filter(is_active=True).order_by("name", "id"):
            found.rooms[room.location_id, room.kind].append(room)
        for device in Device.objects.filter(is_active=True).order_by("name", "id"):
            found.devices[device.location_id, device.kind].append(device)
        return found


@dataclass
class Daybook:
    """
    The visits of one day over all sites.

    `taken` holds lane 0 of every resource; `seen` who has a visit that day, for nobody is booked twice.
    """

    day: date
    equipment: Equipment
    taken: dict[UUID, list[Span]] = field(default_factory=lambda: defaultdict(list))
    beside: dict[UUID, list[Span]] = field(default_factory=lambda: defaultdict(list))
    seen: set[UUID] = field(default_factory=set)
    appointments: list[Appointment] = field(default_factory=list)
    reservations: list[Row] = field(default_factory=list)

    def is_free(self, resource_id: UUID, span: Span) -> bool:
        return _free(self.taken[resource_id], span)

    def may_stand_beside(self, practitioner_id: UUID, span: Span) -> bool:
        return _free(self.beside[practitioner_id], span)

    def free_room(self, location: Location, kind: str, span: Span) -> Room | None:
        rooms = self.equipment.rooms[location.pk, kind]
        return next((room for room in rooms if self.is_free(room.pk, span)), None)

    def free_device(self, location: Location, kind: str, span: Span) -> Device | None:
        devices = self.equipment.devices[location.pk, kind]
        return next((each for each in devices if self.is_free(each.pk, span)), None)

    def write(
        self,
        *,
        patient: Patient,
        practitioner: Practitioner,
        location: Location,
        appointment_type: AppointmentType,
        span: Span,
        **fields: object,
    ) -> Appointment | None:
        """
        Book a visit with everything it needs; None if a room or device is lacking.

        A visit that holds no time (canceled) takes nothing.
        """
        needs = self._needs(appointment_type, location, span)
        if needs is None:
            return None
        room, device = needs
        visit = Appointment(
            patient=patient,
            practitioner=practitioner,
            location=location,
            appointment_type=appointment_type,
            room=room,
            period=DateTimeTZRange(*span),
            **fields,
        )
        self.appointments.append(visit)
        self.seen.add(patient.pk)
        if visit.holds_time:
            self._reserve(visit, span, device)
        return visit

    def _needs(
        self, appointment_type: AppointmentType, location: Location, span: Span
    ) -> tuple[Room | None, Device | None] | None:
        room = device = None
        if appointment_type.room_kind:
            room = self.free_room(location, appointment_type.room_kind, span)
            if room is None:
                return None
        if appointment_type.device_kind:
            device = self.free_device(location, appointment_type.device_kind, span)
            if device is None:
                return None
        return room, device

    def _reserve(self, visit: Appointment, span: Span, device: Device | None) -> None:
        lanes = self.beside if visit.lane else self.taken
        lanes[visit.practitioner_id].append(span)
        held = [
            ("practitioner", visit.practitioner_id, visit.lane),
            ("patient", visit.patient_id, 0),
        ]
        for kind, thing in (("room", visit.room), ("device", device)):
            if thing is not None:
                self.taken[thing.pk].append(span)
                held.append((kind, thing.pk, 0))
        period = copying.span(*span)
        self.reservations += [(visit.pk, *each[:2], period, each[2], True) for each in held]


def _free(taken: list[Span], span: Span) -> bool:
    return all(end <= span[0] or start >= span[1] for start, end in taken)
