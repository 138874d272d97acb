from fhir.actions.importing import (
    NotBooked,
    exempt_history,
    import_batch,
    import_future_visit,
)
from fhir.actions.keeping import Frame, Kept
from fhir.actions.uploading import start_import

__all__ = [
    "Frame",
    "Kept",
    "NotBooked",
    "exempt_history",
    "import_batch",
    "import_future_visit",
    "start_import",
]
