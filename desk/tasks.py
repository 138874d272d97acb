"""What the worker does for the desk at every tick."""

from desk.actions.checklists import make_due_runs
from kernel.tasks import chore


@chore
def make_the_lists_of_today() -> None:
    make_due_runs()
