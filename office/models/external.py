from django.db import models

from kernel.models import BaseModel, DataClass


class Organization(BaseModel):
    """Another organization that our records mention: a referring practice, a hospital (FHIR Organization)."""

    data_class = DataClass.OPERATIONAL

    name = models.CharField(max_length=300)
    phone = models.CharField(max_length=60, blank=True)
    address = models.JSONField(default=dict)
    source = models.CharField(max_length=300, blank=True, help_text="Where it was imported from.")
    source_id = models.CharField(max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "source",
                "source_id",
                name="organization_once_per_source",
                condition=~models.Q(source_id=""),
            )
        ]

    def __str__(self) -> str:
        return self.name
