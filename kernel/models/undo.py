from django.db import models

from kernel.models.base import BaseModel, DataClass


class UndoToken(BaseModel):
    """The right of one actor to take back one act, for a while, once."""

    data_class = DataClass.OPERATIONAL

    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField()
    act = models.CharField(max_length=100, help_text="The act that was done.")
    arguments = models.JSONField(
        default=dict, help_text="Ids and values for the act that takes it back."
    )
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("expires_at", name="undo_by_expiry")]
