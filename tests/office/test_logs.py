"""What production writes down: enough to find the fault, nothing about anybody."""

import io
import json
import logging
import subprocess
import sys

import pytest
from django.db import IntegrityError, transaction

from kernel.logs import JsonLines
from launch.check import PRODUCTION
from office.models import Practice
from office.roles import Role
from patients.querysets import PatientQuerySet
from tests import factories

CANARY = "Zebrafinch"
pytestmark = pytest.mark.django_db


@pytest.fixture
def written():
    """Everything that is logged, as production writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "office.request_line", "django")}
    root.addHandler(handler)
    for name in levels:
        logging.getLogger(name).setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_request_is_one_line_by_route_and_actor(signed_in, location, written):
    client = signed_in(Role.FRONT_DESK, location)

    answer = client.get("/patients/?find=Zebrafinch", headers={"X-Request-ID": "proxy-said-so"})

    line = next(each for each in written() if each["logger"] == "office.request_line")
    assert line["route"] == "patients:finder"
    assert (line["method"], line["status"]) == ("GET", answer.status_code)
    assert line["actor"] == str(client.user.pk)
    assert line["request"] == answer["X-Request-ID"] == "proxy-said-so"
    assert line["ms"] > 0


def test_a_made_up_request_id_is_not_taken_over(client, written):
    answer = client.get("/health/live", headers={"X-Request-ID": "x\u200b; Zebrafinch was here"})

    assert CANARY not in answer["X-Request-ID"]


def test_no_patient_is_in_the_log_whatever_happens(
    client, signed_in, location, written, monkeypatch
):
    patient = factories.PatientFactory(family_name=CANARY, at=[location])
    client = signed_in(Role.FRONT_DESK, location)
    client.raise_request_exception = False
    client.get(f"/patients/{CANARY}/")
    client.get(f"/nowhere/{CANARY}/?name={CANARY}")
    client.post("/patients/find/", {"typed": CANARY})
    client.post("/api/v1/patients/search/", {"q": CANARY}, content_type="application/json")
    client.get(f"/patients/{patient.pk}/")
    client.get("/", headers={"Host": f"{CANARY}.example"})

    def broken(*_args, **_kwargs):
        name = CANARY
        raise ValueError(f"no such patient: {name}")

    monkeypatch.setattr(PatientQuerySet, "visible_to", broken)
    answer = client.get(f"/patients/{patient.pk}/")
    assert answer.status_code == 500

    log, other = logging.getLogger("patients.tried"), logging.getLogger("somebody.elses")
    log.warning("found %s with %d visits", CANARY, 3)
    log.warning("by name: %(name)s", {"name": CANARY})
    other.error(f"put together: {CANARY}")  # noqa: G004
    log.warning("an extra", extra={"typed": CANARY, "count": 2})
    try:
        with transaction.atomic():
            Practice.objects.create(pk=Practice.objects.get().pk, name=CANARY)
    except IntegrityError:
        log.exception("a constraint")

    told = "\n".join(map(json.dumps, written()))
    assert CANARY.lower() not in told.lower()
    lines = {line["message"]: line for line in written()}
    assert "found … with 3 visits" in lines
    assert lines["an extra"]["count"] == 2
    assert lines["a constraint"]["exception"]["because"]["sqlstate"] == "23505"
    broke = next(
        each for each in written() if "exception" in each and each["logger"] == "django.request"
    )
    assert broke["exception"]["kind"] == "builtins.ValueError"
    assert any("broken" in frame for frame in broke["exception"]["from"])


def test_a_value_that_does_not_fit_its_template_is_hidden_all_the_same():
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "wanted: %d", (CANARY,), None)

    assert json.loads(JsonLines().format(record))["message"] == "wanted: %d"


def test_production_writes_with_it_and_everything_else_listens():
    """The settings themselves, in a process of their own: they refuse to load here."""
    code = (
        "import django, logging; django.setup(); "
        "logging.getLogger('office.request_line').info('request', extra={'route': 'home'}); "
        "logging.getLogger('x').warning('typed by Zebrafinch')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={"PATH": "", **PRODUCTION}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["request", "…"]
    assert lines[0]["route"] == "home"
