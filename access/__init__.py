"""Users, roles, sign-in, sessions, and the pages of the audit trail."""
