"""Appointments as plain data: one query, no model instances; what the API and exports print."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kernel import clock
from scheduling.querysets import AppointmentQuerySet

COLUMNS = (
    "id", "version", "status", "confirmation", "starts_at", "ends_at", "lane", "location_id",
    "location__zone", "room_id", "encounter_id", "note", "overbook_reason", "is_walk_in",
    "patient_id", "patient__family_name", "patient__given_name", "patient__birth_date",
    "patient__medical_record_number", "practitioner_id", "practitioner__family_name",
    "practitioner__given_name", "appointment_type_id", "appointment_type__name",
)  # fmt: skip


def as_data(appointments: AppointmentQuerySet) -> list[dict[str, Any]]:
    """In the order of the queryset, with names; times on the location's wall clock."""
    return [_row(values) for values in appointments.values_list(*COLUMNS)]


def _row(values: Iterable[Any]) -> dict[str, Any]:
    (
        key, version, status, confirmation, starts_at, ends_at, lane, location_id, zone, room_id, encounter_id,
        note, overbook_reason, is_walk_in, patient_id, family, given, birth_date, chart, practitioner_id,
        practitioner_family, practitioner_given, type_id, type_name,
    ) = values  # fmt: skip
    return {
        "id": key,
        "version": version,
        "status": status,
        "confirmation": confirmation,
        "start": _local(starts_at, zone),
        "end": _local(ends_at, zone),
        "minutes": round((ends_at - starts_at).total_seconds() / 60),
        "lane": lane,
        "location": location_id,
        "patient": {
            "id": patient_id,
            "name": _name(family, given),
            "birth_date": birth_date,
            "medical_record_number": chart,
        },
        "practitioner": practitioner_id
        and {"id": practitioner_id, "name": _name(practitioner_family, practitioner_given)},
        "appointment_type": {"id": type_id, "name": type_name},
        "room": room_id,
        "encounter": encounter_id,
        "note": note,
        "overbook_reason": overbook_reason,
        "is_walk_in": is_walk_in,
    }


def _local(moment: datetime, zone: str) -> str:
    return clock.local(moment, zone).isoformat()


def _name(family: str, given: str) -> str:
    return f"{family}, {given}".rstrip(", ")
