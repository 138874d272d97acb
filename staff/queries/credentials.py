"""Whose papers lapse, and when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from kernel.actors import Actor
from staff.models import Credential, Employee

SOON_DAYS = 90
BANDS = ((30, "act"), (60, "look"), (SOON_DAYS, ""))  # days left, tone


@dataclass(frozen=True)
class Lapse:
    """A credential that has expired or will within 90 days."""

    credential: Credential
    employee: Employee
    expires_date: date
    days: int

    @property
    def is_expired(self) -> bool:
        return self.days <= 0

    @property
    def band(self) -> str:
        """Under which heading it stands: expired, or within 30, 60, 90 days."""
        if self.is_expired:
            return "expired"
        return str(next(limit for limit, _ in BANDS if self.days <= limit))

    @property
    def tone(self) -> str:
        return next((tone for limit, tone in BANDS if self.days <= limit), "")

    @property
    def says(self) -> str:
        return standing_words(self.days)


def standing_words(days: int) -> str:
    if days <= 0:
        return "Expired today" if days == 0 else f"Expired {_days(-days)} ago"
    return f"Expires in {_days(days)}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def expiring_credentials(actor: Actor, day: date, within: int = SOON_DAYS) -> list[Lapse]:
    """Of the people whose file the actor may open and who still work here; the most urgent first."""
    rows = (
        Credential.objects.visible_to(actor)
        .in_force()
        .not_replaced(day)
        .filter(expires_date__lte=day + timedelta(days=within))
        .filter(employee__in=Employee.objects.working(day))
        .select_related("employee")
        .order_by("expires_date", "pk")
    )
    return [
        Lapse(row, row.employee, row.expires_date, (row.expires_date - day).days)
        for row in rows
        if row.expires_date
    ]


@dataclass(frozen=True)
class Standing:
    """How one person's required credentials stand."""

    tone: str
    icon: str
    says: str


IN_ORDER = Standing("", "shield-check", "In order")


def credential_standing(employee_ids: Iterable[UUID], day: date) -> dict[UUID, Standing]:
    """The worst of each person's credentials; people without any are absent. One query."""
    rows = (
        Credential.objects.in_force()
        .not_replaced(day)
        .filter(employee__in=list(employee_ids))
        .order_by("expires_date", "pk")
    )
    standing: dict[UUID, Standing] = {}
    for row in rows:  # the first of each person expires first
        standing.setdefault(row.employee_id, _standing(row, day))
    return standing


def _standing(row: Credential, day: date) -> Standing:
    days = (row.expires_date - day).days if row.expires_date else SOON_DAYS + 1
    if days > SOON_DAYS:
        return IN_ORDER
    tone = next(tone for limit, tone in BANDS if days <= limit)
    icon = "shield-x" if days <= 0 else "alert-triangle"
    return Standing(tone, icon, f"{row.spoken}: {standing_words(days).lower()}")


@dataclass(frozen=True)
class Line:
    """One credential in a person's file."""

    credential: Credential
    tone: str
    icon: str
    says: str
    is_replaced: bool


def of_employee(employee: Employee, day: date) -> list[Line]:
    """All credentials of one person: those in force first, by expiry; voided ones last."""
    rows = list(employee.credentials.order_by("voided_at", "expires_date", "pk"))
    counting = set(employee.credentials.in_force().not_replaced(day).values_list("pk", flat=True))
    rows.sort(key=lambda row: (row.is_void, row.pk not in counting))
    return [_line(row, day, row.pk in counting) for row in rows]


def _line(row: Credential, day: date, counts: bool) -> Line:
    if row.is_void:
        return Line(row, "", "ban", "Voided", is_replaced=False)
    if not counts:
        return Line(row, "", "history", "Replaced by a newer one", is_replaced=True)
    if row.expires_date is None:
        return Line(row, "", "shield-check", "Does not expire", is_replaced=False)
    days = (row.expires_date - day).days
    if days > SOON_DAYS:
        return Line(row, "", "shield-check", IN_ORDER.says, is_replaced=False)
    tone = next(tone for limit, tone in BANDS if days <= limit)
    icon = "shield-x" if days <= 0 else "alert-triangle"
    return Line(row, tone, icon, standing_words(days), is_replaced=False)
