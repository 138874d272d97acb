"""What every answer says to the browser: walked over every route, every kind of refusal, files and the stream."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from access import stream, tokens
from office.roles import Role
from tests import factories
from tests.test_route_matrix import address, routes

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
UNUSED = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")
CLOSED = ("object-src", "base-uri", "frame-ancestors", "default-src")
# Says who answered, in which version; or opens the house to other sites.
TELLTALE = ("Server", "X-Powered-By", "X-AspNet-Version", "Via")
PANEL = "/admin-panel/"


def faults(answer, path, *, built=False):
    """Everything that is missing or too much in the headers of one answer."""
    where, found = f"{answer.status_code} {path}", []
    for name, value in EVERYWHERE.items():
        if answer.headers.get(name) != value:
            found.append(f"{where}: {name} is {answer.headers.get(name)}")
    allowed = answer.headers.get("Permissions-Policy", "")
    found += [f"{where}: {name} may be used" for name in UNUSED if f"{name}=()" not in allowed]
    found += [f"{where}: tells {name}" for name in TELLTALE if name in answer.headers]
    found += [
        f"{where}: {name}" for name in answer.headers if name.lower().startswith("access-control")
    ]
    kept = answer.headers.get("Cache-Control", "")
    if not built and kept != "no-store":
        found.append(f"{where}: Cache-Control is {kept}")
    return found + [f"{where}: {fault}" for fault in policy_faults(answer, path)]


def policy_faults(answer, path):
    text = answer.headers.get("Content-Security-Policy", "")
    said = {each.split()[0]: each.split()[1:] for each in text.split(";") if each.strip()}
    found = [f"{name} is {said.get(name)}" for name in CLOSED if said.get(name) != ["'none'"]]
    scripts = said.get("script-src", ["*"])
    known = {"'self'", "'unsafe-eval'"} if path.startswith(PANEL) else {"'self'"}
    if not set(scripts) <= known:
        found.append(f"scripts from {scripts}")
    if not path.startswith(PANEL) and said.get("style-src") != ["'self'"]:
        found.append(f"styles from {said.get('style-src')}")
    return found


def walk(client, methods):
    client.raise_request_exception = False
    return [
        fault
        for route in routes()
        for method in methods
        for path in [address(route)]
        for fault in faults(getattr(client, method)(path), path)
    ]


def test_every_route_answers_a_stranger_with_all_headers(client, db):
    assert walk(client, ("get", "post", "options")) == []


def test_every_route_answers_a_manager_with_all_headers(signed_in, location, settings):
    settings.MEMO_SECONDS = 60

    assert walk(signed_in(Role.MANAGER, location), ("get", "post", "put")) == []


def test_every_page_that_exists_has_them_too(signed_in, location, patient, practitioner):
    client = signed_in(Role.FRONT_DESK, location)
    wrong = []
    for path in ("/", "/schedule/", f"/patients/{patient.pk}/", "/patients/new/", "/sign-in/"):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        wrong += faults(answer, path)

    assert wrong == []


@pytest.mark.parametrize("path", ["/breaks/", "/api/v1/breaks/"])
def test_an_answer_to_a_fault_of_ours_has_them_and_tells_nothing(client, db, settings, path):
    settings.ROOT_URLCONF = "tests.robustness.broken_urls"
    client.raise_request_exception = False

    answer = client.get(path)

    assert answer.status_code == 500
    assert faults(answer, path) == []
    assert b"ZeroDivisionError" not in answer.content
    assert b"on purpose" not in answer.content


def test_a_program_that_meets_a_fault_of_ours_gets_a_problem_document(client, db, settings):
    settings.ROOT_URLCONF = "tests.robustness.broken_urls"
    client.raise_request_exception = False

    answer = client.get("/api/v1/breaks/")

    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == 500


@pytest.mark.parametrize("path", ["/", "/api/v1/patients/"])
def test_a_name_that_is_not_ours_is_refused_with_all_headers(client, db, settings, path):
    settings.ALLOWED_HOSTS = ["office.example"]
    settings.EVENTS_URL = "http://localhost:8001/events"
    client.raise_request_exception = False

    answer = client.get(path, headers={"host": "elsewhere.example"})

    assert answer.status_code == 400
    assert faults(answer, path) == []


def test_a_form_from_elsewhere_is_refused_with_all_headers(signed_in, location):
    user = signed_in(Role.FRONT_DESK, location).user
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    answer = client.post("/patients/new/", {"family_name": "Rossi"})

    assert answer.status_code == 403
    assert faults(answer, "/patients/new/") == []


def test_answers_to_programs_have_them(client, location):
    user = factories.UserFactory(role=Role.FRONT_DESK, at=[location])
    plain, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())
    known = {"authorization": f"Bearer {plain}"}
    wrong = []
    for status, path, headers in (
        (200, "/api/v1/patients/", known),
        (401, "/api/v1/patients/", {}),
        (401, "/api/v1/patients/", {"authorization": "Bearer x"}),
        (403, "/api/v1/metrics/", known),
        (404, "/api/v1/nothing/", known),
        (422, "/api/v1/patients/?ordering=family_name", known),
    ):
        answer = client.get(path, headers=headers)
        assert answer.status_code == status, path
        wrong += faults(answer, path)
    for status, path, body in (
        (400, "/api/v1/patients/", "{"),
        (422, "/api/v1/patients/", "{}"),
        (405, "/api/v1/openings/", "{}"),
    ):
        answer = client.post(path, body, content_type="application/json", headers=known)
        assert answer.status_code == status, path
        wrong += faults(answer, path)
    assert wrong == []


def test_built_files_may_be_kept_and_have_the_others(client, db):
    name = next(each.name for each in Path(settings.STATICFILES_DIRS[0]).glob("*.css"))

    answer = client.get(f"/static/{name}")
    answer.close()

    assert answer.status_code == 200
    assert faults(answer, "/static/", built=True) == []
    assert "no-store" not in answer["Cache-Control"]
    missing = client.get("/static/nothing.css")
    assert missing.status_code == 404
    assert faults(missing, "/static/nothing.css") == []


def test_production_leads_to_tls_with_all_headers(client, db, settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    fresh = Client()

    answer = fresh.get("/sign-in/")

    assert answer.status_code == 301
    assert answer["Location"].startswith("https://")
    assert faults(answer, "/sign-in/") == []
    assert "max-age=31536000" in fresh.get("/sign-in/", secure=True)["Strict-Transport-Security"]


@pytest.mark.parametrize("path", ["/api/v1/patients/", "/api/schema/", "/fhir/R4/metadata"])
def test_but_programs_are_refused_there_and_not_led(db, settings, path):
    """Led on, a program would go on sending its token in the open, and nobody would notice (ASVS 4.1.2)."""
    settings.SECURE_SSL_REDIRECT = True
    client = Client()

    answer = client.get(path, headers={"authorization": "Bearer mom_x"})

    assert (answer.status_code, answer.json()["code"]) == (403, "not-secure")
    assert "Location" not in answer
    assert faults(answer, path) == []
    assert client.get(path, secure=True).status_code != 403


@pytest.mark.parametrize(
    "path", ["/", "/sign-in/", "/api/v1/patients/", "/static/nothing.css", "/admin-panel/"]
)
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "DEBUG"])
def test_nothing_that_was_sent_is_read_back_by_a_method_for_it(signed_in, location, path, method):
    client = signed_in(Role.MANAGER, location)

    answer = client.generic(method, path, headers={"X-Canary": "tr4c3"})

    assert answer.status_code == 405
    assert b"tr4c3" not in b"".join(answer)
    assert faults(answer, path) == []


def said_by_stream(path, method="GET", **headers):
    """The first words of the event stream's process, without a server around it."""
    scope = {
        "type": "http", "method": method, "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.disconnect"}

    # On a thread of its own: a browser test of the same worker keeps a loop running on this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(stream.EventStream()(scope, receive, send))).result()
    return sent[0]["status"], {k.decode(): v.decode() for k, v in sent[0]["headers"]}


@pytest.mark.parametrize(
    ("status", "path", "more"),
    [
        (401, "/events", {}),
        (401, "/events", {"host": "office.example", "origin": "https://office.example"}),
        (403, "/events", {"host": "office.example", "origin": "https://evil.example"}),
        (404, "/elsewhere", {}),
        (405, "/events", {"method": "POST"}),
        (200, "/health/live", {}),
    ],
)
def test_the_event_stream_answers_with_headers_of_its_own(status, path, more):
    found, headers = said_by_stream(path, **more)

    assert found == status
    assert {
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }.items() <= headers.items()
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers.get("access-control-allow-origin") in {None, "https://office.example"}


def test_the_stream_itself_says_the_same():
    headers = {name.decode(): value.decode() for name, value in stream.STREAM_HEADERS}

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "no-store"
