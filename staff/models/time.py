from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from kernel.history import keep_history
from kernel.models import BaseModel, DataClass
from staff.models.employee import Employee
from staff.querysets import EmployeeTimeQuerySet


@keep_history
class EmployeeTime(BaseModel):
    """A person's leave or shift. Approved leave and published shifts of one person never overlap."""

    data_class = DataClass.PERSONNEL

    class Kind(models.TextChoices):
        LEAVE = "leave", "Leave"
        SHIFT = "shift", "Shift"

    class Status(models.TextChoices):
        REQUESTED = "requested", "Requested"
        APPROVED = "approved", "Approved"
        DECLINED = "declined", "Declined"
        CANCELLED = "cancelled", "Canceled"
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    class LeaveType(models.TextChoices):
        VACATION = "vacation", "Vacation"
        SICK = "sick", "Sick"
        PERSONAL = "personal", "Personal"
        EDUCATION = "education", "Continuing education"
        OTHER = "other", "Other"

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="times")
    kind = models.CharField(max_length=6, choices=Kind)
    leave_type = models.CharField(max_length=10, choices=LeaveType, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    period = DateTimeRangeField(help_text="Half-open: [start, end).")
    note = models.CharField(max_length=300, blank=True)
    decided_by_id = models.UUIDField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=300, blank=True)

    undo_token = ""  # given by the act that changed it, for the page that shows the result

    objects = EmployeeTimeQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="employee_time_free",
                expressions=[
                    ("employee", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=["approved", "published"]),
            ),
            models.CheckConstraint(
                name="employee_time_bounded",
                condition=Q(
                    period__isempty=False, period__lower_inf=False, period__upper_inf=False
                ),
            ),
            models.CheckConstraint(
                name="employee_time_half_open",
                condition=Q(period__lower_inc=True, period__upper_inc=False),
            ),
            models.CheckConstraint(
                name="employee_time_status_fits_kind",
                condition=Q(
                    kind="leave", status__in=["requested", "approved", "declined", "cancelled"]
                )
                | Q(kind="shift", status__in=["draft", "published", "cancelled"]),
            ),
            models.CheckConstraint(
                name="employee_leave_has_type",
                condition=Q(kind="shift", leave_type="") | (Q(kind="leave") & ~Q(leave_type="")),
            ),
            models.CheckConstraint(
                name="employee_time_decision_paired",
                condition=Q(decided_at=None, decided_by_id=None)
                | Q(decided_at__isnull=False, decided_by_id__isnull=False),
            ),
            models.CheckConstraint(
                name="employee_time_decline_has_reason",
                condition=~Q(status="declined") | ~Q(decision_reason=""),
            ),
            models.CheckConstraint(
                name="employee_leave_type_known",
                condition=Q(
                    leave_type__in=["", "vacation", "sick", "personal", "education", "other"]
                ),
            ),
        ]
