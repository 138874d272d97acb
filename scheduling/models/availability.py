from django.db import models
from django.db.models import F, Q

from kernel.models import BaseModel, DataClass
from office.models import Location
from office.models.hours import Weekday
from scheduling.models.types import AppointmentType
from staff.models import Practitioner


class Availability(BaseModel):
    """When a practitioner sees patients at a location on a weekday, as wall time (FHIR availableTime)."""

    data_class = DataClass.OPERATIONAL

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="availabilities")
    location = models.ForeignKey(Location, models.CASCADE, related_name="availabilities")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True, help_text="The last day; empty: goes on.")
    allowed_types = models.ManyToManyField(AppointmentType, blank=True, help_text="Empty: all.")

    class Meta:
        verbose_name_plural = "weekly availability"
        constraints = [
            models.CheckConstraint(name="availability_forward", condition=Q(ends__gt=F("starts"))),
            models.CheckConstraint(name="availability_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(
                name="availability_valid_forward",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                "practitioner",
                "location",
                "weekday",
                "starts",
                "valid_from",
                name="availability_once",
            ),
        ]
        indexes = [models.Index("location", "weekday", name="availability_of_location")]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class AvailabilityException(BaseModel):
    """One day that differs: extra hours, or hours without patients (a meeting, a procedure day)."""

    data_class = DataClass.OPERATIONAL

    class Kind(models.TextChoices):
        EXTRA = "extra", "Extra hours"
        BLOCKED = "blocked", "No patients"

    practitioner = models.ForeignKey(
        Practitioner, models.CASCADE, related_name="availability_exceptions"
    )
    location = models.ForeignKey(Location, models.CASCADE, related_name="availability_exceptions")
    kind = models.CharField(max_length=8, choices=Kind)
    date = models.DateField()
    starts = models.TimeField()
    ends = models.TimeField()
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = "day that differs"
        verbose_name_plural = "days that differ"
        constraints = [
            models.CheckConstraint(
                name="availability_exception_forward", condition=Q(ends__gt=F("starts"))
            ),
            models.CheckConstraint(
                name="availability_exception_kind", condition=Q(kind__in=["extra", "blocked"])
            ),
        ]
        indexes = [models.Index("practitioner", "date", name="availability_exception_day")]
