from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from office.models import Location
from staff.querysets import EmployeeQuerySet


@keep_history
class Employee(BaseModel):
    """Somebody the practice employs (FHIR Person); whoever sees patients has a Practitioner too."""

    data_class = DataClass.PERSONNEL

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="employee"
    )
    family_name = models.CharField(max_length=100)
    given_name = models.CharField(max_length=100)
    preferred_name = models.CharField(max_length=100, blank=True)
    position = models.CharField(max_length=100)
    department = models.CharField(max_length=60, blank=True)
    locations = models.ManyToManyField(Location, related_name="employees", blank=True)
    supervisor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="reports"
    )
    fte = models.DecimalField("FTE", max_digits=3, decimal_places=2, default=1)
    phone = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    hired_date = models.DateField()
    parted_date = models.DateField(null=True, blank=True)
    search_key = models.CharField(max_length=250, editable=False)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="employee_fte_bounded", condition=Q(fte__gt=0, fte__lte=1)),
            models.CheckConstraint(
                name="employee_parted_after_hired",
                condition=Q(parted_date=None) | Q(parted_date__gte=F("hired_date")),
            ),
            models.CheckConstraint(
                name="employee_not_own_supervisor",
                condition=Q(supervisor=None) | ~Q(supervisor=F("id")),
            ),
        ]
        indexes = [GinIndex(OpClass("search_key", name="gin_trgm_ops"), name="employee_search")]

    def __str__(self) -> str:
        return f"{self.family_name}, {self.given_name}"

    @property
    def called(self) -> str:
        return f"{self.preferred_name or self.given_name} {self.family_name}"
