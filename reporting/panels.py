"""Where reporting stands: the manager's start page, and the figures in the rail."""

from kernel import homes, panels
from kernel.homes import Home
from kernel.panels import NavItem
from office.permissions import Permission as Office
from reporting.permissions import Permission


def register() -> None:
    homes.offer(Home(Office.VIEW_HOME, "reporting:home", order=10))
    panels.add_nav(
        NavItem(
            "Home", "home", "reporting:home", Office.VIEW_HOME, order=4,
            line="Today in figures, what waits, who is out, what expires.",
        )
    )  # fmt: skip
    panels.add_nav(
        NavItem(
            "Reports", "chart-line", "reporting:figures", Permission.VIEW_FIGURES, order=70,
            line="Waits, no-shows, the third next opening: how they are computed, and the rows behind.",
        )
    )  # fmt: skip
