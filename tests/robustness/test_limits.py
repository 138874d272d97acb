"""What is too much is refused with a sentence, before it costs anything; what waits too long is let go."""

import io
import json
import threading

import pytest
import werkzeug.test
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from access import tokens
from kernel import overload
from kernel.bodies import SENTENCES, HouseJSON
from office import wsgi
from office.roles import Role
from patients.models import Patient
from tests import factories

MB = 1_000_000
DEEP = 10_000


@pytest.fixture
def program(client, location):
    """`program(path, body)`: JSON as text, as the front desk."""
    user = factories.UserFactory(role=Role.FRONT_DESK, at=[location])
    plain, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())
    client.raise_request_exception = False

    def post(path, body, content_type="application/json", **headers):
        known = {"authorization": f"Bearer {plain}"} | headers
        return client.post(path, body, content_type=content_type, headers=known)

    return post


@pytest.fixture
def desk_client(signed_in, location):
    client = signed_in(Role.FRONT_DESK, location)
    client.raise_request_exception = False
    return client


def says(answer):
    return answer.json()["detail"]


# What is sent


def test_ten_megabytes_of_json_are_too_much(program):
    answer = program("/api/v1/patients/", json.dumps({"family_name": "a" * 10 * MB}))

    assert answer.status_code == 413
    assert says(answer) == "At most 2.5 MB may be sent here at once; nothing was saved."
    assert answer["Connection"] == "close"
    assert not Patient.objects.exists()


def test_ten_megabytes_in_a_form_are_too_much(desk_client):
    answer = desk_client.post("/patients/new/", {"family_name": "a" * 10 * MB})

    assert answer.status_code == 413
    assert "At most 2.5 MB may be sent here" in answer.content.decode()
    assert not Patient.objects.exists()


def test_a_length_that_is_none_is_too_much(desk_client):
    for length in ("9" * 30, "-1", "ten"):
        answer = desk_client.generic("POST", "/patients/new/", b"x", CONTENT_LENGTH=length)

        assert answer.status_code in {400, 413}, length


def test_a_file_is_taken_only_where_files_are_taken(signed_in, location):
    large = SimpleUploadedFile("notes.json", b"{" + b" " * 3 * MB + b"}")
    client = signed_in(Role.ADMINISTRATOR, location)

    assert client.post("/patients/new/", {"file": large}).status_code == 413
    large.seek(0)
    assert client.post("/import/fhir/", {"file": large}).status_code == 422


def test_a_stranger_sends_no_file_anywhere(client, db):
    large = SimpleUploadedFile("notes.json", b"x" * 3 * MB)

    assert client.post("/import/fhir/", {"file": large}).status_code == 413


def test_a_file_larger_than_a_file_may_be_is_refused_unread(signed_in, location):
    client = signed_in(Role.ADMINISTRATOR, location)
    body = io.BytesIO(b"x")

    answer = client.generic(
        "POST", "/import/fhir/", body.read(), content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(settings.UPLOAD_MAX_BYTES * 2),
    )  # fmt: skip

    assert answer.status_code == 413


def test_three_thousand_fields_are_too_many(desk_client):
    answer = desk_client.post("/patients/new/", {f"field{n}": "x" for n in range(3_000)})

    assert answer.status_code == 400
    assert "could not be read" in answer.content.decode()


def test_three_thousand_parameters_are_too_many(desk_client):
    answer = desk_client.get("/schedule/?" + "&".join(f"a{n}=1" for n in range(3_000)))

    assert answer.status_code == 400


@pytest.mark.parametrize("body", ["[" * DEEP, '{"a":' * DEEP, "[" * DEEP + "]" * DEEP])
def test_deep_json_is_refused(program, body):
    answer = program("/api/v1/patients/", body)

    assert answer.status_code == 400
    assert says(answer)


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        ({"overrides": json.loads("[" * 40 + "]" * 40)}, 422, f"overrides: {SENTENCES['deep']}"),
        ({"family_name": "a\x00b"}, 422, f"family_name: {SENTENCES['text']}"),
        ({"family_name": "\ud800"}, 422, f"family_name: {SENTENCES['text']}"),
        ({"contacts": [{"value": "\udfff"}]}, 422, f"contacts: {SENTENCES['text']}"),
        ({"a\x00b": 1}, 400, SENTENCES["text"]),
        (["\x00"], 400, SENTENCES["text"]),
    ],
)
def test_what_cannot_be_stored_is_refused_by_name(program, body, status, sentence):
    answer = program("/api/v1/patients/", json.dumps(body))

    assert answer.status_code == status
    assert says(answer) == sentence


@pytest.mark.parametrize("number", ["1e309", "-1e309", "NaN", "Infinity", "1" * 5000])
def test_numbers_that_are_none_are_refused(program, number):
    answer = program("/api/v1/patients/", f'{{"family_name": "Rossi", "version": {number}}}')

    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("family_name", 0), ("family_name", True), ("needs_interpreter", "yes"), ("needs_interpreter", 1),
        ("location", 17), ("contacts", [{"system": "phone", "value": 5}]),
    ],
)  # fmt: skip
def test_another_type_than_the_schema_says_is_refused(program, location, field, value):
    body = {"family_name": "Rossi", "location": str(location.pk)} | {field: value}

    answer = program("/api/v1/patients/", json.dumps(body))

    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Patient.objects.exists()


@pytest.mark.parametrize("key", ["", "a" * 201, "zwölf", "a b"])
def test_a_key_that_could_be_mistaken_for_another_is_refused(program, location, key):
    body = {"family_name": "Rossi", "location": str(location.pk)}

    answer = program("/api/v1/patients/", json.dumps(body), **{"idempotency-key": key})

    assert answer.status_code == 422
    assert "1 to 200 printable" in says(answer)


def test_what_is_allowed_stays_allowed():
    told = {"name": "Zoë 𝒳 😀", "n": [1, 2.5, {"a": None}], "deep": json.loads("[" * 30 + "]" * 30)}

    assert HouseJSON().parse(io.BytesIO(json.dumps(told).encode())) == told


@pytest.mark.parametrize("charset", ["rot13", "hex", "utf-16", "zip", "idna"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_other_encodings_are_refused(db, charset, kind):
    house = werkzeug.test.Client(wsgi.application)  # Django's own client reads the header itself

    for method, path in (
        ("POST", "/api/v1/patients/"),
        ("POST", "/patients/new/"),
        ("GET", "/schedule/?day=x"),
    ):
        answer = house.open(
            path, method=method, data=b"{}", content_type=f"{kind}; charset={charset}"
        )
        assert answer.status_code == 415, path
        assert "must be encoded as UTF-8" in answer.text


def test_a_cookie_with_a_nul_is_no_session(db):
    client = Client(raise_request_exception=False)

    answer = client.get("/", headers={"cookie": f'{settings.SESSION_COOKIE_NAME}="abcdefgh\\000"'})

    assert answer.status_code == 302


@pytest.mark.parametrize(
    "path", ["/audit/?about=%00", "/rules/%00/", "/api/v1/patients/?cursor=a%00"]
)
def test_an_address_with_a_nul_is_refused(desk_client, path):
    assert desk_client.get(path).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"--x",
        b"--x\r\n",
        b'--x\r\nContent-Disposition: form-data; name="family_name"\r\n\r\nRos',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"a" * 4096,
        b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--',
        b'--x\r\nContent-Disposition: form-data; name="\xff\xfe"\r\n\r\n\xff\r\n--x--',
    ],
)
def test_half_a_form_writes_nothing(desk_client, body):
    answer = desk_client.post(
        "/patients/new/", body, content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code in {400, 403, 422}
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    "limit", ["0", "-1", "999999999", "9" * 5000, "1e9", "²", "0000000001999999999"]
)
def test_pages_of_a_list_stay_small(program, client, location, limit):
    factories.PatientFactory.create_batch(3, at=[location])
    program("/api/v1/patients/search/", "{}")  # signs nothing in; only makes the program
    user = factories.UserFactory(role=Role.FRONT_DESK, at=[location])
    plain, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())

    for noun in ("patients", "appointments"):
        answer = client.get(
            f"/api/v1/{noun}/", {"limit": limit}, headers={"authorization": f"Bearer {plain}"}
        )
        assert answer.status_code in {200, 422}, noun
        assert len(answer.json().get("results", [])) <= 200


# What takes too long


@pytest.fixture
def held(transactional_db):
    """`held(row)`: another session holds the row until the test is over."""
    ready, over, threads = threading.Event(), threading.Event(), []

    def hold(row):
        def body():
            with transaction.atomic():
                type(row).objects.select_for_update().get(pk=row.pk)
                ready.set()
                over.wait(30)
            connections["default"].close()

        threads.append(threading.Thread(target=body))
        threads[-1].start()
        assert ready.wait(5)

    yield hold
    over.set()
    for each in threads:
        each.join()


@pytest.fixture
def hurried():
    """The session's limits, shortened: the mechanism is the same at 0.3 s as at 5 and 15."""

    def shorten(**limits):
        with connection.cursor() as cursor:
            for name, wanted in limits.items():
                cursor.execute(f"SET {name} = '{wanted}'")

    yield shorten
    connection.close()


def test_every_session_has_the_limits(db):
    with connection.cursor() as cursor:
        for name, wanted in (
            ("statement_timeout", "15s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
        ):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone() == (wanted,)


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_for_a_row_too_long_is_told_so(held, hurried, signed_in, practice):
    place = factories.LocationFactory()
    someone = factories.PatientFactory(at=[place])
    client = signed_in(Role.FRONT_DESK, place)
    user, path = client.user, f"/api/v1/patients/{someone.pk}/change/"
    plain, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())
    held(someone)
    hurried(lock_timeout="300ms")

    answer = client.post(
        path, json.dumps({"version": someone.version, "note": "Prefers mornings"}),
        content_type="application/json", headers={"authorization": f"Bearer {plain}"},
    )  # fmt: skip

    assert answer.status_code == 409
    assert answer.json()["code"] == "busy"
    assert "Try again in a moment" in answer.json()["detail"]
    someone.refresh_from_db()
    assert someone.note == ""


@pytest.mark.django_db(transaction=True)
def test_a_question_that_takes_too_long_is_stopped_with_a_sentence(
    hurried, signed_in, practice, settings
):
    settings.ROOT_URLCONF = "tests.robustness.broken_urls"
    client = signed_in(Role.FRONT_DESK, factories.LocationFactory())
    hurried(statement_timeout="200ms")

    page, problem = client.get("/slow/"), client.get("/api/v1/slow/")

    assert (page.status_code, problem.status_code) == (503, 503)
    assert "took too long and was stopped" in page.content.decode()
    assert problem.json()["code"] == "too-long"


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_said_before_any_view(signed_in, practice, settings):
    client = signed_in(Role.FRONT_DESK, factories.LocationFactory())
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    client.raise_request_exception = False
    connection.close()
    away = connection.settings_dict["PORT"]
    try:
        connection.settings_dict["PORT"] = "1"
        connection.settings_dict["HOST"] = "127.0.0.1"
        answer = client.get("/schedule/")
        problem = client.get("/api/v1/patients/")
    finally:
        connection.close()
        connection.settings_dict["PORT"] = away

    assert (answer.status_code, problem.status_code) == (503, 503)
    assert "does not answer right now" in answer.content.decode()
    assert problem.json()["code"] == "unreachable"


def test_a_fault_of_ours_stays_one():
    assert overload.refusal_of(ZeroDivisionError()) is None
    assert overload.refusal_of(None) is None
    with pytest.raises(Exception, match="relation") as caught, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_such_table")
    assert overload.refusal_of(caught.value) is None
    assert isinstance(overload.refusal_of(OperationalError("gone")), overload.Unreachable)


test_a_fault_of_ours_stays_one = pytest.mark.django_db(test_a_fault_of_ours_stays_one)
