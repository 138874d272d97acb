from desk.models.checklist import ChecklistItem, ChecklistRun, ChecklistTemplate, RunItem
from desk.models.party import Party
from desk.models.task import Task, TaskEntry

__all__ = [
    "ChecklistItem",
    "ChecklistRun",
    "ChecklistTemplate",
    "Party",
    "RunItem",
    "Task",
    "TaskEntry",
]
