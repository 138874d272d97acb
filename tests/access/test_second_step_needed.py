"""A role that needs a second step: who lacks it sets it up before anything else opens."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import IntegrityError
from django.utils import timezone

from access import actions, grants, tokens
from access.models import SecondStepRule
from kernel import clock, policy
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid
from office.roles import Role
from tests import factories
from tests.access.door import code_for, sign_in
from tests.clock import ZONE

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


def need(role, is_required=True, from_date=None, by=SYSTEM):
    group = Group.objects.get(name=role)
    return actions.require_second_step(
        group=group, is_required=is_required, from_date=from_date, by=by
    )


def today():
    return clock.today(timezone.now(), ZONE)


def test_outside_a_demo_every_role_needs_it_unless_the_practice_says_otherwise(
    client, helen, settings
):
    settings.DEMO = False
    for role in Role:
        user = factories.UserFactory(role=role)
        assert grants.of(user).lacks_second_step(today())

    sign_in(client)

    assert client.get("/audit/")["Location"] == "/account/second-step/?next=/audit/"
    need(Role.PRIVACY, is_required=False)
    assert client.get("/audit/").status_code == 200


def test_a_role_of_the_practice_s_own_needs_it_too(location, settings):
    settings.DEMO = False
    actions.add_role(name="Scribe", allowed=[], by=SYSTEM)

    assert grants.of(factories.UserFactory(role="Scribe")).lacks_second_step(today())


def test_in_a_demo_nobody_is_asked_until_the_practice_asks(client, helen):
    sign_in(client)
    assert client.get("/").status_code == 200

    need(Role.PRIVACY)

    assert client.get("/")["Location"] == "/account/second-step/?next=/"


def test_before_its_day_nobody_is_led_anywhere_but_told(client, helen):
    need(Role.PRIVACY, from_date=today() + timedelta(days=1))
    sign_in(client)

    assert client.get("/").status_code == 200
    assert "Your role needs a second step" in client.get("/account/security/").content.decode()

    need(Role.PRIVACY, from_date=today())
    assert client.get("/").status_code == 302


def test_of_several_roles_the_strictest_counts(client, helen):
    helen.groups.add(Group.objects.get(name=Role.NURSE))
    need(Role.PRIVACY, is_required=False)
    need(Role.NURSE, from_date=today())
    sign_in(client)

    assert client.get("/").status_code == 302


def test_nothing_else_opens_on_any_route(client, helen):
    need(Role.PRIVACY)
    sign_in(client)
    opened = []
    for route in policy.routes():
        declared = route.policy
        if (
            declared.public
            or declared.early
            or declared.device
            or re.search(r"[<(]", route.pattern)
        ):
            continue
        for method in ("get", "post"):
            answer = getattr(client, method)(f"/{route.pattern}")
            refused = answer.status_code in {301, 302, 403, 405}
            if not refused or (answer.status_code == 302 and "/account/" not in answer["Location"]):
                opened.append(f"{method} {route.pattern}: {answer.status_code}")
    assert opened == []


def test_what_opens_early_is_about_one_s_own_account_or_the_first_steps():
    early = {route.name for route in policy.routes() if route.policy.early}

    strange = {name for name in early if not name.startswith(("account_", "mfa_", "me-", "set-up"))}
    assert strange == {"second-step-first"}


def test_a_fragment_and_the_api_are_led_in_their_own_way(client, helen):
    need(Role.PRIVACY)
    sign_in(client)

    fragment = client.get("/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/account/second-step/")
    answer = client.get("/api/v1/patients/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second-step-first")


def test_a_token_needs_none(client, location):
    need(Role.MANAGER)
    user = factories.UserFactory(role=Role.MANAGER, at=[location])
    plain, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())

    answer = client.get("/api/v1/patients/", headers={"Authorization": f"Bearer {plain}"})

    assert answer.status_code == 200


def test_it_is_set_up_in_one_go_and_leads_on(client, helen):
    need(Role.PRIVACY)
    sign_in(client)
    page = client.get("/account/second-step/").content.decode()
    assert "/account/app/" in page
    assert "/account/passkeys/new/" in page

    form = client.get(
        "/account/app/"
    ).content.decode()  # no password again: it was typed a moment ago
    assert "nav" not in re.findall(r"<(\w+)", form)  # no menu that would lead back here
    secret = re.search(r"key-text\">([A-Z2-7]+)<", form)[1]
    codes = client.post("/account/app/", {"code": code_for(secret)})

    assert codes["Location"] == "/account/codes/"
    shown = client.get("/account/codes/").content.decode()
    assert len(re.findall(r"<li>\d{8}</li>", shown)) == 10
    assert client.get("/").status_code == 200
    assert client.get("/account/second-step/?next=//evil.example")["Location"] == "/"


def test_what_another_process_set_up_a_moment_ago_counts_at_once(client, helen, settings):
    need(Role.PRIVACY)
    sign_in(client)
    settings.MEMO_SECONDS = 60
    assert client.get("/").status_code == 302

    Authenticator.objects.create(user=helen, type="totp", data={"secret": "x"})

    assert client.get("/").status_code == 200


def test_who_needs_it_cannot_take_the_last_one_away(client, helen):
    sign_in(client)
    secret = re.search(r"key-text\">([A-Z2-7]+)<", client.get("/account/app/").content.decode())[1]
    client.post("/account/app/", {"code": code_for(secret)})
    need(Role.PRIVACY)

    answer = client.post("/account/app/off/")

    assert answer.status_code == 422
    assert "Your role needs a second step. Set up another one first." in answer.content.decode()
    assert Authenticator.objects.filter(user=helen, type="totp").exists()
    need(Role.PRIVACY, is_required=False)
    assert client.post("/account/app/off/").status_code == 302


def test_recovery_codes_alone_are_no_second_step(client, helen):
    need(Role.PRIVACY)
    Authenticator.objects.create(user=helen, type="recovery_codes", data={"seed": "x"})
    sign_in(client)

    assert client.get("/")["Location"].startswith("/account/second-step/")


def test_only_who_says_what_roles_may_says_it(manager, location):
    with pytest.raises(Forbidden):
        need(Role.NURSE, by=manager)

    need(Role.NURSE, by=factories.actor(Role.ADMINISTRATOR, location))
    told = AuditEvent.objects.get(action="access.require_second_step", outcome="done")
    assert told.details["role"] == "Nurse"


def test_a_day_without_need_makes_no_sense(db):
    with pytest.raises(Invalid):
        need(Role.NURSE, is_required=False, from_date=today())
    with pytest.raises(IntegrityError, match="second_step_date_only_if_required"):
        SecondStepRule.objects.create(
            role=Group.objects.get(name=Role.NURSE), is_required=False, required_from_date=today()
        )


def test_the_panel_sets_it_per_role(signed_in, location):
    client = signed_in(Role.ADMINISTRATOR, location)
    nurse = Group.objects.get(name=Role.NURSE)
    address = f"/admin-panel/auth/group/{nurse.pk}/change/"
    allowed = sorted(actions.delicate.permissions_of(nurse))
    page = client.get(address).content.decode()
    assert "Second step at sign-in" in page

    missing = client.post(address, {"allowed": allowed, "second_step": "day", "from_date": ""})
    assert "Which day?" in missing.content.decode()
    client.post(address, {"allowed": allowed, "second_step": "day", "from_date": "2027-01-04"})

    assert str(SecondStepRule.objects.get(role=nurse).required_from_date) == "2027-01-04"
    assert "from Jan 4, 2027" in client.get("/admin-panel/auth/group/").content.decode()
    assert actions.delicate.permissions_of(nurse) == frozenset(allowed)
