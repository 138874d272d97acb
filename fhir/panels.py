"""Where the import stands among the pages."""

from kernel import panels
from kernel.panels import NavItem
from patients.permissions import Permission


def register() -> None:
    panels.add_nav(
        NavItem("Import patients", "file-import", "fhir:imports", Permission.IMPORT_PATIENTS, order=90,
                in_rail=False, line="Bring patients and their visits in from another system (FHIR R4).")
    )  # fmt: skip
