"""The pages of the people: who opens which, what they show, what a form does, and what it leaves when refused."""

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from kernel.models import AuditEvent
from office.roles import Role
from staff.models import Credential, Employee, EmployeeTime, Practitioner
from tests import factories
from tests.clock import at, period

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(at("09:00"), tick=False):
        yield


@pytest.fixture
def enter(signed_in, location):
    """`enter(Role.HR)`: a client with that role at the location."""
    return lambda role: signed_in(role, location)


@pytest.fixture
def dana_in(signed_in, dana):
    return signed_in(dana.user)


@pytest.fixture
def license_of_dana(dana):
    return factories.CredentialFactory(employee=dana, expires_date=date(2026, 12, 1))


def url(name, *ids):
    return reverse(f"staff:{name}", args=ids)


def read_ids(page):
    rows = AuditEvent.objects.filter(outcome="read", action=page).values_list(
        "subject_ids", flat=True
    )
    return [each for ids in rows for each in ids]


# Who opens what


@pytest.mark.parametrize(
    "name", ["directory", "time_off", "lapsing", "hire", "my_time_off", "ask_time_off", "out",
             "home_requests", "home_credentials", "home_out", "enter_time_off"]
)  # fmt: skip
def test_a_stranger_is_sent_to_the_door(client, db, name):
    answer = client.get(url(name))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("name", ["file", "credentials", "employee_time_off", "change", "last_day"])
def test_a_stranger_opens_no_file(client, dana, name):
    assert client.get(url(name, dana.pk)).status_code == 302


@pytest.mark.parametrize("name", ["file", "credentials", "employee_time_off"])
def test_a_colleague_opens_no_file_but_is_told_who_may(enter, dana, name):
    answer = enter(Role.FRONT_DESK).get(url(name, dana.pk))

    assert answer.status_code == 403
    assert "opens for the person, their supervisor, HR" in answer.content.decode()
    assert read_ids(f"staff:{name}") == []


@pytest.mark.parametrize("name", ["file", "credentials", "employee_time_off"])
def test_hr_the_person_and_the_supervisor_open_the_file_and_it_is_recorded(
    signed_in, location, dana, name
):
    boss = factories.UserFactory(role=Role.NURSE, at=[location])
    dana.save_changes(supervisor=factories.EmployeeFactory(user=boss))

    for who in (dana.user, boss, factories.UserFactory(role=Role.HR, at=[location])):
        answer = signed_in(who).get(url(name, dana.pk))
        assert answer.status_code == 200
        assert "Kim, Dana" in answer.content.decode()
    assert read_ids(f"staff:{name}") == [dana.pk] * 3


@pytest.mark.parametrize("name", ["file", "credentials", "change"])
def test_a_file_that_does_not_exist_is_not_found(enter, name):
    nobody = "01930000-0000-7000-8000-000000000000"

    assert enter(Role.HR).get(url(name, nobody)).status_code == 404


def test_who_may_not_see_the_directory_finds_no_file(signed_in, dana):
    from django.contrib.auth.models import Group, Permission

    nurses = Group.objects.get(name=Role.NURSE)
    nurses.permissions.remove(Permission.objects.get(codename="view_directory"))
    other = factories.UserFactory(role=Role.NURSE)

    assert signed_in(other).get(url("file", dana.pk)).status_code == 404


@pytest.mark.parametrize(
    "name", ["hire", "change", "practitioner", "last_day", "stays", "add_credential"]
)
def test_who_may_only_look_changes_nothing(dana_in, dana, name):
    """Dana may open her own file, but not write in it."""
    ids = [] if name == "hire" else [dana.pk]

    assert dana_in.post(url(name, *ids), {"parted_date": "2026-12-01"}).status_code == 403
    dana.refresh_from_db()
    assert (dana.version, dana.parted_date) == (1, None)


@pytest.mark.parametrize("name", ["renew", "correct", "void"])
def test_who_may_only_look_changes_no_credential(dana_in, license_of_dana, name):
    answer = dana_in.post(
        url(name, license_of_dana.pk), {"reason": "x", "expires_date": "2030-01-01"}
    )

    assert answer.status_code == 403
    license_of_dana.refresh_from_db()
    assert license_of_dana.version == 1


@pytest.mark.parametrize("name", ["approve", "decline"])
def test_who_does_not_decide_decides_nothing(dana_in, asked, name):
    time = asked(20)

    assert dana_in.post(url(name, time.pk), {"reason": "x"}).status_code == 403
    time.refresh_from_db()
    assert time.status == "requested"


def test_leave_of_others_does_not_exist_for_a_colleague(enter, asked):
    time = asked(20)
    client = enter(Role.FRONT_DESK)

    assert client.get(url("time", time.pk)).status_code == 404
    assert client.post(url("cancel", time.pk)).status_code == 404


# The directory


def test_the_directory_shows_who_is_out(enter, dana, days):
    factories.EmployeeTimeFactory(employee=dana, period=days(16, 18), leave_type="sick")

    page = enter(Role.FRONT_DESK).get(url("directory")).content.decode()
    assert "Out until Wed 18 Nov" in page
    assert "Sick" not in page
    assert url("file", dana.pk) not in page
    assert read_ids("staff:directory") == [dana.pk]


def test_the_directory_narrows_itself_without_the_page_around_it(enter, dana, location):
    factories.EmployeeFactory(family_name="Zhou", at=[location])

    answer = enter(Role.HR).get(
        url("directory"), {"q": "ki", "location": location.pk}, headers=HTMX
    )
    page = answer.content.decode()
    assert "Kim, Dana" in page
    assert "Zhou" not in page
    assert "<html" not in page


@pytest.mark.parametrize(
    "typed",
    [{"location": "nowhere"}, {"location": "01930000-0000-7000-8000-000000000000"}, {"show": "x"},
     {"q": "x" * 101}],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_refused_in_words(enter, typed):
    assert enter(Role.HR).get(url("directory"), typed).status_code == 422


@pytest.mark.parametrize("typed", ["-1", "x", "٣", "99999999", ""])
def test_a_strange_place_in_the_list_is_the_beginning_or_the_end(enter, dana, typed):
    assert enter(Role.HR).get(url("directory"), {"from": typed}).status_code == 200


def test_a_long_directory_comes_in_pages(enter, location):
    factories.EmployeeFactory.create_batch(101, at=[location])
    client = enter(Role.HR)

    assert "1–100 of 101" in client.get(url("directory")).content.decode()
    assert "101–101 of 101" in client.get(url("directory"), {"from": 100}).content.decode()


@pytest.mark.parametrize("name", ["directory", "time_off", "lapsing"])
def test_longer_lists_cost_no_more_queries(
    enter, location, dana, django_assert_max_num_queries, settings, name, days
):
    settings.MEMO_SECONDS = 60

    def more(count):
        for each in factories.PractitionerFactory.create_batch(count, available=location):
            factories.CredentialFactory(employee=each.employee, expires_date=date(2026, 12, 1))
            factories.EmployeeTimeFactory(employee=each.employee, period=days(16, 18))
            factories.EmployeeTimeFactory(
                employee=each.employee, period=days(20), status="requested"
            )

    client = enter(Role.HR)
    more(2)
    client.get(url(name))  # what is remembered is remembered
    more(1)  # somebody new is one look more in the audit trail
    with CountedQueries() as few:
        assert client.get(url(name)).status_code == 200
    more(6)
    with django_assert_max_num_queries(len(few)):
        assert client.get(url(name)).status_code == 200


class CountedQueries:
    """The number of statements inside the block."""

    def __enter__(self):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self.captured = CaptureQueriesContext(connection)
        return self.captured.__enter__()

    def __exit__(self, *error):
        return self.captured.__exit__(*error)


# Hiring and changing


@pytest.fixture
def hiring(location):
    return {
        "family_name": "Okafor", "given_name": "Chidi", "position": "Front desk",
        "hired_date": "2026-11-16", "fte": "1.00", "locations": [str(location.pk)],
    }  # fmt: skip


def test_hr_hires_somebody(enter, hiring, location):
    answer = enter(Role.HR).post(url("hire"), hiring)

    employee = Employee.objects.get(family_name="Okafor")
    assert answer["Location"] == url("file", employee.pk)
    assert list(employee.locations.all()) == [location]


def test_a_script_is_led_to_the_new_file(enter, hiring):
    answer = enter(Role.HR).post(url("hire"), hiring, headers=HTMX)

    assert answer["HX-Redirect"] == url("file", Employee.objects.get(family_name="Okafor").pk)


def test_only_who_makes_accounts_is_offered_roles(enter, hiring):
    assert "Signs in as" not in enter(Role.HR).get(url("hire")).content.decode()
    client = enter(Role.MANAGER)
    assert "Signs in as" in client.get(url("hire")).content.decode()

    client.post(url("hire"), hiring | {"roles": ["Front desk"], "email": "chidi@example.org"})
    assert Employee.objects.get(family_name="Okafor").user.groups.get().name == "Front desk"


def test_roles_that_were_smuggled_in_are_ignored(enter, hiring):
    enter(Role.HR).post(
        url("hire"), hiring | {"roles": ["Administrator"], "email": "c@example.org"}
    )

    assert Employee.objects.get(family_name="Okafor").user is None


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"family_name": ""}, "Enter the family name."),
        ({"family_name": "x" * 101}, "at most 100"),
        ({"hired_date": "0001-01-01"}, "The year 1 cannot be right."),
        ({"hired_date": "9999-12-31"}, "The year 9999 cannot be right."),
        ({"hired_date": "soon"}, "Enter a valid date."),
        ({"fte": "2"}, "At most 1.00"),
        ({"fte": "0"}, "More than 0"),
        ({"fte": "NaN"}, "Enter a number."),
        ({"locations": []}, "Tick at least one location."),
        ({"locations": ["nowhere"]}, "not a valid"),
        ({"email": "not an address"}, "valid email"),
        ({"supervisor": "01930000-0000-7000-8000-000000000000"}, "not one of the available"),
        ({"roles": ["Front desk"]}, "Signing in needs an e-mail"),
    ],
)
def test_a_refused_form_says_what_is_wrong_and_keeps_what_was_typed(enter, hiring, wrong, says):
    answer = enter(Role.MANAGER).post(url("hire"), hiring | wrong, headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="Chidi"' in page
    assert not Employee.objects.filter(given_name="Chidi").exists()


@pytest.mark.parametrize("name", ["Åsa-Łucja 🌻", "محمد", "O’Brien"])
def test_names_of_all_the_world_are_kept(enter, hiring, name):
    enter(Role.HR).post(url("hire"), hiring | {"family_name": name})

    assert Employee.objects.get(given_name="Chidi").family_name == name


def test_a_file_is_changed(enter, dana, hiring):
    client = enter(Role.HR)
    assert 'value="Kim"' in client.get(url("change", dana.pk)).content.decode()

    answer = client.post(url("change", dana.pk), hiring | {"version": 1})

    dana.refresh_from_db()
    assert answer.status_code == 302
    assert (dana.family_name, dana.version) == ("Okafor", 2)


def test_an_overtaken_form_shows_theirs_and_keeps_yours(enter, dana, hiring):
    dana.save_changes(position="Lead nurse")

    answer = enter(Role.HR).post(url("change", dana.pk), hiring | {"version": 1}, headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "<td>Lead nurse</td><td>Front desk</td>" in page
    assert 'name="version" value="2"' in page
    dana.refresh_from_db()
    assert dana.position == "Lead nurse"


def test_a_form_without_a_version_overwrites_nothing(enter, dana, hiring):
    assert enter(Role.HR).post(url("change", dana.pk), hiring).status_code == 409


def test_locations_one_does_not_see_stay_ticked(enter, dana, hiring, elsewhere, location):
    dana.locations.add(elsewhere)

    enter(Role.HR).post(url("change", dana.pk), hiring | {"version": 1})

    assert set(dana.locations.all()) == {location, elsewhere}


def test_somebody_becomes_a_practitioner_and_changes(enter, dana, location):
    client = enter(Role.HR)
    terms = {"qualification": "NP", "npi": "1234567893", "locations": [str(location.pk)]}

    answer = client.post(url("practitioner", dana.pk), terms | {"is_bookable": "on"}, headers=HTMX)
    assert answer.status_code == 204
    assert Practitioner.objects.get(employee=dana).is_bookable

    client.post(url("practitioner", dana.pk), terms | {"version": 1, "qualification": "RN"})
    row = Practitioner.objects.get(employee=dana)
    assert (row.qualification, row.is_bookable, row.version) == ("RN", False, 2)


def test_a_mistyped_npi_comes_back_with_the_reason(enter, dana):
    answer = enter(Role.HR).post(url("practitioner", dana.pk), {"npi": "1234567890"}, headers=HTMX)

    assert answer.status_code == 422
    assert "check digit does not fit" in answer.content.decode()
    assert not Practitioner.objects.filter(employee=dana).exists()


def test_the_last_day_is_looked_at_before_it_is_entered(enter, dana):
    client = enter(Role.HR)
    seen = client.post(url("last_day", dana.pk), {"parted_date": "2026-11-30"})
    dana.refresh_from_db()
    assert (seen.status_code, dana.parted_date) == (200, None)
    assert "the account is closed" in seen.content.decode()

    terms = {"parted_date": "2026-11-30", "previewed": "2026-11-30"}
    assert client.post(url("last_day", dana.pk), terms).status_code == 302
    dana.refresh_from_db()
    assert dana.parted_date == date(2026, 11, 30)
    assert "the last day is" in client.get(url("file", dana.pk)).content.decode()

    client.post(url("stays", dana.pk))
    dana.refresh_from_db()
    assert dana.parted_date is None


def test_a_last_day_before_the_first_is_refused(enter, dana):
    terms = {"parted_date": "2019-01-01", "previewed": "2019-01-01"}

    answer = enter(Role.HR).post(url("last_day", dana.pk), terms)
    assert answer.status_code == 422
    assert "before the first" in answer.content.decode()


# Credentials


def test_the_credentials_of_a_file_stand_with_their_state(enter, dana, license_of_dana):
    factories.CredentialFactory(
        employee=dana, kind="dea", voided_at=at("08:00"), void_reason="Wrong person"
    )
    factories.CredentialFactory(
        employee=dana, name="ACLS", expires_date=date(2026, 1, 1), issued_date=None
    )
    factories.CredentialFactory(employee=dana, name="acls", expires_date=None)

    page = enter(Role.HR).get(url("credentials", dana.pk)).content.decode()
    for words in (
        "Expires in 15 days",
        "Voided: Wrong person",
        "Does not expire",
        "Replaced by a newer",
    ):
        assert words in page


def test_a_credential_is_added_renewed_corrected_and_voided(enter, dana):
    client = enter(Role.HR)
    added = client.post(
        url("add_credential", dana.pk),
        {"kind": "license", "state": "ny", "expires_date": "2026-12-01", "is_required": "on"},
        headers=HTMX,
    )
    row = Credential.objects.get()
    assert added.status_code == 204
    assert json.loads(added["HX-Trigger"])["changed"] == {"topics": ["staff.credentials"]}
    assert (row.state, row.is_required) == ("NY", True)

    client.post(url("renew", row.pk), {"version": 1, "expires_date": "2028-12-01"})
    client.post(
        url("correct", row.pk),
        {"version": 2, "kind": "license", "state": "NJ", "expires_date": "2028-12-01"},
    )
    client.post(url("void", row.pk), {"reason": "Wrong person"})
    row.refresh_from_db()
    assert (row.expires_date, row.state, row.is_required) == (date(2028, 12, 1), "NJ", False)
    assert row.void_reason == "Wrong person"


@pytest.mark.parametrize(
    ("name", "typed", "status", "says"),
    [
        ("renew", {"version": 1, "expires_date": "2026-11-01"}, 422, "holds longer than now"),
        ("renew", {"version": 9, "expires_date": "2028-11-01"}, 409, "Somebody else changed"),
        ("renew", {"version": 1}, 422, "Enter the now expires."),
        ("correct", {"version": 1, "kind": "horoscope"}, 422, "Select a valid choice"),
        ("correct", {"version": 1, "kind": "dea", "issued_date": "2026-01-01",
                     "expires_date": "2025-01-01"}, 422, "cannot expire on or before"),
        ("void", {"reason": " "}, 422, "Enter the reason."),
    ],
)  # fmt: skip
def test_a_refused_credential_form_comes_back(enter, license_of_dana, name, typed, status, says):
    answer = enter(Role.HR).post(url(name, license_of_dana.pk), typed, headers=HTMX)

    assert answer.status_code == status
    assert says in answer.content.decode()
    license_of_dana.refresh_from_db()
    assert license_of_dana.version == 1


def test_what_is_void_is_not_renewed(enter, license_of_dana):
    license_of_dana.save_changes(voided_at=at("08:00"), void_reason="Wrong person")

    typed = {"version": 2, "expires_date": "2030-01-01"}
    answer = enter(Role.HR).post(url("renew", license_of_dana.pk), typed, headers=HTMX)
    assert answer.status_code == 409
    assert "has been voided" in answer.content.decode()


def test_lapsing_credentials_stand_in_bands(enter, dana, license_of_dana):
    factories.CredentialFactory(employee=dana, kind="dea", expires_date=date(2026, 11, 1))

    page = enter(Role.HR).get(url("lapsing")).content.decode()
    assert page.index("Expired 15 days ago") < page.index("Within 30 days")
    assert url("renew", license_of_dana.pk) in page


# Time off


def test_a_person_asks_and_takes_it_back(dana_in, dana):
    asked = dana_in.post(
        url("ask_time_off"),
        {"leave_type": "vacation", "first_date": "2026-11-20", "last_date": "2026-11-22"},
        headers=HTMX,
    )
    time = EmployeeTime.objects.get()
    assert asked.status_code == 204
    assert time.period == DateTimeTZRange(
        at("00:00", date(2026, 11, 20)), at("00:00", date(2026, 11, 23))
    )
    assert "Fri 20 Nov – Sun 22 Nov" in dana_in.get(url("my_time_off")).content.decode()
    assert "Cancel this time off" in dana_in.get(url("time", time.pk)).content.decode()

    dana_in.post(url("cancel", time.pk))
    time.refresh_from_db()
    assert time.status == "cancelled"


def test_part_of_a_day_is_wall_time_at_the_location(dana_in):
    dana_in.post(
        url("ask_time_off"),
        {"leave_type": "personal", "first_date": "2026-11-20", "starts": "13:00", "ends": "17:00"},
    )

    day = date(2026, 11, 20)
    assert EmployeeTime.objects.get().period == period("13:00", "17:00", day=day)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"first_date": ""}, "Enter the first day."),
        ({"last_date": "2026-11-19"}, "The last day lies before the first."),
        ({"starts": "17:00", "ends": "13:00"}, "This is before it begins."),
        ({"first_date": "2027-03-14", "starts": "02:30"}, "02:30 does not exist"),
        ({"first_date": "2027-11-07", "ends": "01:30"}, "01:30 comes twice"),
        ({"first_date": "9999-12-31"}, "The year 9999 cannot be right."),
        ({"last_date": "2028-11-20"}, "more than a year"),
        ({"leave_type": "siesta"}, "Select a valid choice"),
        ({"first_date": "2019-11-20"}, "Dana Kim began on Mon 6 Jan 2020."),
        ({"note": "x" * 301}, "at most 300"),
    ],
)
def test_a_span_that_makes_no_sense_comes_back(dana_in, typed, says):
    terms = {"leave_type": "vacation", "first_date": "2026-11-20"} | typed

    answer = dana_in.post(url("ask_time_off"), terms, headers=HTMX)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not EmployeeTime.objects.exists()


def test_days_asked_for_twice_are_refused_in_the_form(dana_in, asked):
    asked(20)

    answer = dana_in.post(
        url("ask_time_off"), {"leave_type": "vacation", "first_date": "2026-11-20"}, headers=HTMX
    )
    assert answer.status_code == 409
    assert "has asked for this time already" in answer.content.decode()


def test_who_is_no_employee_is_told_so(enter):
    client = enter(Role.NURSE)

    assert "not entered as an employee" in client.get(url("my_time_off")).content.decode()
    assert client.post(url("ask_time_off")).status_code == 409


def test_a_request_is_decided_with_what_it_hits_in_view(enter, asked, location, dana):
    practitioner = factories.PractitionerFactory(
        employee=dana, family_name="Kim", available=location
    )
    visit(practitioner, location)
    time = asked(20)
    client = enter(Role.MANAGER)
    assert "Decide" in client.get(url("time_off")).content.decode()

    page = client.get(url("time", time.pk), headers=HTMX).content.decode()
    assert "1 booked visit has to be moved." in page
    assert "Garcia, Rosa" in page

    answer = client.post(url("approve", time.pk), headers=HTMX)
    said = json.loads(answer["HX-Trigger"])
    assert answer.status_code == 204
    assert said["toast"]["text"] == "Dana Kim is away Fri 20 Nov."
    time.refresh_from_db()
    assert time.status == "approved"

    client.post(said["toast"]["undo"], headers=HTMX)
    time.refresh_from_db()
    assert time.status == "requested"


def test_a_request_on_which_nothing_hangs_is_approved_from_the_list(enter, asked):
    time = asked(20)

    answer = enter(Role.MANAGER).post(url("approve", time.pk), {"unseen": 1}, headers=HTMX)

    assert answer.status_code == 204
    time.refresh_from_db()
    assert time.status == "approved"


def test_from_the_list_a_request_that_hits_visits_is_shown_before_it_is_approved(
    enter, asked, location, dana
):
    practitioner = factories.PractitionerFactory(
        employee=dana, family_name="Kim", available=location
    )
    visit(practitioner, location)
    time = asked(20)

    answer = enter(Role.MANAGER).post(url("approve", time.pk), {"unseen": 1}, headers=HTMX)

    assert "1 booked visit has to be moved." in answer.content.decode()
    time.refresh_from_db()
    assert time.status == "requested"


def visit(practitioner, location):
    from scheduling.models import Appointment

    start = at("10:00", date(2026, 11, 20))
    patient = factories.PatientFactory(family_name="Garcia", given_name="Rosa", at=[location])
    return Appointment.objects.create(
        patient=patient,
        practitioner=practitioner,
        location=location,
        appointment_type=factories.AppointmentTypeFactory(),
        period=DateTimeTZRange(start, start + timedelta(minutes=30)),
    )


def test_hr_reads_how_many_visits_are_hit_but_not_whose(enter, asked, location, dana):
    practitioner = factories.PractitionerFactory(
        employee=dana, family_name="Kim", available=location
    )
    visit(practitioner, location)

    page = enter(Role.HR).get(url("time", asked(20).pk)).content.decode()
    assert "1 booked visit has to be moved." in page
    assert "Garcia" not in page
    assert not AuditEvent.objects.filter(subject_kind="patients.patient").exists()


def test_the_look_at_the_patients_of_a_preview_is_recorded(enter, asked, location, dana):
    practitioner = factories.PractitionerFactory(
        employee=dana, family_name="Kim", available=location
    )
    seen = visit(practitioner, location)

    enter(Role.MANAGER).get(url("time", asked(20).pk))
    event = AuditEvent.objects.get(subject_kind="patients.patient")
    assert event.subject_ids == [seen.patient_id]


def test_declining_needs_words(enter, asked):
    time = asked(20)
    client = enter(Role.MANAGER)

    refused = client.post(url("decline", time.pk), {"reason": ""}, headers=HTMX)
    assert refused.status_code == 422
    assert "Enter the reason." in refused.content.decode()

    assert client.post(url("decline", time.pk), {"reason": "Audit week"}).status_code == 302
    time.refresh_from_db()
    assert (time.status, time.decision_reason) == ("declined", "Audit week")


def test_a_request_decided_meanwhile_says_so(enter, asked, manager):
    from staff import actions

    time = asked(20)
    actions.decline_time_off(time=time, reason="Audit week", by=manager, at=at("09:00"))

    answer = enter(Role.MANAGER).post(url("approve", time.pk), headers=HTMX)
    assert answer.status_code == 409
    assert "declined already" in answer.content.decode()


def test_ones_own_request_waits_for_somebody_else(signed_in, location, days):
    user = factories.UserFactory(role=Role.MANAGER, at=[location])
    boss = factories.EmployeeFactory(at=[location])
    deputy = factories.EmployeeFactory(user=user, supervisor=boss, at=[location])
    time = factories.EmployeeTimeFactory(employee=deputy, period=days(20), status="requested")
    client = signed_in(user)

    assert "Waits for HR" in client.get(url("time", time.pk)).content.decode()
    assert client.post(url("approve", time.pk)).status_code == 403
    assert "All decided" in client.get(url("time_off")).content.decode()


@pytest.fixture
def sick(dana):
    return {"employee": str(dana.pk), "leave_type": "sick", "first_date": "2026-11-16"}


def test_leave_is_entered_after_a_look_at_what_it_hits(enter, sick, dana, days):
    client = enter(Role.MANAGER)
    seen = client.post(url("enter_time_off"), sick, headers=HTMX)
    page = seen.content.decode()
    assert seen.status_code == 200
    assert "Enter Mon 16 Nov" in page
    assert not EmployeeTime.objects.exists()

    key = page.split('name="previewed" value="')[1].split('"')[0]
    answer = client.post(url("enter_time_off"), sick | {"previewed": key}, headers=HTMX)
    time = EmployeeTime.objects.get()
    assert answer.status_code == 204
    assert (time.employee, time.status, time.period) == (dana, "approved", days(16))


def test_a_form_that_changed_after_the_look_is_looked_at_again(enter, sick):
    client = enter(Role.MANAGER)
    page = client.post(url("enter_time_off"), sick).content.decode()
    key = page.split('name="previewed" value="')[1].split('"')[0]

    terms = sick | {"previewed": key, "last_date": "2026-11-20"}
    assert client.post(url("enter_time_off"), terms).status_code == 200
    assert not EmployeeTime.objects.exists()


def test_leave_over_leave_is_refused_in_the_form(enter, sick, dana, days):
    factories.EmployeeTimeFactory(employee=dana, period=days(16, 18))
    client = enter(Role.MANAGER)
    page = client.post(url("enter_time_off"), sick).content.decode()
    key = page.split('name="previewed" value="')[1].split('"')[0]

    answer = client.post(url("enter_time_off"), sick | {"previewed": key}, headers=HTMX)
    assert answer.status_code == 409
    assert "is away already" in answer.content.decode()


@pytest.mark.parametrize("who", ["", "nobody", "01930000-0000-7000-8000-000000000000"])
def test_leave_of_an_unknown_person_is_refused(enter, sick, who):
    answer = enter(Role.MANAGER).post(url("enter_time_off"), sick | {"employee": who})

    assert answer.status_code == 422


def test_the_person_in_the_address_is_chosen_already(enter, dana):
    page = enter(Role.HR).get(url("enter_time_off"), {"employee": dana.pk}).content.decode()

    assert f'value="{dana.pk}" selected' in page


# What other pages show


def test_the_top_bar_tells_who_is_out(enter, dana, days):
    factories.EmployeeTimeFactory(employee=dana, period=days(16))

    client = enter(Role.NURSE)
    assert "Out 1" in client.get(url("my_time_off")).content.decode()
    assert "Dana Kim" in client.get(url("out"), headers=HTMX).content.decode()


def test_the_start_page_brings_what_waits(enter, asked, license_of_dana):
    asked(20)
    client = enter(Role.HR)

    page = client.get("/").content.decode()
    assert "Time off to decide" in page
    assert "Licenses and certificates" in page
    assert "Dana Kim" in client.get(url("home_requests"), headers=HTMX).content.decode()
    assert "Kim, Dana" in client.get(url("home_credentials"), headers=HTMX).content.decode()
    assert "Everybody is in" in client.get(url("home_out"), headers=HTMX).content.decode()


def test_a_panel_without_requests_says_so(enter):
    assert "All decided" in enter(Role.HR).get(url("home_requests")).content.decode()
