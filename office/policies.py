"""Who may use the routes of packages, declared by name. One reason each for those open to everybody."""

from kernel.policy import Policy, declare
from office.permissions import Permission

declare("account_login", Policy(public="the door"))
declare("mfa_authenticate", Policy(public="the second step of signing in"))
declare("mfa_login_webauthn", Policy(public="the door, by passkey"))
declare("account_inactive", Policy(public="says why somebody may not sign in"))
declare("account_signup", Policy(public="says that the office makes accounts"))
declare("account_reset_password*", Policy(public="who forgot the password cannot sign in"))
# One's own account. Early: who has to set up a second step first does it on these.
declare("account_logout", Policy(early=True))
declare("account_reauthenticate", Policy(early=True))
declare("mfa_reauthenticate*", Policy(early=True))
declare("mfa_index", Policy(early=True))
declare("account_change_password", Policy(early=True))  # asks for the present password itself
declare("account_set_password", Policy(again=True, early=True))
declare("mfa_*", Policy(again=True, early=True))
# Who may sign in, and what they may do.
declare("admin:access_*", Policy(permission=Permission.OPEN_ADMIN_PANEL, again=True))
declare("admin:auth_*", Policy(permission=Permission.OPEN_ADMIN_PANEL, again=True))
declare("admin:*", Policy(permission=Permission.OPEN_ADMIN_PANEL))
declare("api-schema", Policy())
