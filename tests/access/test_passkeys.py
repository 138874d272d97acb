"""Passkeys at the server: what a device signs opens the door once, for this office, and nothing else does."""

import html
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from access import throttle
from access.models import User
from kernel.models import AuditEvent
from office.roles import Role
from tests.access.door import PASSWORD, is_in, sign_in
from tests.access.soft_key import SoftKey
from tests.factories import UserFactory

# The relying party must be a domain that WebAuthn allows without TLS.
pytestmark = pytest.mark.django_db
HOST = {"HTTP_HOST": "localhost"}


@pytest.fixture
def desk(helen):
    return Client(**HOST)


@pytest.fixture
def key():
    return SoftKey(origin="http://localhost", rp="localhost")


def options_in(page):
    found = re.search(r'data-options="([^"]*)"', page.content.decode())
    return json.loads(html.unescape(found[1]))


def enrol(client, key, name="My phone", **lies):
    options = options_in(client.get("/account/passkeys/new/"))
    return client.post(
        "/account/passkeys/new/", {"name": name, "credential": key.create(options, **lies)}
    )


def options_at_the_door(client):
    answer = client.get("/sign-in/passkey/", headers={"Accept": "application/json"})
    return answer.json()["request_options"]


def by_passkey(client, key, options=None, **lies):
    options = options or options_at_the_door(client)
    return client.post("/sign-in/passkey/", {"credential": key.get(options, **lies), "next": ""})


@pytest.fixture
def enrolled(desk, key):
    """Helen has a passkey, and has signed out."""
    sign_in(desk)
    assert enrol(desk, key)["Location"] == "/account/codes/"
    desk.post("/sign-out/")
    return desk


def test_a_passkey_opens_without_password_and_code(enrolled, key, helen):
    answer = by_passkey(enrolled, key)

    assert answer["Location"] == "/"
    assert is_in(enrolled)
    assert AuditEvent.objects.filter(action="access.sign_in", actor_id=helen.pk).count() == 2


def test_it_leads_where_one_was_going_but_nowhere_else(enrolled, key):
    def to(wanted):
        credential = key.get(options_at_the_door(enrolled))
        posted = {"credential": credential, "next": wanted}
        where = enrolled.post("/sign-in/passkey/", posted)["Location"]
        enrolled.post("/sign-out/")
        return where

    assert to("/account/security/") == "/account/security/"
    assert to("https://elsewhere.example/") == "/"


def test_with_a_passkey_the_password_alone_opens_nothing(enrolled, key):
    assert sign_in(enrolled)["Location"] == "/sign-in/second-step/"
    assert not is_in(enrolled)

    page = enrolled.get("/sign-in/second-step/")
    answer = enrolled.post("/sign-in/second-step/", {"credential": key.get(options_in(page))})

    assert answer["Location"] == "/"
    assert is_in(enrolled)


def test_a_wrong_passkey_at_the_second_step_says_so(enrolled, key):
    sign_in(enrolled)
    page = enrolled.get("/sign-in/second-step/")
    stranger = SoftKey(origin="http://localhost", rp="localhost")

    answer = enrolled.post("/sign-in/second-step/", {"credential": stranger.get(options_in(page))})

    assert answer.status_code == 422
    assert "This passkey did not fit" in answer.content.decode()
    assert not is_in(enrolled)


@pytest.mark.parametrize(
    "lies",
    [
        {"origin": "https://localhost"},
        {"origin": "http://localhost:8001"},
        {"origin": "http://office.localhost"},
        {"origin": "https://evil.example"},
        {"rp": "evil.example"},
        {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"unverified": True},
        {"user_handle": b"somebody"},
        {"user_handle": b""},
        {"counter": 1},
    ],
    ids=lambda lies: next(iter(lies.items())).__repr__()[:40],
)
def test_what_was_not_signed_for_us_now_by_this_person_opens_nothing(enrolled, key, lies):
    answer = by_passkey(enrolled, key, **lies)

    assert answer.status_code == 422
    assert not is_in(enrolled)
    assert AuditEvent.objects.filter(action="access.passkey", outcome="denied").count() == 1


def test_an_answer_works_once(enrolled, key):
    options = options_at_the_door(enrolled)
    answer = key.get(options)
    enrolled.post("/sign-in/passkey/", {"credential": answer})
    enrolled.post("/sign-out/")

    enrolled.get("/sign-in/passkey/", headers={"Accept": "application/json"})
    again = enrolled.post("/sign-in/passkey/", {"credential": answer})

    assert again.status_code == 422
    assert not is_in(enrolled)


def test_an_answer_is_worth_nothing_in_another_browser(enrolled, key):
    answer = key.get(options_at_the_door(enrolled))
    thief = Client(**HOST)

    assert thief.post("/sign-in/passkey/", {"credential": answer}).status_code == 422


def test_a_copied_key_is_noticed_by_its_counter(enrolled, key):
    assert by_passkey(enrolled, key, counter=50)["Location"] == "/"
    enrolled.post("/sign-out/")

    assert by_passkey(enrolled, key, counter=50).status_code == 422
    assert by_passkey(enrolled, key, counter=51)["Location"] == "/"


def test_a_synced_passkey_has_no_counter(desk, key):
    sign_in(desk)
    enrol(desk, key, counter=0)
    for _ in range(2):
        desk.post("/sign-out/")
        assert by_passkey(desk, key, counter=0)["Location"] == "/"


@pytest.mark.parametrize(
    "sent",
    ["", "null", "[]", "{}", "1", '"x"', "{", '{"id": 1}', '{"id":"AA","rawId":"AA","response":{}}',
     '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA",'
     '"authenticatorData":"AA","signature":"AA","userHandle":"AA"}}',
     '{"response":{"userHandle":[]}}', "[" * 5000],
)  # fmt: skip
def test_whatever_else_is_sent_is_refused_not_broken(enrolled, sent):
    enrolled.get("/sign-in/passkey/", headers={"Accept": "application/json"})

    assert enrolled.post("/sign-in/passkey/", {"credential": sent}).status_code == 422
    sign_in(enrolled)
    assert enrolled.post("/sign-in/second-step/", {"credential": sent}).status_code == 422


def test_a_registration_for_somebody_else_s_page_is_refused(desk, key):
    sign_in(desk)

    for lies in ({"origin": "https://evil.example"}, {"unverified": True}, {"challenge": "AAAA"}):
        assert enrol(desk, key, **lies).status_code == 422
    for sent in ("", "{}", "[]", '{"id":"AA","rawId":"AA","response":{"clientDataJSON":"AA"}}'):
        desk.get("/account/passkeys/new/")
        assert desk.post("/account/passkeys/new/", {"credential": sent}).status_code == 422

    assert not Authenticator.objects.exists()


def test_a_closed_account_stays_closed_for_passkeys(enrolled, key):
    User.objects.update(is_active=False)

    assert by_passkey(enrolled, key)["Location"] == "/sign-in/closed/"
    assert not is_in(enrolled)


def test_tries_with_passkeys_have_a_ceiling(enrolled, key):
    for _ in range(throttle.PER_ACCOUNT_AND_ORIGIN):
        assert by_passkey(enrolled, key, origin="https://evil.example").status_code == 422

    slowed = by_passkey(enrolled, key)
    assert slowed.status_code == 429
    assert "Wait 15 minutes" in slowed.content.decode()
    elsewhere = Client(**HOST, REMOTE_ADDR="198.51.100.7")
    assert by_passkey(elsewhere, key)["Location"] == "/"


def test_one_s_passkeys_are_listed_named_and_removed(desk, key, helen):
    sign_in(desk)
    enrol(desk, key, name="Work laptop")
    row = Authenticator.objects.get(user=helen, type="webauthn")
    assert "Work laptop" in desk.get("/account/security/").content.decode()

    desk.post(f"/account/passkeys/{row.pk}/", {"name": "Old laptop"})
    assert "Old laptop" in desk.get("/account/security/").content.decode()

    assert desk.get(f"/account/passkeys/{row.pk}/remove/").status_code == 200
    desk.post(f"/account/passkeys/{row.pk}/remove/")
    assert not Authenticator.objects.filter(
        user=helen
    ).exists()  # the recovery codes go with the last
    told = AuditEvent.objects.filter(subject_ids__contains=[helen.pk]).values_list(
        "action", flat=True
    )
    assert {"access.second_step_on", "access.passkey_named", "access.second_step_off"} <= set(told)


def test_nobody_touches_somebody_else_s_passkey(enrolled, helen, location):
    row = Authenticator.objects.get(user=helen, type="webauthn")
    UserFactory(email="rob@example.org", role=Role.MANAGER, at=[location], password=PASSWORD)
    rob = Client(**HOST)
    rob.post("/sign-in/", {"login": "rob@example.org", "password": PASSWORD})

    for path in (f"/account/passkeys/{row.pk}/", f"/account/passkeys/{row.pk}/remove/"):
        assert rob.get(path).status_code == 404
        assert rob.post(path, {"name": "mine"}).status_code == 404


def test_a_passkey_confirms_who_it_is_before_something_delicate(enrolled, key):
    by_passkey(enrolled, key)
    session = enrolled.session
    session["confirmed_at"] = 0
    session.save()
    assert enrolled.get("/account/codes/new/")["Location"].startswith("/account/again/")

    where = "/account/again/passkey/?next=/account/codes/new/"
    page = enrolled.get(where)
    wrong = enrolled.post(where, {"credential": key.get(options_in(page), origin="https://x.y")})
    assert wrong.status_code == 422
    page = enrolled.get(where)
    answer = enrolled.post(where, {"credential": key.get(options_in(page))})

    assert answer["Location"] == "/account/codes/new/"
    assert enrolled.get("/account/codes/new/").status_code == 200
