"""Who may use the routes of packages, declared by name. One reason each for those open to everybody."""

from kernel.policy import Policy, declare
from office.permissions import Permission

declare("account_login", Policy(public="the door"))
declare("mfa_authenticate", Policy(public="the second step of signing in"))
declare("account_inactive", Policy(public="says why somebody may not sign in"))
declare("account_signup", Policy(public="says that the office makes accounts"))
declare("account_reset_password*", Policy(public="who forgot the password cannot sign in"))
declare("account_logout", Policy())
declare("account_reauthenticate", Policy())
declare("account_change_password", Policy())
declare("account_set_password", Policy())
declare("mfa_*", Policy())
declare("admin:*", Policy(permission=Permission.OPEN_ADMIN_PANEL))
declare("api-schema", Policy())
