from django.db import models
from django.db.models import F, Q

from kernel.models import BaseModel, DataClass
from office.models.places import Location


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Monday"
    TUESDAY = 1, "Tuesday"
    WEDNESDAY = 2, "Wednesday"
    THURSDAY = 3, "Thursday"
    FRIDAY = 4, "Friday"
    SATURDAY = 5, "Saturday"
    SUNDAY = 6, "Sunday"


class OpeningHours(BaseModel):
    """When a location is open on a weekday, as wall time; several rows make a lunch break."""

    data_class = DataClass.OPERATIONAL

    location = models.ForeignKey(Location, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opening_hours_forward", condition=Q(closes__gt=F("opens"))
            ),
            models.CheckConstraint(name="opening_hours_weekday", condition=Q(weekday__lte=6)),
            models.UniqueConstraint("location", "weekday", "opens", name="opening_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Closure(BaseModel):
    """Days on which a location, or the whole practice, is closed: a holiday, a move, snow."""

    data_class = DataClass.OPERATIONAL

    location = models.ForeignKey(
        Location, models.CASCADE, null=True, blank=True, related_name="closures"
    )
    first_date = models.DateField()
    last_date = models.DateField()
    name = models.CharField(max_length=100)
    is_holiday = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="closure_forward", condition=Q(last_date__gte=F("first_date"))
            ),
            models.UniqueConstraint(
                "location", "first_date", "name", name="closure_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.first_date:%d %b %Y}"
