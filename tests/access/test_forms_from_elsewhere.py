"""No form, fetch or script of another site does anything here: every unsafe route, without or with a stolen look."""

import logging

import pytest
from django.test import Client

from kernel.models import AuditEvent
from office.roles import Role
from tests.test_route_matrix import address, routes

pytestmark = pytest.mark.django_db
UNSAFE = ("post", "put", "patch", "delete")
OURS = "http://testserver"


@pytest.fixture
def guarded(signed_in, location):
    """A browser that is signed in as somebody who may nearly everything, and whose form tokens are checked."""
    inside = signed_in(Role.MANAGER, location)
    client = Client(enforce_csrf_checks=True)
    client.cookies = inside.cookies
    return client


def token_of(client):
    client.get("/account/security/")
    return client.cookies["csrftoken"].value


def send(client, route, method="post", **headers):
    """As the route would take it: JSON to the API, a form to everything else."""
    path = "/sign-in/new-password/x-y/" if "new-password/(" in route.pattern else address(route)
    kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
    data = "{}" if path.startswith("/api/") else ""
    return client.generic(method.upper(), path, data, content_type=kind, headers=headers)


def answers(client, methods=("post",), **headers):
    return {
        f"{method} {route.pattern}": send(client, route, method, **headers)
        for route in routes()
        for method in methods
    }


@pytest.fixture(autouse=True)
def _quiet():
    """Django logs each refusal; here there are thousands."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def let_in(found):
    """Whatever was not refused for being strange; what has the wrong kind of body may be refused for that (415)."""
    return sorted(
        f"{what}: {answer.status_code}"
        for what, answer in found.items()
        if answer.status_code not in {403, 415}
    )


def test_without_the_token_nothing_unsafe_is_done_on_any_route(guarded):
    before = AuditEvent.objects.count()

    assert let_in(answers(guarded, UNSAFE)) == []
    assert AuditEvent.objects.count() == before


def test_an_invented_token_is_none(guarded):
    for path, kind in (("/me/alive", "text/plain"), ("/api/v1/appointments/", "application/json")):
        strange = {"X-CSRFToken": "x" * 32}
        answer = guarded.generic("POST", path, "{}", content_type=kind, headers=strange)
        assert answer.status_code == 403


def test_from_another_origin_not_even_the_right_token_helps(guarded):
    token = token_of(guarded)
    strange = {"X-CSRFToken": token, "Origin": "http://testserver.evil.example"}

    assert let_in(answers(guarded, **strange)) == []
    for origin in ("null", "https://testserver", "http://testserver:8001"):
        headers = {"X-CSRFToken": token, "Origin": origin}
        assert guarded.post("/me/alive", headers=headers).status_code == 403


def test_strangers_forms_are_held_to_it_too(location):
    stranger = Client(enforce_csrf_checks=True)
    public = [route for route in routes() if route.policy.public]

    wrong = [
        route.pattern for route in public if send(stranger, route).status_code not in {403, 405}
    ]
    assert wrong == []


def test_over_https_a_form_says_which_page_it_comes_from(guarded):
    token = token_of(guarded)

    def post(**headers):
        headers = {"X-CSRFToken": token, **headers}
        return guarded.post("/me/alive", secure=True, headers=headers).status_code

    assert post() == 403  # neither Origin nor Referer
    assert post(Referer="https://evil.example/") == 403
    assert post(Referer="https://testserver/") == 204


def test_with_the_token_and_from_here_it_works(guarded):
    token = token_of(guarded)

    answer = guarded.post("/me/alive", headers={"X-CSRFToken": token, "Origin": OURS})

    assert answer.status_code == 204
