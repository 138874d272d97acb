"""Appointments over the API: the same acts, the same refusals, as problem documents."""

import uuid
from urllib.parse import urlencode

import pytest

from kernel.models import AuditEvent, GateVerdict
from office.roles import Role
from scheduling.models import Appointment
from tests import factories

PATH = "/api/v1/appointments/"


@pytest.fixture
def follow_up(db):
    return factories.AppointmentTypeFactory(name="Follow-up", minutes=30)


@pytest.fixture
def wanted(patient, practitioner, location, follow_up):
    return {
        "patient": str(patient.pk),
        "practitioner": str(practitioner.pk),
        "location": str(location.pk),
        "appointment_type": str(follow_up.pk),
        "start": "2026-11-16T09:00",
    }


def test_a_booking_answers_with_the_appointment_on_the_places_clock(api, wanted, patient):
    answer = api.post(PATH, wanted)

    assert answer.status_code == 201, answer.data
    assert answer.data["start"] == "2026-11-16T09:00:00-05:00"
    assert answer.data["patient"]["id"] == str(patient.pk)
    assert api.get(f"{PATH}{answer.data['id']}/").data == answer.data


def test_a_taken_time_is_a_conflict_with_alternatives(api, wanted):
    api.post(PATH, wanted)

    answer = api.post(PATH, wanted | {"patient": str(factories.PatientFactory().pk)})

    assert (answer.status_code, answer.data["code"]) == (409, "time-taken")
    assert answer["Content-Type"] == "application/problem+json"
    assert "alternatives" in answer.data


def test_a_block_carries_its_verdicts(api, wanted, practice):
    practice.save_changes(locked_through_date="2026-12-31")
    practice.refresh_from_db()

    answer = api.post(PATH, wanted)

    assert answer.status_code == 409
    assert answer.data["verdicts"][0]["rule"] == "office.period_locked"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("patient", "00000000-0000-0000-0000-000000000000"),
        ("location", "00000000-0000-0000-0000-000000000000"),
        ("practitioner", "x"),
        ("appointment_type", None),
        ("start", "tomorrow"),
        ("start", "0000-01-01T00:00"),
        ("start", "9999-12-31T23:59:59Z"),
        ("start", "2026-11-16T09:00:00+99:00"),
        ("minutes", 0),
        ("minutes", 10**9),
        ("minutes", "long"),
        ("note", "x" * 301),
        ("room", "00000000-0000-0000-0000-000000000000"),
        ("overrides", []),
        ("note", "\u0000"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(api, wanted, field, value):
    answer = api.post(PATH, wanted | {field: value})

    assert answer.status_code == 422, answer.data
    assert field in answer.data["errors"]
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{", '"x"'])
def test_a_body_that_is_no_object_is_refused_with_a_sentence(api, body):
    answer = api._read(
        api.client.post(PATH, body, content_type="application/json", headers=api.headers)
    )

    assert answer.status_code in {400, 422}
    assert answer.data["detail"]


def test_a_time_the_clocks_skip_comes_back_with_a_suggestion(api, wanted):
    answer = api.post(PATH, wanted | {"start": "2027-03-14T02:30"})

    assert (answer.status_code, answer.data["code"]) == (422, "local-time-missing")
    assert answer.data["suggestions"] == ["2027-03-14T03:30:00-04:00"]


def test_a_time_that_comes_twice_wants_its_offset(api, wanted):
    answer = api.post(PATH, wanted | {"start": "2026-11-01T01:30"})

    assert answer.status_code == 422
    assert answer.data["suggestions"] == ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"]


def test_elsewhere_is_not_found(api, wanted, elsewhere, api_of):
    made = api.post(PATH, wanted).data
    other = api_of(Role.FRONT_DESK, elsewhere)

    assert other.get(f"{PATH}{made['id']}/").status_code == 404
    assert other.post(f"{PATH}{made['id']}/arrive/").status_code == 404
    assert other.post(PATH, wanted).status_code == 422  # that location does not exist for them


def test_without_the_permission_one_may_look_only(api, wanted, location, api_of):
    made = api.post(PATH, wanted).data
    biller = api_of(Role.BILLER, location)

    assert biller.get(f"{PATH}{made['id']}/").status_code == 200
    assert biller.post(PATH, wanted).status_code == 403
    assert (
        biller.post(
            f"{PATH}{made['id']}/cancel/", {"cancelled_by": "patient", "reason": "x"}
        ).status_code
        == 403
    )


def test_a_token_does_no_more_than_its_scopes(api_of, location, wanted):
    looks_only = api_of(Role.FRONT_DESK, location, scopes=["scheduling.view_schedule"])

    assert looks_only.get(PATH).status_code == 200
    assert looks_only.post(PATH, wanted).status_code == 403


def test_strangers_are_turned_away_with_a_problem(client, db):
    answer = client.get(PATH)

    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_the_same_key_books_once(api, wanted):
    first = api.post(PATH, wanted, **{"idempotency-key": "k1"})
    again = api.post(PATH, wanted, **{"idempotency-key": "k1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert Appointment.objects.count() == 1


def test_the_same_key_for_another_request_is_refused(api, wanted):
    api.post(PATH, wanted, **{"idempotency-key": "k1"})

    answer = api.post(PATH, wanted | {"start": "2026-11-16T11:00"}, **{"idempotency-key": "k1"})

    assert (answer.status_code, answer.data["code"]) == (422, "key-reused")


def test_a_refused_booking_leaves_its_key_free(api, wanted):
    refused = api.post(PATH, wanted | {"minutes": 1}, **{"idempotency-key": "k1"})
    assert refused.status_code == 422

    assert api.post(PATH, wanted, **{"idempotency-key": "k1"}).status_code == 201


def test_the_flow_of_the_day_goes_through_verbs(api, wanted, monkeypatch):
    made = api.post(PATH, wanted).data
    from django.utils import timezone

    from tests.clock import at

    monkeypatch.setattr(timezone, "now", lambda: at("09:00"))

    assert api.post(f"{PATH}{made['id']}/arrive/").data["status"] == "arrived"
    assert api.post(f"{PATH}{made['id']}/advance/", {"step": "room"}).data["status"] == "checked-in"
    assert api.post(f"{PATH}{made['id']}/step-back/").data["status"] == "arrived"
    assert api.post(f"{PATH}{made['id']}/arrive/").status_code == 409


def test_a_stale_version_is_a_conflict_that_tells_the_current_one(api, wanted):
    made = api.post(PATH, wanted).data
    api.post(f"{PATH}{made['id']}/move/", {"start": "2026-11-16T10:00"})

    answer = api.post(
        f"{PATH}{made['id']}/move/", {"start": "2026-11-16T11:00", "version": made["version"]}
    )

    assert (answer.status_code, answer.data["code"], answer.data["version"]) == (409, "stale", 2)


def test_a_day_is_listed_in_order_and_pages_do_not_shift(api, wanted, location):
    for hour in range(8, 14):
        api.post(
            PATH,
            wanted
            | {"start": f"2026-11-16T{hour:02}:00", "patient": str(factories.PatientFactory().pk)},
        )

    first = api.get(PATH, location=str(location.pk), date="2026-11-16", limit=4).data
    rest = api.get(
        PATH, location=str(location.pk), date="2026-11-16", limit=4, after=first["next_after"]
    ).data

    starts = [row["start"][11:13] for row in first["results"] + rest["results"]]
    assert starts == ["08", "09", "10", "11", "12", "13"]
    assert rest["next_after"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"ordering": "patient__family_name"},
        {"fields": "password"},
        {"limit": "-1"},
        {"location": "x"},
        {"date": "x"},
        {"after": str(uuid.uuid4())},
    ],
)
def test_a_query_outside_the_list_is_a_422(api, query):
    assert api.get(PATH, **query).status_code == 422


def test_reading_a_list_is_audited_once_a_view(api, wanted):
    """Under the patient, so that it is found when they ask who looked."""
    api.post(PATH, wanted)
    for _ in range(2):
        api.get(PATH)

    event = AuditEvent.objects.get(outcome="read")
    assert [str(each) for each in event.subject_ids] == [wanted["patient"]]


@pytest.mark.parametrize("count", [5, 40])
def test_a_day_costs_the_same_however_long_it_is(
    api, location, practitioner, follow_up, count, django_assert_max_num_queries, settings
):
    settings.MEMO_SECONDS = 60
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from tests.clock import at

    start = at("08:00")
    Appointment.objects.bulk_create(
        Appointment(
            patient=factories.PatientFactory(), practitioner=practitioner, location=location,
            appointment_type=follow_up,
            period=DateTimeTZRange(start.replace(minute=n), start.replace(hour=9, minute=n)),
        )
        for n in range(count)
    )  # fmt: skip
    api.get(PATH)

    with django_assert_max_num_queries(3):
        answer = api.get(PATH, location=str(location.pk), date="2026-11-16", limit=200)

    assert len(answer.data["results"]) == count


def test_openings_are_real(api, wanted, location, practitioner, follow_up, monkeypatch):
    from django.utils import timezone

    from tests.clock import at

    monkeypatch.setattr(timezone, "now", lambda: at("07:00"))
    api.post(PATH, wanted | {"start": "2026-11-16T08:00"})

    answer = api.get(
        "/api/v1/openings/",
        type=str(follow_up.pk),
        location=str(location.pk),
        practitioner=str(practitioner.pk),
        limit=2,
    )

    assert answer.status_code == 200, answer.data
    assert [each["start"] for each in answer.data["results"]] == [
        "2026-11-16T08:30:00-05:00",
        "2026-11-16T08:45:00-05:00",
    ]


def test_a_refusal_leaves_its_trace_also_under_an_idempotency_key(api, wanted, practice):
    practice.save_changes(locked_through_date="2026-12-31")

    answer = api.post(PATH, wanted, **{"idempotency-key": "k1"})

    assert answer.status_code == 409
    assert AuditEvent.objects.get(outcome="refused").action == "scheduling.book_appointment"
    assert GateVerdict.objects.get().outcome == "blocked"


@pytest.mark.parametrize("own_first", [True, False])
def test_a_parameter_sent_twice_is_no_way_to_another_site(api, location, elsewhere, own_first):
    """One value is read, and it is the one that is checked (ASVS 15.3.7)."""
    here = factories.PatientFactory(at=[location])
    there = factories.PatientFactory(at=[elsewhere])
    both = [("location", location.pk), ("location", elsewhere.pk)]
    sites = urlencode(both if own_first else both[::-1])

    for path in (PATH, "/api/v1/patients/", "/api/v1/practitioners/"):
        told = api.get(f"{path}?{sites}").content.decode()
        assert str(there.pk) not in told
    assert str(here.pk) in api.get("/api/v1/patients/").content.decode()


@pytest.mark.parametrize("own_first", [True, False])
def test_a_field_sent_twice_is_booked_where_it_was_checked(
    api, wanted, location, elsewhere, own_first
):
    sites = [location, elsewhere] if own_first else [elsewhere, location]
    rest = ", ".join(f'"{name}": "{value}"' for name, value in wanted.items() if name != "location")
    body = "{" + ", ".join(f'"location": "{each.pk}"' for each in sites) + f", {rest}}}"

    answer = api.client.post(PATH, body, content_type="application/json", headers=api.headers)

    booked = list(Appointment.objects.values_list("location_id", flat=True))
    assert booked == ([] if own_first else [location.pk])
    assert answer.status_code in ({403, 404, 422} if own_first else {201})
