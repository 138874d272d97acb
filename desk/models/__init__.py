from desk.models.checklist import ChecklistItem, ChecklistRun, ChecklistTemplate, RunItem
from desk.models.document import (
    Disposal,
    Document,
    DocumentVersion,
    DocumentWords,
    Folder,
    FolderGrant,
    RetentionClass,
)
from desk.models.party import Party
from desk.models.task import Task, TaskEntry

__all__ = [
    "ChecklistItem",
    "ChecklistRun",
    "ChecklistTemplate",
    "Disposal",
    "Document",
    "DocumentVersion",
    "DocumentWords",
    "Folder",
    "FolderGrant",
    "Party",
    "RetentionClass",
    "RunItem",
    "Task",
    "TaskEntry",
]
