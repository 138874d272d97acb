from kernel.permissions import PermissionEnum
from office.roles import CLINICAL, DESK, Role


class Permission(PermissionEnum):
    """The schedule and the flow of the day."""

    VIEW_SCHEDULE = "scheduling.view_schedule", "See the schedule", DESK | CLINICAL | {Role.BILLER}
    BOOK_APPOINTMENT = (
        "scheduling.book_appointment",
        "Book, move and cancel visits",
        DESK | {Role.NURSE},
    )
    OVERBOOK = (
        "scheduling.overbook",
        "Book beside a visit on purpose, with a reason",
        DESK | {Role.PHYSICIAN},
    )
    MOVE_PATIENT_FLOW = (
        "scheduling.move_patient_flow", "Mark patients arrived, roomed, seen and gone", DESK | CLINICAL
    )  # fmt: skip
    SET_AVAILABILITY = (
        "scheduling.set_availability", "Set visit types and when practitioners see patients",
        {Role.MANAGER, Role.ADMINISTRATOR},
    )  # fmt: skip
    BOOK_OUTSIDE = (
        "scheduling.book_outside", "Book outside a practitioner's hours", {Role.MANAGER, Role.PHYSICIAN}
    )  # fmt: skip
    START_AT_TODAY = (
        "scheduling.start_at_today", "Begin the day at the Today board", {Role.FRONT_DESK, Role.NURSE}
    )  # fmt: skip
    START_AT_MY_DAY = (
        "scheduling.start_at_my_day",
        "Begin the day at one's own patients",
        {Role.PHYSICIAN},
    )
