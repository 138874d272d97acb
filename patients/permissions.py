from kernel.permissions import PermissionEnum
from office.roles import CLINICAL, DESK, Role


class Permission(PermissionEnum):
    """Who finds, registers and opens patients."""

    FIND_PATIENT = "patients.find_patient", "Find patients of the practice by name, birth date, chart number", (
        DESK | CLINICAL | {Role.BILLER, Role.PRIVACY}
    )  # fmt: skip
    VIEW_PATIENT = (
        "patients.view_patient",
        "Open a patient",
        DESK | CLINICAL | {Role.BILLER, Role.PRIVACY},
    )
    REGISTER_PATIENT = (
        "patients.register_patient",
        "Register and change patients",
        DESK | {Role.NURSE},
    )
    IMPORT_PATIENTS = "patients.import_patients", "Import patients from files", {Role.ADMINISTRATOR}
    MOVE_FLOW = (
        "patients.move_flow",
        "Mark patients arrived, roomed, seen and gone",
        DESK | CLINICAL,
    )
