from enum import StrEnum
from uuid import UUID

import uuid_utils.compat
from django.db import models


class DataClass(StrEnum):
    """How delicate a table's rows are; every model declares one as `data_class`."""

    PUBLIC = "public"
    OPERATIONAL = "operational"
    PHI = "phi"
    PERSONNEL = "personnel"
    FINANCIAL = "financial"


def new_id() -> UUID:
    """A UUIDv7: unique like v4, but rows made together lie together in an index."""
    return uuid_utils.compat.uuid7()


class BaseModel(models.Model):
    """An entity of the practice: an id that may leave the house and a version that edit forms carry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(auto_now_add=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save_changes(self, **changes: object) -> list[str]:
        """
        Write the named fields and raise the version; returns the names that really changed.

        Call it on a row read under a lock (`select_for_update`), inside an act.
        """
        changed = [name for name, value in changes.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, changes[name])
        if changed:
            self.version += 1
            self.save(update_fields=[*changed, "version", "updated_at"])
        return changed

    def raise_version(self) -> None:
        """Something about the row changed that lives in another table."""
        self.version += 1
        self.save(update_fields=["version", "updated_at"])
