from kernel.permissions import PermissionEnum
from office.roles import EVERYONE, Role

FLOOR = frozenset({Role.FRONT_DESK, Role.NURSE, Role.PHYSICIAN, Role.BILLER, Role.MANAGER})


class Permission(PermissionEnum):
    """What lies on every desk: tasks, checklists, the numbers of those outside."""

    USE_TASKS = "desk.use_tasks", "Keep tasks: one's own, the team's, those one made", EVERYONE
    VIEW_ALL_TASKS = (
        "desk.view_all_tasks",
        "See everybody's tasks at one's own locations",
        {Role.MANAGER},
    )
    RUN_CHECKLISTS = "desk.run_checklists", "Work through the checklists of a location", FLOOR
    CONFIGURE_CHECKLISTS = (
        "desk.configure_checklists",
        "Write checklists: what, where, how often, with which limits",
        {Role.MANAGER, Role.ADMINISTRATOR},
    )
    VIEW_PARTIES = (
        "desk.view_parties",
        "Look up vendors, agencies, labs and emergency numbers",
        EVERYONE,
    )
    KEEP_PARTIES = (
        "desk.keep_parties",
        "Enter and change vendors, agencies, labs and emergency numbers",
        {Role.FRONT_DESK, Role.NURSE, Role.BILLER, Role.MANAGER},
    )
    VIEW_DOCUMENTS = (
        "desk.view_documents",
        "Open the folders of one's locations and what lies in them",
        EVERYONE,
    )
    FILE_DOCUMENTS = (
        "desk.file_documents",
        "Add documents, and name, move and archive them",
        EVERYONE - {Role.ADMINISTRATOR},
    )
    KEEP_DOCUMENTS = (
        "desk.keep_documents",
        "Make and close folders, set how long documents are kept, hold them",
        {Role.MANAGER, Role.PRIVACY},
    )
