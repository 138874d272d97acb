"""Who sees patients."""

from collections.abc import Iterable, Sequence
from typing import Any

from kernel import acts
from kernel.actors import Actor
from kernel.acts import act
from kernel.keeping import cleaned, read_again, same_version, saved
from kernel.refusals import OutOfScope
from office.models import Location
from staff.models import Employee, Practitioner
from staff.npi import checked_npi
from staff.permissions import Permission

CHANGEABLE = {"qualification", "specialty", "npi", "is_bookable"}
REFUSED = {
    "own_npi_once": ("Another practitioner has this NPI.", "npi"),
    "own_npi_ten_digits": ("An NPI has 10 digits and begins with 1 or 2.", "npi"),
    "staff_practitioner_employee_id_key": ("This person is a practitioner already.", ""),
}


@act(permission=Permission.EDIT_EMPLOYEE, scope=lambda asked: asked["locations"])
def add_practitioner(
    *,
    employee: Employee,
    locations: Sequence[Location],
    by: Actor,
    qualification: str = "",
    specialty: str = "",
    npi: str = "",
    is_bookable: bool = True,
) -> Practitioner:
    """
    Make an employee somebody patients are booked with.

    :raises Invalid: the NPI is mistyped or another's, or the person is a practitioner already
    """
    person = read_again(employee, by)
    practitioner = Practitioner(
        employee=person,
        family_name=person.family_name,
        given_name=person.given_name,
        is_bookable=is_bookable,
        **_checked({"qualification": qualification, "specialty": specialty, "npi": npi}),
    )
    saved(lambda: practitioner.save(force_insert=True), REFUSED)
    practitioner.locations.set(locations)
    acts.note(practitioner)
    return practitioner


@act(permission=Permission.EDIT_EMPLOYEE)
def change_practitioner(
    *,
    practitioner: Practitioner,
    version: int,
    by: Actor,
    locations: Sequence[Location] | None = None,
    **changes: Any,
) -> Practitioner:
    """
    Change what they are, where they work, whether they are booked.

    :raises StaleVersion: somebody else changed it since the form was opened
    :raises Invalid: the NPI is mistyped or another's
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"change_practitioner() does not change {sorted(unknown)}")
    if practitioner.employee is None:
        raise OutOfScope
    read_again(
        practitioner.employee, by
    )  # who may see the file; locations say where they are booked
    row = Practitioner.objects.select_for_update(of=("self",), no_key=True).get(pk=practitioner.pk)
    same_version(row, version, changes)
    changed = saved(lambda: row.save_changes(**_checked(changes)), REFUSED)
    if locations is not None and _move(row, locations, by):
        changed = [*changed, "locations"]
        if changed == ["locations"]:
            row.raise_version()  # others' open forms are old now
    acts.note(row, changed=changed)
    return row


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    values = cleaned(values)
    if values.get("npi"):
        values["npi"] = checked_npi(values["npi"])
    return values


def _move(practitioner: Practitioner, locations: Iterable[Location], by: Actor) -> bool:
    before, after = set(practitioner.locations.all()), set(locations)
    if not by.works_at_all(before ^ after):
        raise OutOfScope
    practitioner.locations.set(after)
    return before != after
