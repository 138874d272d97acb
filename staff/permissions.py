from kernel.permissions import PermissionEnum
from office.roles import EVERYONE, Role


class Permission(PermissionEnum):
    """Personnel: who sees the directory, the files, and who decides."""

    VIEW_DIRECTORY = "staff.view_directory", "See who works here and who is out", EVERYONE
    VIEW_FILE = "staff.view_file", "Open personnel files of one's reports; HR all", EVERYONE
    VIEW_ALL_FILES = "staff.view_all_files", "Open every personnel file", {Role.HR, Role.MANAGER}
    EDIT_EMPLOYEE = "staff.edit_employee", "Hire and change employees", {Role.HR, Role.MANAGER}
    KEEP_CREDENTIALS = (
        "staff.keep_credentials",
        "Enter and renew credentials",
        {Role.HR, Role.MANAGER},
    )
    REQUEST_TIME_OFF = "staff.request_time_off", "Ask for time off", EVERYONE
    DECIDE_TIME_OFF = (
        "staff.decide_time_off",
        "Approve and decline time off",
        {Role.MANAGER, Role.HR},
    )
    OVERRIDE_CREDENTIAL = (
        "staff.override_credential",
        "Go on although a credential has expired or someone is away",
        {Role.MANAGER},
    )
