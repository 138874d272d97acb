"""What the first steps do that no single room does: the first account, people as a new office enters them."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any

from django.db import connection, transaction

from access import actions as access_actions
from access.models import User
from first_run import code as setup_code
from kernel.actors import Actor
from kernel.acts import act
from kernel.refusals import Invalid, Refusal
from office import actions as office_actions
from office.models import Location, Room
from office.permissions import Permission as Office
from office.roles import Role
from scheduling.actions.configuring import configure_schedule, set_week
from scheduling.models import AppointmentType
from scheduling.permissions import Permission as Scheduling
from staff import actions as staff_actions
from staff.models import Employee
from staff.permissions import Permission as Staff

Hours = Iterable[tuple[int, time, time]]
ONE_CLAIM = 7_310_005  # advisory lock: of two who claim the office at once, one comes first
POSITIONS = {
    Role.FRONT_DESK: "Front desk",
    Role.NURSE: "Nurse",
    Role.PHYSICIAN: "Physician",
    Role.BILLER: "Biller",
    Role.HR: "HR",
    Role.MANAGER: "Practice manager",
    Role.PRIVACY: "Privacy officer",
}


class Claimed(Refusal):
    """Somebody has made the first account already."""

    code = "claimed"
    title = "This office has an account already. Sign in with it"


@act(permission=None)
def claim_office(*, code: str, name: str, email: str, password: str, by: Actor) -> User:
    """
    Make the first account, who may do everything there is to set up.

    :raises Invalid: the code is not the one of this machine
    :raises Claimed: there is an account already
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_CLAIM])
    if User.objects.exists():
        raise Claimed
    if not setup_code.fits(code):
        raise Invalid(
            "This is not the code. Copy it from the machine that runs the office.", field="code"
        )
    user = access_actions.create_user(
        email=email,
        name=name,
        roles=[Role.ADMINISTRATOR, Role.MANAGER],
        locations=[],
        password=password,
        by=by,
    )
    transaction.on_commit(setup_code.spend)
    return user


@act(permission=Office.CONFIGURE_OFFICE)
def set_up_location(
    *, location: Location | None, place: Mapping[str, str], hours: Hours, by: Actor
) -> Location:
    """
    Make the first location with its week, or change both.

    :raises Invalid: the hours or the zone make no sense
    :raises AlreadyThere: another location has the name
    """
    if location is None:
        location = office_actions.add_location(by=by, **place)
    else:
        changed = [name for name, value in place.items() if getattr(location, name) != value]
        for name in changed:
            setattr(location, name, place[name])
        if changed:
            office_actions.configure(instance=location, changed=changed, by=by)
    office_actions.write_hours(location, hours)
    return location


@act(permission=Office.CONFIGURE_OFFICE)
def add_rooms(*, location: Location, rooms: Iterable[Mapping[str, str]], by: Actor) -> list[Room]:
    """
    Several rooms at once, all or none.

    :raises AlreadyThere: one of the names is taken, or comes twice
    """
    return [office_actions.add_room(location=location, by=by, **room) for room in rooms]


@act(permission=Staff.EDIT_EMPLOYEE, scope=lambda asked: asked["location"])
def add_person(
    *,
    given_name: str,
    family_name: str,
    role: str,
    location: Location,
    hired_date: date,
    by: Actor,
    email: str = "",
    sees_patients: bool = False,
    qualification: str = "",
    npi: str = "",
) -> Employee:
    """
    Somebody who works here: in the directory, with an account if there is an e-mail, bookable if they see patients.

    :raises Invalid: a name is missing, the e-mail has an account, the NPI is mistyped
    """
    employee = staff_actions.hire_employee(
        family_name=family_name,
        given_name=given_name,
        position=qualification or POSITIONS.get(Role(role), str(role)),
        hired_date=hired_date,
        locations=[location],
        email=email,
        roles=[role] if email else [],
        by=by,
    )
    if sees_patients:
        staff_actions.add_practitioner(
            employee=employee, locations=[location], qualification=qualification, npi=npi, by=by
        )
    return employee


@act(permission=Scheduling.SET_AVAILABILITY)
def add_visit_types(*, kinds: Iterable[AppointmentType], by: Actor) -> list[AppointmentType]:
    """Take over chosen visit types of the starting set; those whose name is there already are left alone."""
    there = set(AppointmentType.objects.values_list("name", flat=True))
    fresh = [kind for kind in kinds if kind.name not in there]
    for kind in fresh:
        configure_schedule(instance=kind, changed=[], by=by)
    return fresh


@act(permission=Scheduling.SET_AVAILABILITY)
def set_weeks(*, weeks: Iterable[Mapping[str, Any]], by: Actor) -> None:
    """When several practitioners see patients, all or none."""
    for week in weeks:
        set_week(by=by, **week)
