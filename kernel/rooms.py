"""
The rooms of the house, lowest floor first: the one list that settings, logs, checks and harnesses read.

Names only, so that the launcher and the web server can ask before there is a Django.
"""

ROOMS = (
    "kernel",
    "office",
    "access",
    "desk",
    "communications",
    "staff",
    "patients",
    "scheduling",
    "reporting",
    "fhir",
    "portal",
    "first_run",
    "demo",
)
