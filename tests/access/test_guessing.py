"""Guessing, wherever one guesses: it gets slow, no header helps, and nobody else is shut out (plan A-30, A-32)."""

import re

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access import actions, throttle, tokens
from access.models import SignInAttempt
from kernel.actors import Actor
from kernel.models import AuditEvent
from office.roles import Role
from tests import factories
from tests.access.door import EMAIL, PASSWORD, code_for, is_in, letters, link_in, sign_in

pytestmark = pytest.mark.django_db
SPOOFED = (
    "X-Forwarded-For",
    "X-Real-IP",
    "Forwarded",
    "X-Client-IP",
    "True-Client-IP",
    "CF-Connecting-IP",
)
API = "/api/v1/patients/"


def as_from(number):
    """What somebody writes who would like to come from elsewhere."""
    address = f"203.0.113.{number}"
    return {name: f"for={address}" if name == "Forwarded" else address for name in SPOOFED}


def tried_ten_times(try_once):
    return {
        try_once(n, headers=as_from(n)).status_code for n in range(throttle.PER_ACCOUNT_AND_ORIGIN)
    }


@pytest.mark.parametrize("proxies", [0, 1])
def test_no_header_of_theirs_makes_it_another_guesser(helen, settings, proxies):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    client = Client()
    wrote = {"X-Forwarded-For": "{0}, 192.0.2.1"} if proxies else {}

    def guess(n, password="guess"):
        headers = as_from(n)
        headers |= {name: text.format(headers[name]) for name, text in wrote.items()}
        return sign_in(client, password=password, headers=headers).status_code

    assert {guess(n) for n in range(throttle.PER_ACCOUNT_AND_ORIGIN)} == {422}
    assert guess(99, PASSWORD) == 429


def test_the_second_step_is_counted_for_the_person_whatever_the_headers(client, secret):
    sign_in(client)
    guesses = tried_ten_times(
        lambda n, headers: client.post(
            "/sign-in/second-step/", {"code": f"{n:06}"}, headers=headers
        )
    )

    right = client.post("/sign-in/second-step/", {"code": code_for(secret)}, headers=as_from(200))

    assert guesses == {422}
    assert right.status_code == 429
    assert not is_in(client)


def test_who_does_not_know_the_password_cannot_slow_the_second_step(client, secret):
    for n in range(throttle.PER_ACCOUNT_AND_ORIGIN + 5):
        stranger = Client(REMOTE_ADDR="203.0.113.66")
        sign_in(stranger, password="guess")
        stranger.post("/sign-in/second-step/", {"code": f"{n:06}"})

    sign_in(client)
    assert client.post("/sign-in/second-step/", {"code": code_for(secret)})["Location"] == "/"


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_phone_may_be_half_a_minute_off(client, secret, steps):
    sign_in(client)
    code = code_for(secret, steps)
    # With the code before this one the app was set up: that is used up.
    expected = 422 if steps == -1 else 302

    assert client.post("/sign-in/second-step/", {"code": code}).status_code == expected


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_but_not_more(client, secret, steps):
    sign_in(client)

    answer = client.post("/sign-in/second-step/", {"code": code_for(secret, steps)})

    assert answer.status_code == 422


def test_one_origin_guesses_at_fifty_accounts_and_no_more(location):
    client = Client(REMOTE_ADDR="203.0.113.5")
    answers = [
        sign_in(client, email=f"person{n}@example.org", password="guess", headers=as_from(n))
        for n in range(throttle.PER_ORIGIN + 1)
    ]

    assert {each.status_code for each in answers[:-1]} == {422}
    assert answers[-1].status_code == 429
    assert sign_in(Client(REMOTE_ADDR="203.0.113.6"), password="guess").status_code == 422


def test_the_admin_panel_has_no_door_of_its_own(helen):
    client = Client()
    for path in ("/admin-panel/", "/admin-panel/login/"):
        answer = client.post(path, {"username": "helen@example.org", "password": PASSWORD})
        assert answer["Location"].startswith("/sign-in/")
    assert not is_in(client)


def test_letters_are_few_whatever_the_headers(client, helen):
    for n in range(10):
        client.post("/sign-in/forgotten/", {"email": EMAIL}, headers=as_from(n))

    assert len(letters()) == throttle.LETTERS_PER_ACCOUNT


def test_guessing_at_tokens_gets_slow_but_a_good_token_goes_on(client, location):
    user = factories.UserFactory(role=Role.MANAGER, at=[location])
    good, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())

    def ask(token, n=0):
        headers = {"Authorization": f"Bearer {token}", **as_from(n)}
        return client.get(API, headers=headers).status_code

    guesses = [ask(f"mom_{n:043}", n) for n in range(throttle.PER_ORIGIN + 1)]

    assert set(guesses[:-1]) == {401}
    assert guesses[-1] == 429
    assert ask(good) == 200
    assert SignInAttempt.objects.count() == throttle.PER_ORIGIN
    assert AuditEvent.objects.filter(action="access.token", outcome="denied").count() == 50


# ---- who has an account here is nobody's business ----


def cost(monkeypatch, **form):
    """How many statements and hashes an answer takes, and what it says."""
    hashed = []
    plain = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher,
        "encode",
        lambda self, *given: hashed.append(1) or plain(self, *given),
    )
    client = Client(REMOTE_ADDR=f"198.51.100.{len(form['login'])}")
    client.get("/sign-in/")
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/sign-in/", form)
    monkeypatch.undo()
    kinds = [re.sub(r"\s.*", "", each["sql"]) for each in asked.captured_queries]
    words = re.sub(r'(value|content)="[^"]*"', "", answer.content.decode())
    return answer.status_code, len(hashed), kinds, words


def test_known_unknown_closed_and_passwordless_accounts_cost_and_say_the_same(
    helen, location, monkeypatch
):
    factories.UserFactory(email="closed1@example.org", password=PASSWORD, is_active=False)
    factories.UserFactory(email="without@example.org")

    costs = {
        name: cost(monkeypatch, login=f"{name}@example.org", password="guess")
        for name in ("helen", "unknown", "closed1", "without")
    }

    assert len(set(map(str, costs.values()))) == 1, {name: each[:3] for name, each in costs.items()}


# ---- nothing goes around the second step ----


def test_a_new_password_by_letter_still_asks_for_the_second_step(client, secret):
    client.post("/sign-in/forgotten/", {"email": EMAIL})
    form = client.get(link_in(letters()[-1]), follow=True)
    new = "a new long password"
    done = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert not is_in(client)
    assert done["Location"] == "/sign-in/new-password/done/"

    assert sign_in(client, password=new)["Location"] == "/sign-in/second-step/"
    assert not is_in(client)


def test_another_address_of_the_account_still_asks_for_it(client, helen, secret):
    actions.change_user(
        user=helen, email="new@example.org", name=helen.name, by=Actor.system("tests")
    )

    assert sign_in(client).status_code == 422
    assert sign_in(client, email="new@example.org")["Location"] == "/sign-in/second-step/"
    assert not is_in(client)


def test_between_password_and_code_nothing_opens(client, secret):
    sign_in(client)

    for path in (
        "/",
        "/account/security/",
        "/account/app/off/",
        "/account/codes/",
        "/me/alive",
        API,
    ):
        for method in (client.get, client.post):
            assert method(path).status_code in {302, 401}, path
