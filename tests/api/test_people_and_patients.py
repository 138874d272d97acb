"""Patients and staff over the API."""

import pytest
from django.db import OperationalError

from office.roles import Role
from patients.actions import registration
from patients.models import Patient
from staff.models import EmployeeTime
from tests import factories

PATIENTS, STAFF_TIME = "/api/v1/patients/", "/api/v1/employee-time/"


@pytest.fixture
def person(location):
    return {
        "family_name": "Delgado",
        "given_name": "Rosa",
        "birth_date": "1962-07-14",
        "gender": "female",
        "location": str(location.pk),
        "contacts": [{"system": "phone", "value": "(212) 555-0142", "use": "mobile"}],
    }


def test_a_registered_patient_is_found_opened_and_changed(api, person):
    made = api.post(PATIENTS, person)
    assert made.status_code == 201, made.data

    found = api.post(f"{PATIENTS}search/", {"q": "del,ro"}).data["found"]
    assert [each["id"] for each in found] == [made.data["id"]]

    changed = api.post(
        f"{PATIENTS}{made.data['id']}/change/", {"version": 1, "preferred_name": "Rosie"}
    )
    assert (changed.data["preferred_name"], changed.data["version"]) == ("Rosie", 2)


def test_a_change_from_an_old_version_is_refused(api, person):
    key = api.post(PATIENTS, person).data["id"]
    api.post(f"{PATIENTS}{key}/change/", {"version": 1, "preferred_name": "Rosie"})

    assert api.post(f"{PATIENTS}{key}/change/", {"version": 1, "note": "x"}).status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family_name", "x" * 101),
        ("birth_date", "0000-01-01"),
        ("birth_date", "9999-12-31"),
        ("gender", "robot"),
        ("location", "00000000-0000-0000-0000-000000000000"),
        ("contacts", [{"system": "pigeon", "value": "x"}]),
        ("contacts", "phone"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(api, person, field, value):
    answer = api.post(PATIENTS, person | {field: value})

    assert answer.status_code == 422, answer.data
    assert field in answer.data["errors"]
    assert not Patient.objects.exists()


def test_names_of_every_script_are_kept(api, person):
    answer = api.post(PATIENTS, person | {"family_name": "محمد", "given_name": "🦊 Zoë"})

    assert (answer.data["family_name"], answer.data["given_name"]) == ("محمد", "🦊 Zoë")


def test_a_patient_of_another_site_is_found_by_three_facts_only(api, api_of, person, elsewhere):
    made = api.post(PATIENTS, person).data
    there = api_of(Role.FRONT_DESK, elsewhere)

    (line,) = there.post(f"{PATIENTS}search/", {"q": "delgado"}).data["found"]

    assert (line["phone"], line["sex"]) == ("", "")
    assert there.get(f"{PATIENTS}{made['id']}/").status_code == 404


def test_hr_finds_no_patients(api_of, location):
    assert api_of(Role.HR, location).post(f"{PATIENTS}search/", {"q": "a"}).status_code == 403


def test_ones_own_time_off_is_asked_for_and_decided_by_the_manager(api_of, client, location):
    clerk = api_of(Role.FRONT_DESK, location)
    user = factories.UserFactory._meta.model.objects.latest("created_at")
    employee = factories.EmployeeFactory(user=user, at=[location])
    asked = {
        "employee": str(employee.pk),
        "leave_type": "vacation",
        "start": "2027-02-01T00:00:00-05:00",
        "end": "2027-02-06T00:00:00-05:00",
    }

    made = clerk.post(STAFF_TIME, asked)
    assert (made.status_code, made.data["status"]) == (201, "requested")
    assert clerk.post(f"{STAFF_TIME}{made.data['id']}/approve/").status_code == 403

    manager = api_of(Role.MANAGER, location)
    assert manager.post(f"{STAFF_TIME}{made.data['id']}/approve/").data["status"] == "approved"
    assert manager.post(f"{STAFF_TIME}{made.data['id']}/approve/").status_code == 409
    assert EmployeeTime.objects.get().status == "approved"


def test_a_personnel_file_opens_by_relationship(api_of, location):
    desk = api_of(Role.FRONT_DESK, location)
    somebody = factories.EmployeeFactory()

    assert desk.get(f"/api/v1/employees/{somebody.pk}/").status_code == 404
    assert api_of(Role.HR, location).get(f"/api/v1/employees/{somebody.pk}/").status_code == 200


def test_a_credential_is_added_and_renewed(api_of, location):
    hr = api_of(Role.HR, location)
    somebody = factories.EmployeeFactory()

    made = hr.post(
        "/api/v1/credentials/",
        {
            "employee": str(somebody.pk),
            "kind": "license",
            "state": "NY",
            "expires_date": "2027-01-01",
        },
    )
    assert made.status_code == 201, made.data
    renewed = hr.post(
        f"/api/v1/credentials/{made.data['id']}/renew/",
        {"version": 1, "expires_date": "2029-01-01"},
    )
    assert renewed.data["expires_date"] == "2029-01-01"


def test_the_schema_names_every_route_of_the_api(api):
    schema = api.get("/api/schema/").data

    from kernel import policy

    ours = {
        f"/{route.pattern}".replace("<uuid:pk>", "{id}").replace("<slug:name>", "{name}")
        for route in policy.routes()
        if route.pattern.startswith("api/v1")
    }
    assert ours == set(schema["paths"])


@pytest.mark.parametrize("noun", ["patients", "encounters", "practitioners", "employees", "credentials",
                                  "employee-time", "locations", "jobs"])  # fmt: skip
def test_every_list_has_its_fields_and_its_orders(api, patient, noun):
    path = f"/api/v1/{noun}/"

    whole = api.get(f"{path}?ordering=-id").data["results"]
    trimmed = api.get(f"{path}?fields=id").data["results"]

    assert [row["id"] for row in whole] == sorted((row["id"] for row in whole), reverse=True)
    assert all(set(row) == {"id"} for row in trimmed)
    assert len(trimmed) == len(whole)
    for wrong in ("fields=password", "ordering=password", "ordering=birth_date"):
        refused = api.get(f"{path}?{wrong}")
        assert refused.status_code == 422, wrong
        assert refused.data["detail"]


def test_a_list_by_name_goes_on_where_it_stopped(api, location):
    for name in ("Cruz", "Abe", "Bell", "Abe"):
        factories.PractitionerFactory(family_name=name, available=location)

    names, page = [], "/api/v1/practitioners/?ordering=family_name&limit=1&fields=family_name"
    while page:
        answer = api.get(page).data
        names += [row["family_name"] for row in answer["results"]]
        page = answer["next"]

    assert names == ["Abe", "Abe", "Bell", "Cruz"]


def test_a_registration_under_a_key_is_tried_again_after_a_deadlock(api, location, monkeypatch):
    real, tries = registration.register_patient, []

    def second_time_lucky(**asked):
        tries.append(1)
        if len(tries) == 1:
            deadlock = OperationalError()
            deadlock.sqlstate = "40P01"
            raise deadlock
        return real(**asked)

    monkeypatch.setattr(registration, "register_patient", second_time_lucky)
    asked = {"family_name": "Delgado", "given_name": "Rosa", "birth_date": "1962-07-14"}

    answer = api.post(
        "/api/v1/patients/", asked | {"location": str(location.pk)}, **{"idempotency-key": "k1"}
    )

    assert (answer.status_code, len(tries)) == (201, 2)
