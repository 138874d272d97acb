"""What the worker does for the schedule: at every tick, and when something was booked."""

from typing import Any
from uuid import UUID

from kernel.outbox import subscribe
from kernel.tasks import chore
from scheduling import reminders
from scheduling.actions import holding


@chore
def sweep_holds() -> None:
    holding.sweep_lapsed_holds()


@chore
def plan_reminders() -> None:
    reminders.plan()


@subscribe("appointment.booked")
@subscribe("appointment.moved")
@subscribe("appointment.reinstated")
def write_about_booking(*, appointment_id: str, **_added_later: Any) -> None:
    reminders.plan_booked(UUID(appointment_id))
