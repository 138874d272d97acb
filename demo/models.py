from django.db import models
from django.db.models import Q

from kernel.models import DataClass


class DemoPractice(models.Model):
    """How far this install's invented days have been played; no row outside a demo practice."""

    data_class = DataClass.OPERATIONAL

    only = models.BooleanField(primary_key=True, default=True)
    seed = models.CharField(max_length=40, help_text="The same seed tells the same story again.")
    today_date = models.DateField(help_text="The day last spread around the clock.")
    through_date = models.DateField(help_text="The last day with invented visits.")
    spread_at = models.DateTimeField(help_text="The moment today was last spread around.")

    class Meta:
        constraints = [models.CheckConstraint(name="demo_practice_is_one", condition=Q(only=True))]

    def __str__(self) -> str:
        return f"played to {self.today_date}, booked through {self.through_date}"
