"""What a browser keeps for us: nothing that a script, a neighbor site or an open line could read."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from access import throttle
from office.roles import Role
from tests import factories
from tests.access.door import PASSWORD, sign_in

ROOT = Path(__file__).parents[2]
ASK = """
import json
from django.conf import settings
names = [
    "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE",
    "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH", "SESSION_EXPIRE_AT_BROWSER_CLOSE", "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE", "CSRF_COOKIE_SAMESITE", "CSRF_COOKIE_DOMAIN", "CSRF_COOKIE_PATH",
    "CSRF_TRUSTED_ORIGINS", "MFA_TRUST_ENABLED", "DEMO", "DEBUG",
]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


@pytest.fixture(scope="module")
def production():
    """The settings as a server in production reads them."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "office.settings.production",
        "SECRET_KEY": "x" * 60,
        "FIELD_KEYS": f"one:{base64.b64encode(bytes(32)).decode()}",
        "ALLOWED_HOSTS": "office.example",
        "DATABASE_URL": "postgresql://office@127.0.0.1:1/office",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    return json.loads(done.stdout)


def test_in_production_no_other_site_can_set_or_read_them(production):
    """`__Host-`: only over TLS, only this very host, whole site; so both names keep the browser's promise."""
    assert production["SESSION_COOKIE_NAME"] == "__Host-session"
    assert production["CSRF_COOKIE_NAME"] == "__Host-csrf"
    for kind in ("SESSION", "CSRF"):
        assert production[f"{kind}_COOKIE_SECURE"] is True
        assert production[f"{kind}_COOKIE_DOMAIN"] is None
        assert production[f"{kind}_COOKIE_PATH"] == "/"
        assert production[f"{kind}_COOKIE_SAMESITE"] == "Lax"
    assert production["SESSION_COOKIE_HTTPONLY"] is True
    assert production["SESSION_EXPIRE_AT_BROWSER_CLOSE"] is True


def test_in_production_nothing_stands_open(production):
    assert production["CSRF_TRUSTED_ORIGINS"] == []
    assert production["MFA_TRUST_ENABLED"] is False  # no browser skips the second step
    assert production["DEMO"] is False
    assert production["DEBUG"] is False


@pytest.mark.django_db
def test_every_cookie_of_a_sign_in_says_who_may_send_it(location, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    factories.UserFactory(
        email="helen@example.org", role=Role.PRIVACY, at=[location], password=PASSWORD
    )
    client = Client()
    client.get("/sign-in/", secure=True)
    sign_in(client, secure=True)
    client.post("/me/place", {"location": str(location.pk)}, secure=True)
    client.post("/me/preferences", {"theme": "dark"}, secure=True)

    assert {"sessionid", "csrftoken", throttle.KNOWN_COOKIE, "place", "theme"} <= set(
        client.cookies
    )
    for name, cookie in client.cookies.items():
        assert cookie["secure"], name
        assert cookie["samesite"] == "Lax", name
        assert not cookie["domain"], name
    readable = {name for name, cookie in client.cookies.items() if not cookie["httponly"]}
    assert readable == {"csrftoken", "theme"}
    assert not client.cookies["sessionid"]["max-age"]
