"""Keepers of what happened: encounters, and appointments of the past. They hold nobody's time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from fhir.actions.keeping import Keeper
from fhir.rows import Row
from patients.models import Encounter
from scheduling.models import Appointment, AppointmentStatus, AppointmentType

IMPORTED_TYPE = "Imported visit"
NOT_SAID = "Not said in the imported file"


class EncounterKeeper(Keeper):
    kind = "Encounter"
    model = Encounter
    columns = ("status", "class_code", "kind", "reason", "period", "left_at")
    own_refs = ("patient", "practitioner", "location", "service_provider")

    def values(self, row: Row, refs: Mapping[str, UUID]) -> dict[str, Any]:
        values = super().values(row, refs)
        start, end = values.pop("start"), values.pop("end")
        return values | {"period": period(start, end), "left_at": end}


class AppointmentKeeper(Keeper):
    """History keeps its status as given and reserves nothing; what is still to come is booked instead."""

    kind = "Appointment"
    model = Appointment
    columns = ("status", "period", "appointment_type", "note", "cancel_reason", "cancelled_by")
    own_refs = ("patient", "practitioner", "location")

    def values(self, row: Row, refs: Mapping[str, UUID]) -> dict[str, Any]:
        values = super().values(row, refs)
        start, end = values.pop("start"), values.pop("end")
        cancelled = values["status"] == AppointmentStatus.CANCELLED
        return values | {
            "period": DateTimeTZRange(start, end),
            "appointment_type": type_called(values.pop("type_name")),
            "cancel_reason": (values["cancel_reason"] or NOT_SAID) if cancelled else "",
            "cancelled_by": values["cancelled_by"] if cancelled else "",
        }


def type_called(name: str) -> AppointmentType:
    """Our visit type of that name, else the one that imported visits have; nobody books with that."""
    known = AppointmentType.objects.filter(name__iexact=name).first() if name else None
    if known is None:
        known, _ = AppointmentType.objects.get_or_create(
            name=IMPORTED_TYPE, defaults={"is_active": False, "needs_practitioner": False}
        )
    return known


def period(start: datetime, end: datetime | None) -> DateTimeTZRange:
    """Half-open, but a moment: an empty range would lose when it was."""
    return DateTimeTZRange(start, end, "[]" if end == start else "[)")
