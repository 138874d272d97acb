from access.actions.accounts import (
    change_rights,
    change_user,
    close_account,
    create_user,
    reopen_account,
    reset_second_step,
    send_password_letter,
)
from access.actions.devices import (
    add_device,
    change_device,
    enroll_device,
    give_new_code,
    revoke_device,
)
from access.actions.roles import add_role, change_role, require_second_step
from access.actions.sessions import end_other_sessions, end_own_session, end_sessions_of
from access.actions.tokens import give_up_token, issue_token, revoke_token

__all__ = [
    "add_device",
    "change_device",
    "enroll_device",
    "give_new_code",
    "revoke_device",
    "add_role",
    "change_rights",
    "change_role",
    "change_user",
    "close_account",
    "create_user",
    "end_other_sessions",
    "end_own_session",
    "end_sessions_of",
    "give_up_token",
    "issue_token",
    "reopen_account",
    "require_second_step",
    "reset_second_step",
    "revoke_token",
    "send_password_letter",
]
