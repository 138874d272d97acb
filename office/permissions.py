from kernel.permissions import PermissionEnum
from office.roles import EVERYONE, Role


class Permission(PermissionEnum):
    """What one may do with the office itself."""

    VIEW_OFFICE = "office.view_office", "See locations, rooms and hours", EVERYONE
    CONFIGURE_OFFICE = (
        "office.configure_office",
        "Set up the practice, locations, rooms, hours and rules",
        {Role.ADMINISTRATOR, Role.MANAGER},
    )
    LOCK_PERIOD = "office.lock_period", "Set the date before which nothing changes", {Role.MANAGER}
    VIEW_HOME = (
        "office.view_manager_home",
        "See the manager's home",
        {Role.MANAGER, Role.ADMINISTRATOR},
    )
    OPEN_ADMIN_PANEL = (
        "office.open_admin_panel",
        "Open the admin panel",
        {Role.ADMINISTRATOR, Role.MANAGER},
    )
    VIEW_JOBS = "office.view_jobs", "See all jobs", {Role.ADMINISTRATOR, Role.MANAGER}
    VIEW_RULES = "office.view_rules", "See the office's rules and what they did", {
        Role.MANAGER, Role.ADMINISTRATOR, Role.PRIVACY,
    }  # fmt: skip
