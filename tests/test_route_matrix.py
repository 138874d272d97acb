"""
Every route has a policy, and strangers are turned away from all but the doors listed here.

What each role may do, and where, is held against the declarations in `tests/authorization/`. A route that
declares nothing does not start.
"""

import re
from functools import cache
from uuid import UUID

import pytest

from kernel import policy
from office.roles import Role
from tests import factories

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
DUMMIES = {
    "uuid": "01930000-0000-7000-8000-000000000000",
    "int": "1",
    "str": "x",
    "slug": "x",
    "path": "x",
    "drf_format_suffix": ".json",
}

# Doors without a lock, one by one, each with its reason in the code. Adding one is a decision: add it here too.
PUBLIC = {
    "health-live",
    "health-ready",
    "metrics",  # for programs with METRICS_TOKEN; 404 without it
    "set-up",  # leads on: to the code while there is no account, then to the door
    "set-up-account",  # makes the first account with the machine's code; closed once there is one
    "gallery",  # invented people only; locked outside a demo
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_authenticate",
    "mfa_login_webauthn",
    "demo_sign_in",
    "portal:answer",  # whoever holds the link of a message answers that message
    "device",  # where a screen's one-time code is typed
}


@cache
def routes():
    return [route for route in policy.routes() if not route.pattern.startswith("static")]


def address(route):
    """An address of the route: ids that belong to nobody."""
    plain = re.sub(
        r"<(?:(\w+):)?\w+>", lambda found: DUMMIES[found.group(1) or "str"], route.pattern
    )
    plain = re.sub(r"\(\?P<\w+>[^)]*\)", "x", plain)
    return "/" + plain.replace("^", "").replace("$", "").replace("\\Z", "").replace(
        "\\", ""
    ).replace("?", "")


def test_no_route_is_without_a_policy():
    assert [route.pattern for route in routes() if route.policy is None] == []


def test_the_doors_without_a_lock_are_the_known_ones():
    public = {route.name for route in routes() if route.policy.public}

    assert public == PUBLIC


@pytest.mark.parametrize("method", METHODS)
def test_strangers_are_turned_away_everywhere(client, db, method):
    for route in routes():
        if not route.policy.public:
            answer = getattr(client, method)(address(route))
            assert answer.status_code in {301, 302, 401}, (
                f"{method} {route.pattern}: {answer.status_code}"
            )
            if answer.status_code == 302:
                door = "/device/" if route.policy.device else "/sign-in/"
                assert answer["Location"].startswith(door), route.pattern


def test_a_closed_account_opens_nothing(client, signed_in, location):
    user = factories.UserFactory(role=Role.MANAGER, at=[location])
    signed_in(user)
    user.is_active = False
    user.save()

    for route in routes():
        if not route.policy.public:
            assert client.get(address(route)).status_code in {301, 302, 401}, route.pattern


def test_the_dummies_belong_to_nobody():
    assert UUID(DUMMIES["uuid"])
