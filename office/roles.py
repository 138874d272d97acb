from enum import StrEnum


class Role(StrEnum):
    """The roles an office starts with; what each may do is configuration, this is the starting set."""

    FRONT_DESK = "Front desk"
    NURSE = "Nurse"
    PHYSICIAN = "Physician"
    BILLER = "Biller"
    HR = "HR"
    MANAGER = "Practice manager"
    PRIVACY = "Privacy officer"
    ADMINISTRATOR = "Administrator"


EVERYONE = frozenset(Role)
DESK = frozenset({Role.FRONT_DESK, Role.MANAGER})
CLINICAL = frozenset({Role.NURSE, Role.PHYSICIAN})
