"""Both web servers are restarted, one after the other, while people work: nobody notices."""

import json
import threading
import time
import urllib.error
import urllib.request
from uuid import uuid4

import pytest
from django.utils import timezone

from access import tokens
from office.roles import Role
from patients.models import Patient
from tests import factories
from tests.deploy.balancing import Balancer, Load

PER_SECOND = 50
DRAIN = {"DRAIN_SECONDS": "1.5"}
FEWER = {"--workers=2": "--workers=1"}  # of the compose file's words only this one: two cores


@pytest.fixture
def token(production, location):
    user = factories.UserFactory(role=Role.FRONT_DESK, at=[location])
    return tokens.make(user, scopes=[], days=1, at=timezone.now())[0]


def start(production, name, **env):
    found = production.start(name, env=DRAIN | env, **FEWER)
    production.wait_until(found, "/health/ready")
    return found


def asks(token, location):
    """Three looks and one registration, over and over."""

    def ask(number):
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Forwarded-Proto": "https",
            "Host": "localhost",
        }
        if number % 4:
            return "GET", "/api/v1/locations/", headers, None
        person = {
            "family_name": f"Rolling{number}", "given_name": "Ida", "birth_date": "1990-02-03",
            "sex": "female", "location": str(location.pk), "not_a_duplicate": True,
        }  # fmt: skip
        more = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        return "POST", "/api/v1/patients/", headers | more, json.dumps(person).encode()

    return ask


def test_no_request_fails_while_both_are_restarted(production, location, token):
    webs = {name: start(production, name) for name in ("web1", "web2")}
    balancer = Balancer({name: each.port for name, each in webs.items()})
    load = Load(balancer, asks(token, location), per_second=PER_SECOND)
    with balancer, load:
        time.sleep(1)
        for name in ("web1", "web2"):
            code, seconds = webs[name].end()
            assert code == 0, webs[name].said()
            assert seconds >= float(DRAIN["DRAIN_SECONDS"])
            webs[name] = start(production, name)
            balancer.serve(name, webs[name].port)
            time.sleep(1)

    assert load.failed == []
    assert load.done > PER_SECOND * 5
    assert balancer.answered.keys() == {"web1", "web2"}
    assert load.registered > 20
    assert Patient.objects.filter(family_name__startswith="Rolling").count() == load.registered

    balancer = Balancer({name: each.port for name, each in webs.items()})
    load = Load(balancer, asks(token, location), per_second=PER_SECOND)
    with balancer, load:
        time.sleep(0.5)
        production.kill(webs["web1"])  # without a word, answers go with it: it would have been seen
        time.sleep(0.5)
    assert load.failed


def test_a_request_that_has_begun_is_finished(production, location, token):
    """Half a registration is on its way when the server is told to end, and the other half comes later."""
    web = start(production, "web1", DRAIN_SECONDS="0.2")
    _, path, headers, body = asks(token, location)(0)
    answer = {}

    def slowly():
        def parts():
            yield body[:20]
            time.sleep(1.5)
            yield body[20:]

        asked = urllib.request.Request(
            f"http://localhost:{web.port}{path}",
            parts(),
            headers | {"Content-Length": str(len(body))},
        )
        try:
            with urllib.request.urlopen(asked, timeout=30) as found:
                answer["status"] = found.status
        except OSError as error:
            answer["status"] = error

    thread = threading.Thread(target=slowly)
    thread.start()
    time.sleep(0.4)
    code, _ = web.end()
    thread.join()

    assert answer["status"] == 201
    assert code == 0
