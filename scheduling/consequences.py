"""What happens to visits when something in a lower room changes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from kernel import clock, consequences, live
from kernel.actors import Actor
from kernel.consequences import Effect
from scheduling.models import Appointment
from scheduling.querysets import AppointmentQuerySet


def visits_hit(practitioner: Any, period: Any) -> AppointmentQuerySet:
    """Visits that are agreed on and lie in the time somebody will be away."""
    visits = Appointment.objects.filter(
        practitioner=practitioner,
        status__in=["proposed", "pending", "booked"],
        period__overlap=period,
    )
    return visits.select_related("patient", "location", "appointment_type").order_by(
        "starts_at", "pk"
    )


class VisitsOfSomebodyAway:
    """Approved leave: the visits it hits are shown first, and wait in the work queue to be moved."""

    def locks(self, *, practitioner: Any = None, **_facts: Any) -> Iterable[tuple[str, UUID]]:
        return [("practitioner", practitioner.pk)] if practitioner else []

    def preview(
        self, *, by: Actor, practitioner: Any = None, period: Any = None, **_facts: Any
    ) -> Iterable[Effect]:
        if practitioner is None:
            return
        visits = visits_hit(practitioner, period)
        count = visits.count()
        if not count:
            yield Effect("No booked visit lies in this time.")
            return
        seen = list(visits.visible_to(by))
        rows = tuple(
            (_when(visit), str(visit.patient), visit.appointment_type.name, visit.location.name)
            for visit in seen
        )
        noun = "visit has" if count == 1 else "visits have"
        yield Effect(
            f"{count} booked {noun} to be moved.",
            count,
            rows=rows,
            subject_kind="patients.patient",
            subject_ids=tuple(visit.patient_id for visit in seen),
        )

    def apply(
        self, *, by: Actor, practitioner: Any = None, period: Any = None, **_facts: Any
    ) -> None:
        if practitioner is None:
            return
        for visit in visits_hit(practitioner, period):
            day = clock.local(visit.starts_at, visit.location.zone).date()
            live.changed(f"schedule:{day.isoformat()}", visit.location)


def _when(visit: Appointment) -> str:
    begins = clock.local(visit.starts_at, visit.location.zone)
    return f"{begins:%a} {begins.day} {begins:%b}, {begins:%-I:%M %p}"


consequences.follow("staff.leave_approved", "scheduling", VisitsOfSomebodyAway())
