from kernel.permissions import PermissionEnum
from office.roles import CLINICAL, DESK, Role


class Permission(PermissionEnum):
    """Who speaks for the office, and who decides how."""

    VIEW_MESSAGES = (
        "communications.view_messages",
        "See what was written to patients, and what became of it",
        DESK | CLINICAL | {Role.BILLER, Role.PRIVACY},
    )
    SEND_MESSAGE = (
        "communications.send_message",
        "Write to patients; send again, or give up, what did not arrive",
        DESK | {Role.NURSE},
    )
    BROADCAST = "communications.broadcast", "Write to everybody booked in a range", {Role.MANAGER}
    WRITE_TEMPLATES = (
        "communications.write_templates",
        "Change the words of messages",
        {Role.MANAGER},
    )
    SET_SENDING = (
        "communications.set_sending",
        "Set quiet hours, caps and reminders",
        {Role.MANAGER, Role.ADMINISTRATOR},
    )
