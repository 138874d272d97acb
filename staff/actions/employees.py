"""Who works here: hired, changed, parted with."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from access import actions as access_actions
from access.models import User
from kernel import acts, clock, consequences, live, outbox
from kernel.actors import Actor
from kernel.acts import act
from kernel.keeping import cleaned, read_again, same_version, saved
from kernel.refusals import Invalid, OutOfScope
from kernel.text import search_key
from office import queries as office_queries
from office.models import Location
from staff.models import Employee, Practitioner
from staff.permissions import Permission

CHANGEABLE = {
    "family_name", "given_name", "preferred_name", "position", "department", "supervisor", "fte",
    "phone", "email", "hired_date",
}  # fmt: skip
REFUSED = {
    "employee_fte_bounded": ("The share of a full week lies between 0.01 and 1.", "fte"),
    "employee_parted_after_hired": ("The last day cannot lie before the first.", "parted_date"),
    "employee_not_own_supervisor": ("Nobody is their own supervisor.", "supervisor"),
}


@act(permission=Permission.EDIT_EMPLOYEE, scope=lambda asked: asked["locations"])
def hire_employee(
    *,
    family_name: str,
    given_name: str,
    position: str,
    hired_date: date,
    locations: Sequence[Location],
    by: Actor,
    preferred_name: str = "",
    department: str = "",
    supervisor: Employee | None = None,
    fte: Decimal = Decimal(1),
    phone: str = "",
    email: str = "",
    roles: Sequence[str] = (),
) -> Employee:
    """
    Enter somebody who works here; with `roles` the account they sign in with is made too.

    :raises Invalid: a name is missing, a date makes no sense, or the account cannot be made
    """
    words = cleaned(
        {"family_name": family_name, "given_name": given_name, "position": position,
         "preferred_name": preferred_name, "department": department, "phone": phone, "email": email}
    )  # fmt: skip
    _refuse_nonsense(words | {"hired_date": hired_date})
    employee = Employee(
        **words,
        hired_date=hired_date,
        supervisor=supervisor,
        fte=fte,
        search_key=_search_key(words),
        user=_account(words, roles, locations, by),
    )
    saved(lambda: employee.save(force_insert=True), REFUSED)
    employee.locations.set(locations)
    outbox.publish("employee.hired", employee_id=employee.pk)
    acts.note(employee)
    return employee


@act(permission=Permission.EDIT_EMPLOYEE)
def change_employee(
    *,
    employee: Employee,
    version: int,
    by: Actor,
    locations: Sequence[Location] | None = None,
    **changes: Any,
) -> Employee:
    """
    Change what the file says about a person; their name changes as a practitioner too.

    :raises StaleVersion: somebody else changed it since the form was opened
    :raises OutOfScope: not theirs to see, or a location was added or taken where the actor does not work
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"change_employee() does not change {sorted(unknown)}")
    row = read_again(employee, by)
    same_version(row, version, changes)
    changes = cleaned(changes)
    _refuse_nonsense(changes)
    _refuse_circle(row, changes.get("supervisor"))
    names = {
        name: changes.get(name, getattr(row, name))
        for name in ("family_name", "given_name", "preferred_name")
    }
    changed = saved(lambda: row.save_changes(**changes, search_key=_search_key(names)), REFUSED)
    if locations is not None and _move(row, locations, by):
        changed = [*changed, "locations"]
        if changed == ["locations"]:
            row.raise_version()  # others' open forms are old now
    _rename_practitioner(row)
    acts.note(row, changed=sorted(set(changed) - {"search_key"}))
    return row


@act(permission=Permission.EDIT_EMPLOYEE)
def part_employee(
    *, employee: Employee, parted_date: date, by: Actor, at: datetime, reason: str = ""
) -> Employee:
    """
    Enter somebody's last day. What hangs on them in other rooms follows (point `staff.parted`); once the
    day is over they sign in no more.

    :raises Invalid: before the first day
    """
    facts = parting_facts(employee, parted_date)
    consequences.lock("staff.parted", ("employee", employee.pk), **facts)
    row = read_again(employee, by)
    _refuse_nonsense({"parted_date": parted_date})
    saved(lambda: row.save_changes(parted_date=parted_date), REFUSED)
    if row.user and parted_date < clock.today(at, office_queries.practice_zone()):
        system = Actor.system("staff", on_behalf_of=by)
        access_actions.close_account(user=row.user, by=system, reason="The last day is over.")
    consequences.apply("staff.parted", by=by, **facts)
    outbox.publish("employee.parted", employee_id=row.pk, parted_date=str(parted_date))
    acts.note(row, parted_date=str(parted_date))
    _tell(row)
    return row


@act(permission=Permission.EDIT_EMPLOYEE)
def keep_employee(*, employee: Employee, by: Actor) -> Employee:
    """They stay after all: takes the last day back. A closed account stays closed."""
    row = read_again(employee, by)
    row.save_changes(parted_date=None)
    _tell(row)
    acts.note(row)
    return row


def parting_facts(employee: Employee, parted_date: date) -> dict[str, Any]:
    """What the rooms above are told at the point `staff.parted`."""
    practitioner = Practitioner.objects.filter(employee=employee).first()
    return {"employee": employee, "practitioner": practitioner, "parted_date": parted_date}


def close_accounts_of_the_parted(*, at: datetime) -> list[UUID]:
    """Every tick: who worked here until yesterday signs in no more; returns the accounts closed."""
    today = clock.today(at, office_queries.practice_zone())
    gone = User.objects.filter(is_active=True, employee__parted_date__lt=today)
    closed = []
    for user in gone:
        access_actions.close_account(
            user=user, by=Actor.system("staff"), reason="The last day is over."
        )
        closed.append(user.pk)
    return closed


def _account(
    words: Mapping[str, str], roles: Sequence[str], locations: Iterable[Location], by: Actor
) -> User | None:
    if not roles:
        return None
    if not words["email"]:
        raise Invalid("Signing in needs an e-mail address.", field="email")
    name = f"{words['preferred_name'] or words['given_name']} {words['family_name']}"
    return access_actions.create_user(
        email=words["email"], name=name, roles=roles, locations=locations, by=by
    )


def _move(employee: Employee, locations: Iterable[Location], by: Actor) -> bool:
    before, after = set(employee.locations.all()), set(locations)
    if not by.works_at_all(before ^ after):
        raise OutOfScope
    employee.locations.set(after)
    return before != after


def _rename_practitioner(employee: Employee) -> None:
    practitioner = Practitioner.objects.filter(employee=employee).first()
    if practitioner:
        practitioner.save_changes(family_name=employee.family_name, given_name=employee.given_name)


def _search_key(names: Mapping[str, str]) -> str:
    said = (names["family_name"], names["given_name"], names["preferred_name"])
    return search_key(" ".join(said))[:250]


def _refuse_nonsense(values: Mapping[str, Any]) -> None:
    for name in ("family_name", "given_name", "position"):
        if name in values and not values[name]:
            raise Invalid("Enter something here.", field=name)
    for name in ("hired_date", "parted_date"):
        if name in values and not clock.reasonable(values[name]):
            raise Invalid("Enter a date of these times.", field=name)


def _refuse_circle(employee: Employee, supervisor: Employee | None) -> None:
    """Following supervisors upward must come to an end."""
    if supervisor is None:
        return
    above = dict(Employee.objects.exclude(supervisor=None).values_list("pk", "supervisor"))
    here: UUID | None = supervisor.pk
    seen = {employee.pk}
    while here:
        if here in seen:
            raise Invalid(
                f"{supervisor.called} reports to {employee.called}, directly or through others.",
                field="supervisor",
            )
        seen.add(here)
        here = above.get(here)


def _tell(employee: Employee) -> None:
    for location in employee.locations.all():
        live.changed("staff.people", location)
