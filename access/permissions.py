from kernel.permissions import PermissionEnum
from office.roles import Role


class Permission(PermissionEnum):
    """Accounts and the audit trail."""

    MANAGE_USERS = "access.manage_users", "Make accounts, give roles and locations", {
        Role.ADMINISTRATOR, Role.MANAGER,
    }  # fmt: skip
    MANAGE_ROLES = "access.manage_roles", "Say what each role may do", {Role.ADMINISTRATOR}
    ISSUE_TOKENS = "access.issue_tokens", "Issue and revoke API tokens", {Role.ADMINISTRATOR}
    READ_AUDIT = "access.read_audit", "Read the audit trail", {Role.PRIVACY, Role.ADMINISTRATOR}
    MANAGE_DEVICES = "access.manage_devices", "Set up and end screens and other unattended machines", {
        Role.ADMINISTRATOR, Role.MANAGER,
    }  # fmt: skip
