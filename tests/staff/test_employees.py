"""Hired, changed, parted with; and who sees patients."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError

from access.models import User
from kernel import consequences
from kernel.models import AuditEvent, OutboxEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope, StaleVersion
from office.roles import Role
from staff import actions
from staff.actions.employees import close_accounts_of_the_parted
from staff.models import Employee, Practitioner
from tests import factories
from tests.clock import MONDAY, at


@pytest.fixture
def hire(hr, location):
    def hired(**more):
        terms = {
            "family_name": "Okafor", "given_name": "Chidi", "position": "Front desk",
            "hired_date": MONDAY, "locations": [location], "by": hr,
        }  # fmt: skip
        return actions.hire_employee(**terms | more)

    return hired


# Hiring


def test_somebody_is_hired(hire, location):
    employee = hire(preferred_name="Chi", phone="555-0142", fte=Decimal("0.6"))

    employee.refresh_from_db()
    assert str(employee) == "Okafor, Chidi"
    assert employee.called == "Chi Okafor"
    assert employee.search_key == "okafor chidi chi"
    assert list(employee.locations.all()) == [location]
    assert employee.user is None
    assert AuditEvent.objects.get().subject_ids == [employee.pk]
    assert OutboxEvent.objects.get().topic == "employee.hired"


def test_what_cannot_be_seen_is_not_kept(hire):
    assert hire(family_name=" Oka\u202efor ").family_name == "Okafor"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"family_name": " \u200b"}, "family_name"),
        ({"position": ""}, "position"),
        ({"hired_date": date(1, 1, 1)}, "hired_date"),
        ({"hired_date": date(9999, 12, 31)}, "hired_date"),
        ({"fte": Decimal("1.5")}, "fte"),
        ({"fte": Decimal(0)}, "fte"),
    ],
)
def test_what_makes_no_sense_is_refused(hire, wrong, field):
    with pytest.raises(Invalid) as refused:
        hire(**wrong)

    assert refused.value.field == field
    assert not Employee.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_the_desk_hires_nobody(hire, desk):
    with pytest.raises(Forbidden):
        hire(by=desk)


def test_nobody_is_hired_where_one_does_not_work(hire, elsewhere):
    with pytest.raises(OutOfScope):
        hire(locations=[elsewhere])

    assert not Employee.objects.exists()


def test_with_roles_the_account_is_made_too(hire, manager, location):
    employee = hire(email="chidi@example.org", roles=[Role.FRONT_DESK], by=manager)

    by = factories.actor_of(employee.user)
    assert employee.user.name == "Chidi Okafor"
    assert by.works_at(location)
    assert by.may("staff.view_directory")


def test_an_account_needs_an_e_mail(hire, manager):
    with pytest.raises(Invalid, match="e-mail"):
        hire(roles=[Role.FRONT_DESK], by=manager)

    assert not Employee.objects.exists()


def test_an_account_that_cannot_be_made_hires_nobody(hire, manager):
    factories.UserFactory(email="chidi@example.org")

    with pytest.raises(Invalid, match="has an account"):
        hire(email="Chidi@example.org", roles=[Role.FRONT_DESK], by=manager)

    assert not Employee.objects.exists()


def test_who_may_not_make_accounts_cannot_by_hiring(hire):
    with pytest.raises(Forbidden):
        hire(email="chidi@example.org", roles=[Role.ADMINISTRATOR])

    assert not User.objects.filter(email="chidi@example.org").exists()
    assert not Employee.objects.exists()


# Changing


def test_a_change_is_kept_with_what_it_was(dana, hr):
    actions.change_employee(employee=dana, version=1, position="Lead nurse", phone="", by=hr)

    dana.refresh_from_db()
    assert (dana.position, dana.version) == ("Lead nurse", 2)
    assert dana.history.get().position == "Medical assistant"
    assert AuditEvent.objects.get().details == {"changed": ["position"]}


def test_of_two_who_change_at_once_the_second_is_told(dana, hr):
    actions.change_employee(employee=dana, version=1, position="Lead nurse", by=hr)

    with pytest.raises(StaleVersion) as refused:
        actions.change_employee(employee=dana, version=1, position="Head nurse", by=hr)

    assert refused.value.theirs.position == "Lead nurse"
    assert refused.value.yours == {"position": "Head nurse"}
    dana.refresh_from_db()
    assert dana.position == "Lead nurse"


def test_a_change_of_name_reaches_the_search_and_the_practitioner(dana, hr):
    practitioner = factories.PractitionerFactory(employee=dana, family_name="Kim")

    actions.change_employee(employee=dana, version=1, family_name="Kim-Østergaard", by=hr)

    dana.refresh_from_db()
    practitioner.refresh_from_db()
    assert dana.search_key == "kim ostergaard dana"
    assert practitioner.family_name == "Kim-Østergaard"


def test_a_person_moves_to_another_location(dana, location, elsewhere):
    by = factories.actor(Role.HR, location, elsewhere)

    row = actions.change_employee(employee=dana, version=1, locations=[elsewhere], by=by)

    assert list(dana.locations.all()) == [elsewhere]
    assert row.version == 2


def test_nobody_is_moved_to_where_one_does_not_work(dana, hr, location, elsewhere):
    with pytest.raises(OutOfScope):
        actions.change_employee(employee=dana, version=1, locations=[elsewhere], by=hr)

    assert list(dana.locations.all()) == [location]


def test_supervisors_do_not_go_in_a_circle(dana, hr):
    boss = factories.EmployeeFactory(supervisor=dana)

    with pytest.raises(Invalid, match="reports to Dana Kim"):
        actions.change_employee(employee=dana, version=1, supervisor=boss, by=hr)
    with pytest.raises(Invalid) as refused:
        actions.change_employee(employee=dana, version=1, supervisor=dana, by=hr)

    assert refused.value.field == "supervisor"
    dana.refresh_from_db()
    assert dana.supervisor is None


def test_a_supervisor_is_set_and_taken_away(dana, hr):
    boss = factories.EmployeeFactory()

    row = actions.change_employee(employee=dana, version=1, supervisor=boss, by=hr)
    row = actions.change_employee(employee=row, version=2, supervisor=None, by=hr)

    assert row.supervisor is None


def test_only_known_fields_change(dana, hr):
    with pytest.raises(TypeError, match="parted_date"):
        actions.change_employee(employee=dana, version=1, parted_date=MONDAY, by=hr)


def test_who_may_edit_but_not_open_the_file_does_not_find_it(dana, hr, monkeypatch):
    from django.contrib.auth.models import Group, Permission

    Group.objects.get(name=Role.HR).permissions.remove(
        Permission.objects.get(codename="view_all_files")
    )
    by = factories.actor(Role.HR)

    with pytest.raises(OutOfScope):
        actions.change_employee(employee=dana, version=1, position="Boss", by=by)


# Parting


def test_a_last_day_is_entered_and_taken_back(dana, hr, now):
    row = actions.part_employee(employee=dana, parted_date=date(2026, 11, 30), by=hr, at=now)
    assert (row.parted_date, row.user.is_active) == (date(2026, 11, 30), True)
    assert OutboxEvent.objects.get().payload["parted_date"] == "2026-11-30"

    row = actions.keep_employee(employee=row, by=hr)
    assert row.parted_date is None


def test_the_account_closes_when_the_last_day_is_over(dana, hr, now):
    actions.part_employee(employee=dana, parted_date=MONDAY, by=hr, at=now)

    assert close_accounts_of_the_parted(at=at("23:00")) == []
    assert close_accounts_of_the_parted(at=at("00:05", day=date(2026, 11, 17))) == [dana.user_id]
    assert close_accounts_of_the_parted(at=at("00:10", day=date(2026, 11, 17))) == []
    dana.user.refresh_from_db()
    assert not dana.user.is_active


def test_a_last_day_in_the_past_closes_it_at_once(dana, hr, now):
    actions.part_employee(employee=dana, parted_date=date(2026, 11, 13), by=hr, at=now)

    dana.user.refresh_from_db()
    assert not dana.user.is_active


def test_the_last_day_is_not_before_the_first(dana, hr, now):
    with pytest.raises(Invalid, match="before the first"):
        actions.part_employee(employee=dana, parted_date=date(2019, 1, 1), by=hr, at=now)

    dana.refresh_from_db()
    assert dana.parted_date is None


def test_parting_tells_the_rooms_above(dana, hr, now, monkeypatch):
    told = []

    class Follower:
        def locks(self, **facts):
            return [("practitioner", facts["practitioner"].pk)]

        def apply(self, **facts):
            told.append(facts)

    monkeypatch.setitem(consequences._followers, "staff.parted", [("above", Follower())])
    practitioner = factories.PractitionerFactory(employee=dana)

    actions.part_employee(employee=dana, parted_date=MONDAY, by=hr, at=now)

    assert [(each["practitioner"], each["parted_date"]) for each in told] == [
        (practitioner, MONDAY)
    ]


# Practitioners

NPI, OTHER_NPI = "1234567893", "1245319599"


@pytest.fixture
def add(dana, hr, location):
    def added(**more):
        terms = {"employee": dana, "locations": [location], "by": hr, "qualification": "NP"}
        return actions.add_practitioner(**terms | more)

    return added


def test_an_employee_becomes_a_practitioner(add, dana, location):
    practitioner = add(npi="1234-567-893", specialty="Family medicine")

    practitioner.refresh_from_db()
    assert (practitioner.npi, practitioner.family_name) == (NPI, "Kim")
    assert practitioner.spoken == "Dana Kim"
    assert list(practitioner.locations.all()) == [location]
    assert AuditEvent.objects.get().subject_ids == [practitioner.pk]


@pytest.mark.parametrize("npi", ["1234567890", "123", "3234567890"])
def test_a_mistyped_npi_is_refused(add, npi):
    with pytest.raises(Invalid) as refused:
        add(npi=npi)

    assert refused.value.field == "npi"
    assert not Practitioner.objects.exists()


def test_an_npi_belongs_to_one_practitioner(add):
    factories.PractitionerFactory(npi=NPI)

    with pytest.raises(Invalid, match="Another practitioner"):
        add(npi=NPI)


def test_nobody_is_a_practitioner_twice(add):
    add()

    with pytest.raises(Invalid, match="practitioner already"):
        add()

    assert Practitioner.objects.count() == 1


def test_a_practitioner_changes(add, hr):
    row = actions.change_practitioner(
        practitioner=add(), version=1, npi=OTHER_NPI, is_bookable=False, by=hr
    )

    assert (row.npi, row.is_bookable, row.version) == (OTHER_NPI, False, 2)


def test_an_old_form_does_not_overwrite_a_practitioner(add, hr, location):
    row = actions.change_practitioner(practitioner=add(), version=1, locations=[], by=hr)

    assert row.version == 2
    with pytest.raises(StaleVersion):
        actions.change_practitioner(practitioner=row, version=1, specialty="Surgery", by=hr)


def test_a_practitioner_is_not_moved_to_where_one_does_not_work(add, hr, elsewhere):
    practitioner = add()

    with pytest.raises(OutOfScope):
        actions.change_practitioner(
            practitioner=practitioner, version=1, locations=[elsewhere], by=hr
        )


def test_imported_practitioners_are_not_changed_here(hr):
    imported = Practitioner.objects.create(
        family_name="Vega", is_external=True, is_bookable=False, npi="99"
    )

    with pytest.raises(OutOfScope):
        actions.change_practitioner(practitioner=imported, version=1, specialty="X", by=hr)


def test_only_known_fields_of_a_practitioner_change(add, hr):
    with pytest.raises(TypeError, match="is_external"):
        actions.change_practitioner(practitioner=add(), version=1, is_external=True, by=hr)


# What the database itself refuses


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("employee_fte_bounded", {"fte": Decimal("1.1")}),
        ("employee_parted_after_hired", {"parted_date": date(2019, 12, 31)}),
    ],
)
def test_the_database_refuses_an_employee(db, constraint, wrong):
    with pytest.raises(IntegrityError, match=constraint):
        factories.EmployeeFactory(**wrong)


def test_the_database_refuses_to_let_somebody_supervise_themselves(dana):
    with pytest.raises(IntegrityError, match="employee_not_own_supervisor"):
        Employee.objects.update(supervisor=dana)


@pytest.mark.parametrize(
    ("constraint", "wrong"),
    [
        ("external_practitioner_unbookable", {"is_external": True}),
        ("own_practitioner_is_employee", {"employee": None}),
        ("own_npi_ten_digits", {"npi": "12"}),
    ],
)
def test_the_database_refuses_a_practitioner(db, constraint, wrong):
    with pytest.raises(IntegrityError, match=constraint):
        factories.PractitionerFactory(**wrong)


def test_the_database_refuses_an_npi_twice(db):
    factories.PractitionerFactory(npi=NPI)

    with pytest.raises(IntegrityError, match="own_npi_once"):
        factories.PractitionerFactory(npi=NPI)


def test_the_database_refuses_an_import_twice(db):
    imported = {"is_external": True, "is_bookable": False, "source": "a", "source_id": "1"}
    factories.PractitionerFactory(**imported)

    with pytest.raises(IntegrityError, match="practitioner_once_per_source"):
        factories.PractitionerFactory(**imported)
