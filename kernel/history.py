"""Row history by trigger: what a row was before each change, also for bulk and raw writes."""

from typing import TypeVar

import pghistory
from django.db.models import Model

M = TypeVar("M", bound=type[Model])


def keep_history(model: M) -> M:
    """
    Keep every earlier version of a row in `<Model>History`; a new row costs nothing extra.

    Who did it stands in the audit event of the same instant (both carry the transaction's time).
    """
    track = pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old),
        pghistory.DeleteEvent(),
        model_name=f"{model.__name__}History",
        obj_field=pghistory.ObjForeignKey(related_name="history"),
    )
    return track(model)
