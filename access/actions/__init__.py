from access.actions.accounts import (
    change_rights,
    change_user,
    close_account,
    create_user,
    reopen_account,
    reset_second_step,
)
from access.actions.roles import add_role, change_role
from access.actions.tokens import issue_token, revoke_token

__all__ = [
    "add_role",
    "change_rights",
    "change_role",
    "change_user",
    "close_account",
    "create_user",
    "issue_token",
    "reopen_account",
    "reset_second_step",
    "revoke_token",
]
