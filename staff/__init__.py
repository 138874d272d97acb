"""The people who work here: employees, practitioners, credentials, time off."""
