"""One run of schemathesis over the API in this process: as somebody, with ids that exist, and what it found."""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from unittest import mock
from uuid import UUID

import schemathesis
import werkzeug
from django.db import connections
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema

from access import tokens
from access.models import User
from kernel.models import Job
from office import wsgi
from office.models import Location, Room
from patients.models import Encounter, Patient
from scheduling.models import Appointment, AppointmentType
from staff.models import Credential, Employee, EmployeeTime, Practitioner
from tests.robustness import real_requests

# The nouns of addresses, and the fields of bodies that mean a row.
NOUNS = {
    "appointments": Appointment, "appointment-types": AppointmentType, "credentials": Credential,
    "employee-time": EmployeeTime, "employees": Employee, "encounters": Encounter, "jobs": Job,
    "locations": Location, "patients": Patient, "practitioners": Practitioner,
}  # fmt: skip
FIELDS = {
    "patient": Patient, "practitioner": Practitioner, "location": Location, "room": Room,
    "appointment_type": AppointmentType, "type": AppointmentType, "employee": Employee,
}  # fmt: skip
MOST = 40  # rows of a kind to choose from
# Valid by the schema and yet refused: what a rule of the office says, it says with 409 or 422.
# 400 is JSON with a character in it that no table can hold.
ALLOWED = ["2xx", "400", "401", "403", "404", "409", "422"]


@dataclass
class Found:
    """What a run saw: faults as sentences, answers by operation."""

    faults: list[str] = field(default_factory=list)
    answers: dict[str, Counter] = field(default_factory=dict)
    phases: Counter = field(default_factory=Counter)

    @property
    def cases(self) -> int:
        return sum(sum(each.values()) for each in self.answers.values())

    def reached(self) -> set[str]:
        """Operations that answered 2xx at least once."""
        return {
            label for label, codes in self.answers.items() if any(200 <= c < 300 for c in codes)
        }


class InProcess:
    """The house as a WSGI application whose threads leave no connection behind."""

    def __init__(self):
        self.opened, self.asked = {}, 0

    def __call__(self, environ, start_response):
        # Wrong tokens are counted by address; here each comes from another one.
        self.asked += 1
        environ["REMOTE_ADDR"] = f"10.{self.asked // 256 % 256}.{self.asked % 256}.1"
        answer = wsgi.application(environ, start_response)
        connection = connections["default"]
        connection.inc_thread_sharing()
        self.opened[id(connection)] = connection
        return answer

    def close(self):
        for each in self.opened.values():
            each.close()


class Client(werkzeug.Client):
    """Schemathesis hands settings of sockets to the probes of `ignored_auth`; without sockets they mean nothing."""

    def open(self, *args, **kwargs):
        for name in ("max_redirects", "verify", "cert", "proxies"):
            kwargs.pop(name, None)
        return super().open(*args, **kwargs)


def run(role, *, examples, phases=("examples", "coverage", "fuzzing", "stateful"), seed=1):
    """Every operation of the schema as this role of the demo."""
    user = User.objects.get(email=f"{role}@demo.office")
    token, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())
    house = InProcess()
    schema = schemathesis.openapi.from_dict(
        _schema(real_requests.make(user)), config=_config(token, examples, phases, seed)
    )
    schema.app, schema.location = house, "/api/schema/"
    _know(schema, _rows())
    found = Found()
    with closing(house), mock.patch("schemathesis.python.wsgi.get_client", Client):
        for event in from_schema(schema).execute():
            _note(event, found)
    return found


def _schema(real):
    """As programs read it: with a token. A browser's session is tried by the tests of sign-in."""
    found = SchemaGenerator(api_version="1").get_schema(request=None, public=True)
    found["components"]["securitySchemes"].pop("session")
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            operation["security"] = [{"token": []}]
            _give_example(operation, *real.get(f"{method.upper()} {path}", (None, None)))
    return found


def _give_example(operation, key, body):
    """What the phase `examples` sends: a row that exists, a body that makes sense."""
    for each in operation["parameters"]:
        if each["in"] == "path" and key:
            each["example"] = key
        elif each["name"] in {"location", "type"}:
            each["example"] = str(FIELDS[each["name"]].objects.order_by("pk").first().pk)
    if body:
        operation["requestBody"]["content"]["application/json"]["example"] = body


def _config(token, examples, phases, seed):
    return schemathesis.Config.from_dict({
        "seed": seed,
        "workers": 1,
        "continue-on-failure": True,
        "headers": {"Authorization": f"Bearer {token}"},
        "generation": {"max-examples": examples, "no-shrink": True, "database": "none"},
        "phases": {
            name: {"enabled": name in phases}
            for name in ("examples", "coverage", "fuzzing", "stateful")
        },
        "checks": {
            "positive_data_acceptance": {"expected-statuses": ALLOWED},
            "max_response_time": 20.0,
        },
    })  # fmt: skip


def _rows():
    wanted = {**{model: name for name, model in NOUNS.items()}, Room: "rooms"}
    return {
        model: [
            str(key) for key in model.objects.order_by("pk").values_list("pk", flat=True)[:MOST]
        ]
        for model in wanted
    }


def _know(schema, rows):
    """Three of four ids that schemathesis makes up become ids of the demo; otherwise all would be 404."""

    def real(model, made_up):
        try:
            number = UUID(str(made_up)).int
        except ValueError:
            return made_up
        known = rows[model]
        return known[number % len(known)] if known and number % 4 else made_up

    @schema.hook
    def map_path_parameters(context, path_parameters):
        noun = context.operation.path.split("/")[3]
        if path_parameters and "id" in path_parameters and noun in NOUNS:
            return {**path_parameters, "id": real(NOUNS[noun], path_parameters["id"])}
        return path_parameters

    @schema.hook
    def map_query(context, query):
        return _with_rows(query, real)

    @schema.hook
    def map_body(context, body):
        return _with_rows(body, real)


def _with_rows(values, real):
    if not isinstance(values, dict):
        return values
    return {
        name: real(FIELDS[name], value) if name in FIELDS else value
        for name, value in values.items()
    }


def _note(event, found):
    if isinstance(event, events.NonFatalError | events.FatalError):
        found.faults.append(f"{getattr(event, 'label', '')}: {getattr(event, 'value', event)}")
    if isinstance(event, events.EngineFinished):
        found.faults += [_line(each) for each in event.failures]
    if not isinstance(event, events.ScenarioFinished):
        return
    found.phases[event.phase.value] += 1
    for key, node in event.recorder.cases.items():
        interaction = event.recorder.interactions.get(key)
        if interaction and interaction.response and _is_its_method(node.value, interaction):
            label = node.value.operation.label
            found.answers.setdefault(label, Counter())[interaction.response.status_code] += 1
    for key, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info:
                case = event.recorder.cases[key].value
                found.faults.append(
                    f"{_line(check.failure_info.failure)}\n{case.as_curl_command()}"
                )


def _is_its_method(case, interaction):
    """Also other methods are tried at each address; what they answer says nothing about the operation."""
    return interaction.request.method.upper() == case.operation.method.upper()


def _line(failure: Failure) -> str:
    return f"{failure.operation}: {failure.title}: {failure.message}"[:700]
