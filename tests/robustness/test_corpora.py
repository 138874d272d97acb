"""The corpus in every field of every form, every parameter of every address and every field of the API."""

import json
import re
import zlib

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access import grants, tokens
from access.models import User
from demo import seed
from desk.models import ChecklistRun, Party, RunItem, Task
from kernel.actors import Actor
from kernel.models import BaseModel, Job
from patients.models import ContactPoint, Patient, PatientAddress, RelatedPerson
from scheduling.models import Appointment, AppointmentType, Hold
from staff.models import Credential, Employee, EmployeeTime, Practitioner
from tests.robustness import corpus, real_requests
from tests.robustness.connecting import connections, strangers
from tests.robustness.heard import names_read, values_of
from tests.test_every_page import ROLES, client_of
from tests.test_route_matrix import routes

pytestmark = pytest.mark.django_db

TRIES = 1  # value per field in the everyday run; all of them in the long one
SIZE = seed.Size(patients=40, past_days=1, ahead_days=2)
# The one who opened the door; whatever ends the session would end the walk.
LEFT_OUT = re.compile(
    r"sign-out|sign-in/demo|admin-panel/(log|jsi18n|login)|autocomplete|^\^|set-up"
)
IDS = {
    "patient_id": Patient, "contact_id": ContactPoint, "address_id": PatientAddress, "person_id": RelatedPerson,
    "employee_id": Employee, "credential_id": Credential, "time_id": EmployeeTime, "hold_id": Hold,
    "appointment_id": Appointment, "pk": Job, "job_id": Job,
    "task_id": Task, "run_id": ChecklistRun, "item_id": RunItem, "party_id": Party, "subject_id": Patient,
}  # fmt: skip
WORDS = {
    "slug": "room",
    "to": "arrived",
    "name": "x",
    "kind": "patients.patient",
    "token": "x",
    "door": "full",
}
ABOUT_WHO = re.compile("SAVEPOINT|django_session")  # somebody is there, noted twice a minute
KIND = re.compile(r'^\w+|(?:FROM|JOIN|INTO|UPDATE) "?\w+')
# Refused, and it says so where a person looks.
SAID = re.compile(
    r'class="err"|error-say|form-errors|errorlist|role="alert"|class="notice|verdict|differences|class="opts"'
)


@pytest.fixture
def office(settings):
    """The demo, its eight people, and something of each kind to change."""
    settings.MEMO_SECONDS = 3600
    seed.make_practice(
        by=Actor.system("demo"), at=timezone.now(), size=SIZE, home="America/New_York"
    )
    boss = User.objects.get(email="admin@demo.office")
    Job.objects.create(kind="fhir.import", owner_id=boss.pk, owner_name=boss.name)
    with connections() as asked:
        yield {role: client_of(role) for role in ROLES}
    assert strangers(asked) == set()


def whole_database():
    """How many rows each table of the office has, and how often they were changed."""
    tables = [each._meta.db_table for each in apps.get_models() if issubclass(each, BaseModel)]
    counted = " UNION ALL ".join(
        f"SELECT '{name}', count(*), sum(version) FROM {name}" for name in sorted(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(counted)
        return cursor.fetchall()


def undone(send):
    """Send, look at what was written, take it back: each try starts from the same office."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT a_try")
        try:
            return send(), whole_database()
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT a_try")


def doors(office):
    """`(client, address, pattern)` of every page, opened by one who may."""
    may = {
        role: grants.of(User.objects.get(email=f"{role}@demo.office")).actor().may for role in ROLES
    }
    for route in routes():
        if route.pattern.startswith("api/") or LEFT_OUT.search(route.pattern):
            continue
        wanted = route.policy.permission
        role = next((each for each in ROLES if not wanted or may[each](wanted)), None)
        if path := address(route):
            client = Client() if route.policy.public else office[role or "manager"]
            client.raise_request_exception = False
            yield client, path, route.pattern


def address(route):
    """The page of something that is there; None if the demo has none of it."""

    def value(found):
        kind, name = found.group(1), found.group(2)
        if kind == "path":
            return panel_row(route.name)
        model = IDS.get(name) if kind == "uuid" else None
        row = model.objects.order_by("pk").first() if model else None
        return str(row.pk) if row else WORDS.get(name, "1")

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, route.pattern)


def panel_row(name):
    """`admin:staff_employee_change` → the first employee."""
    wanted = name.removeprefix("admin:").rsplit("_", 1)[0]
    for model in admin.site._registry:
        if f"{model._meta.app_label}_{model._meta.model_name}" == wanted:
            row = model._default_manager.order_by("pk").first()
            return str(row.pk) if row else "1"
    return "1"


def some(values, name, everything=False):
    """A few of the values, others for each field, the same in each run."""
    names = sorted(values)
    first = zlib.crc32(name.encode()) % len(names)
    picked = names if everything else [names[(first + 7 * n) % len(names)] for n in range(TRIES)]
    return [(each, values[each]) for each in picked]


def faults(answer, what, before, after):
    """What is wrong with an answer to nonsense."""
    if answer.status_code >= 500 and answer.status_code != 503:
        kind = answer.exc_info[0].__name__ if getattr(answer, "exc_info", None) else ""
        return [f"{what}: {answer.status_code} {kind}"]
    body = "" if answer.streaming else answer.content.decode(errors="replace")
    found = (
        [f"{what}: a script of ours, not escaped"]
        if f"<script>window.{corpus.CANARY}" in body
        else []
    )
    if f'onerror="window.{corpus.CANARY}' in body:
        found.append(f"{what}: an attribute of ours, not escaped")
    if answer.status_code >= 400:
        if before != after:
            changed = [a for a, b in zip(after, before, strict=True) if a != b]
            found.append(f"{what}: {answer.status_code}, and yet written: {changed}")
        if not said(answer, body):
            found.append(f"{what}: {answer.status_code} without a sentence")
    return found


def said(answer, body):
    if "json" in answer.get("Content-Type", ""):
        return bool(json.loads(body).get("detail"))
    return answer.status_code == 405 or SAID.search(body)


def test_every_field_of_every_form(office):
    assert try_forms(office) == []


@pytest.mark.slow
def test_every_field_of_every_form_with_everything(office):
    assert try_forms(office, everything=True) == []


def try_forms(office, everything=False):
    wrong, fields, before = [], 0, whole_database()
    for client, path, pattern in doors(office):
        shown = client.get(path)
        given = {} if shown.streaming else values_of(shown.content.decode(errors="replace"))
        with names_read() as (_address, read):
            undone(lambda: client.post(path, given))  # noqa: B023
        names = sorted(read - {"csrfmiddlewaretoken"})
        base = {name: given.get(name, "") for name in names}
        for name in names:
            fields += 1
            for kind, value in some(corpus.IN_FORMS, pattern + name, everything):
                answer, after = undone(lambda: client.post(path, base | {name: value}))  # noqa: B023
                wrong += faults(answer, f"POST {path} {name}={kind}", before, after)
    assert fields > 60
    return wrong


def test_every_parameter_of_every_address(office):
    assert try_addresses(office) == []


@pytest.mark.slow
def test_every_parameter_of_every_address_with_everything(office):
    assert try_addresses(office, everything=True) == []


def try_addresses(office, everything=False):
    wrong, parameters, before = [], 0, whole_database()
    for client, path, pattern in doors(office):
        with names_read() as (read, _form):
            client.get(path)
        for name in sorted(read):
            parameters += 1
            for kind, value in some(corpus.IN_FORMS, pattern + name, everything):
                answer, after = undone(lambda: client.get(path, {name: value}))  # noqa: B023
                wrong += faults(answer, f"GET {path} {name}={kind}", before, after)
    assert parameters > 20
    return wrong


def test_what_is_asked_for_changes_no_question_to_the_database(office):
    """As many statements, and the same ones, for an attack as for a word that fits nothing (plan A-42)."""
    wrong, parameters = [], 0
    attacks = [corpus.TEXTS[name] for name in ("sql", "sql like")]
    for client, path, _pattern in doors(office):
        with names_read() as (read, _form):
            client.get(path)
        for name in sorted(read):
            parameters += 1
            plain = [questions(client, path, name, word) for word in ("zq zq", "")]
            for attack in attacks:
                asked = questions(client, path, name, attack)
                if asked not in plain:  # what is nothing but signs is no word at all
                    wrong.append(f"GET {path} {name}={attack}: {set(asked) ^ set(plain[0])}")
    assert wrong == []
    assert parameters > 20


def questions(client, path, name, value):
    """Of each statement what it does and to which tables; one more word to look for is one more condition in it."""
    with CaptureQueriesContext(connection) as asked:
        undone(lambda: client.get(path, {name: value}))
    told = (each["sql"] for each in asked)
    return [" ".join(KIND.findall(sql)) for sql in told if not ABOUT_WHO.search(sql)]


def test_every_part_of_every_address(office):
    """`<slug>`, `<str>` and `<path>` take more than the words they are meant for."""
    wrong, before = [], whole_database()
    for client, _path, pattern in doors(office):
        if not re.search(r"<(str|slug|path):", pattern):
            continue
        for kind, value in some(corpus.TEXTS, pattern):
            part = value.encode("utf-8", "replace").decode().replace("/", "").replace("?", "")[:500]
            path = "/" + re.sub(r"<\w+:\w+>", lambda _: part or "x", pattern)  # noqa: B023
            for method in (client.get, client.post):
                answer, after = undone(lambda: method(path))  # noqa: B023
                wrong += faults(answer, f"{pattern} {kind}", before, after)
    assert wrong == []


def test_every_field_of_the_api(office):
    assert try_api(office) == []


@pytest.mark.slow
def test_every_field_of_the_api_with_everything(office):
    assert try_api(office, everything=True) == []


def try_api(office, everything=False):
    wrong, fields = [], 0
    before = None
    for role in ("manager", "hr"):
        user = User.objects.get(email=f"{role}@demo.office")
        real = real_requests.make(user)
        token, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())
        before = whole_database()
        for operation, (key, body) in real.items():
            method, path = operation.split()
            if method != "POST" or not body:
                continue
            path = re.sub(r"\{\w+\}", str(key), path)
            for name in body:
                fields += 1
                for kind, value in some(corpus.EVERYTHING, operation + name, everything):
                    answer, after = undone(lambda: ask(token, path, body | {name: value}))  # noqa: B023
                    wrong += faults(answer, f"{operation} {name}={kind}", before, after)
    assert fields > 40
    return wrong


def ask(token, path, body):
    client = Client(raise_request_exception=False)
    return client.post(
        path, json.dumps(body), content_type="application/json",
        headers={"authorization": f"Bearer {token}"},
    )  # fmt: skip


def test_every_parameter_of_the_api(office):
    user = User.objects.get(email="manager@demo.office")
    token, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())
    known = {"authorization": f"Bearer {token}"}
    client = Client(raise_request_exception=False)
    required = {
        "type": str(AppointmentType.objects.first().pk),
        "location": str(Practitioner.objects.exclude(locations=None).first().locations.first().pk),
    }
    schema = client.get("/api/schema/", headers=known).json()
    wrong, before = [], whole_database()
    for path, operations in schema["paths"].items():
        names = [each["name"] for each in operations.get("get", {}).get("parameters", ())]
        for name in names if "{" not in path else ():
            for kind, value in some(corpus.IN_FORMS, path + name):
                query = (required if "openings" in path else {}) | {name: value}
                answer, after = undone(lambda: client.get(path, query, headers=known))  # noqa: B023
                wrong += faults(answer, f"GET {path} {name}={kind}", before, after)
    assert wrong == []
