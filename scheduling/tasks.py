"""What the worker does for the schedule at every tick."""

from kernel.tasks import chore
from scheduling.actions import holding


@chore
def sweep_holds() -> None:
    holding.sweep_lapsed_holds()
