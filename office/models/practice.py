from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from kernel import clock
from kernel.models import BaseModel, DataClass


def known_zone(name: str) -> None:
    if name not in clock.zone_names():
        raise ValidationError(f"“{name}” is not a time zone. Use a name such as America/New_York.")


class Practice(BaseModel):
    """The practice group this database belongs to: exactly one row."""

    data_class = DataClass.OPERATIONAL

    name = models.CharField(max_length=200)
    zone = models.CharField(
        max_length=64, validators=[known_zone], help_text="Posting dates and months."
    )
    locked_through_date = models.DateField(
        null=True, blank=True, help_text="Nothing on or before this date may be changed."
    )
    late_after_minutes = models.PositiveSmallIntegerField(default=5)
    waits_too_long_minutes = models.PositiveSmallIntegerField(default=20)
    is_set_up = models.BooleanField(default=False, help_text="The first-run steps are done.")
    only = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint("only", name="practice_is_one"),
            models.CheckConstraint(name="practice_only_is_true", condition=Q(only=True)),
        ]

    def __str__(self) -> str:
        return self.name
