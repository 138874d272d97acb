from scheduling.models.appointment import (
    Appointment,
    AppointmentStatus,
    CancelledBy,
    Confirmation,
)
from scheduling.models.availability import Availability, AvailabilityException
from scheduling.models.reminder import AnswerKind, PatientAnswer, ReminderRule
from scheduling.models.reservation import Hold, Reservation, ResourceKind
from scheduling.models.types import AppointmentType

__all__ = [
    "AnswerKind",
    "PatientAnswer",
    "ReminderRule",
    "Appointment",
    "AppointmentStatus",
    "AppointmentType",
    "Availability",
    "AvailabilityException",
    "CancelledBy",
    "Confirmation",
    "Hold",
    "Reservation",
    "ResourceKind",
]
