from staff.actions.credentials import (
    CredentialVoid,
    add_credential,
    change_credential,
    renew_credential,
    void_credential,
)
from staff.actions.employees import change_employee, hire_employee, keep_employee, part_employee
from staff.actions.practitioners import add_practitioner, change_practitioner
from staff.actions.time_off import (
    AwayAlready,
    DecidedAlready,
    approve_time_off,
    cancel_time_off,
    decline_time_off,
    enter_time_off,
    preview_time_off,
    reopen_time_off,
    request_time_off,
    restore_time_off,
)

__all__ = [
    "AwayAlready",
    "CredentialVoid",
    "DecidedAlready",
    "add_credential",
    "add_practitioner",
    "approve_time_off",
    "cancel_time_off",
    "change_credential",
    "change_employee",
    "change_practitioner",
    "decline_time_off",
    "enter_time_off",
    "hire_employee",
    "keep_employee",
    "part_employee",
    "preview_time_off",
    "renew_credential",
    "reopen_time_off",
    "request_time_off",
    "restore_time_off",
    "void_credential",
]
