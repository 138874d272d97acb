"""Who works here: the directory and one person's file."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from kernel import clock
from kernel.actors import Actor
from office import queries as office_queries
from office.models import Location
from staff.models import Employee, Practitioner
from staff.permissions import Permission
from staff.queries.away import Out, who_is_out
from staff.queries.credentials import Standing, credential_standing


def practice_today(at: datetime) -> date:
    return clock.today(at, office_queries.practice_zone())


@dataclass(frozen=True)
class DirectoryRow:
    """One line of the directory. `url`: of the file, for those who may open it."""

    id: UUID
    name: str
    position: str
    places: str
    out: str
    standing: Standing | None
    url: str


@dataclass(frozen=True)
class Directory:
    rows: list[DirectoryRow]
    total: int


def directory(
    actor: Actor,
    at: datetime,
    *,
    text: str = "",
    location: Location | None = None,
    only_out: bool = False,
    left: bool = False,
    first: int = 0,
    count: int = 100,
) -> Directory:
    """Everybody who works here, with who is out and, for those who may open the file, the credentials."""
    today = practice_today(at)
    out = {each.employee_id: each for each in who_is_out(actor, at, everywhere=True)}
    people = Employee.objects.listed_for(actor).matching(text)
    people = (
        people.filter(parted_date__lt=today)
        if left
        else people.filter(Q(parted_date=None) | Q(parted_date__gte=today))
    )
    if location is not None:
        people = people.at_location(location)
    if only_out:
        people = people.filter(pk__in=list(out))
    page = list(
        people.select_related("practitioner", "supervisor")
        .prefetch_related("locations")
        .order_by("family_name", "given_name", "pk")[first : first + count]
    )
    may_open = {each.pk for each in page if opens_file(actor, each)}
    standing = credential_standing(may_open, today)
    return Directory(
        [_row(each, out.get(each.pk), standing.get(each.pk), each.pk in may_open) for each in page],
        people.count(),
    )


def opens_file(actor: Actor, employee: Employee) -> bool:
    """`EmployeeQuerySet.visible_to` for a row that is at hand, its supervisor with it."""
    if actor.grants.everything or actor.may(Permission.VIEW_ALL_FILES):
        return True
    above = employee.supervisor.user_id if employee.supervisor else None
    return actor.id is not None and actor.id in (employee.user_id, above)


def _row(person: Employee, out: Out | None, standing: Standing | None, opens: bool) -> DirectoryRow:
    url = reverse("staff:file", args=[person.pk]) if opens else ""
    practitioner = getattr(person, "practitioner", None)
    title = f", {practitioner.qualification}" if practitioner and practitioner.qualification else ""
    places = ", ".join(sorted(place.code or place.name for place in person.locations.all()))
    said = ""
    if out is not None:
        said = f"{out.why} until {out.until}" if out.until else f"{out.why} today"
    return DirectoryRow(person.pk, f"{person}{title}", person.position, places, said, standing, url)


@dataclass(frozen=True)
class EmployeeFile:
    """The head of one person's file."""

    employee: Employee
    practitioner: Practitioner | None
    locations: list[Location]
    supervisor: Employee | None
    reports: list[Employee]
    zone: str


def employee_file(employee: Employee) -> EmployeeFile:
    """What the file says about a person whom the caller may see."""
    from_place: QuerySet[Location] = employee.locations.order_by("name")
    return EmployeeFile(
        employee,
        Practitioner.objects.filter(employee=employee).prefetch_related("locations").first(),
        locations := list(from_place),
        employee.supervisor,
        list(employee.reports.order_by("family_name", "given_name", "pk")),
        locations[0].zone
        if len({each.zone for each in locations}) == 1
        else office_queries.practice_zone(),
    )
