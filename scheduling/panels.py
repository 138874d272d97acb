"""What the schedule offers on the pages around it."""

from kernel import panels
from kernel.panels import NavItem
from scheduling.permissions import Permission


def register() -> None:
    panels.add_nav(
        NavItem(
            "Schedule",
            "calendar-event",
            "scheduling:day",
            Permission.VIEW_SCHEDULE,
            order=20,
            line="The day of a location: book, move, and see who is late.",
        )  # fmt: skip
    )
