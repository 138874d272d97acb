"""The door: e-mail and password, the second step, and what guessing meets."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from access import throttle
from access.models import SignInAttempt, User
from kernel.models import AuditEvent
from office.roles import Role
from tests.access.door import PASSWORD, code_for, is_in, sign_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_the_right_password_opens_the_start_page(client, helen):
    answer = sign_in(client)

    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert is_in(client)
    assert AuditEvent.objects.get(action="access.sign_in").actor_id == helen.pk


def test_the_address_is_compared_without_regard_to_case(client, helen):
    assert sign_in(client, email="  Helen@Example.ORG ").status_code == 302


def test_a_wrong_password_says_so_and_keeps_the_address(client, helen):
    answer = sign_in(client, password="guess")

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This e-mail address and password do not belong together." in page
    assert 'value="helen@example.org"' in page
    assert "guess" not in page
    assert not is_in(client)


def test_an_unknown_address_is_answered_in_the_same_words(client, helen):
    known, unknown = (
        sign_in(client, password="guess"),
        sign_in(client, email="x@example.org", password="guess"),
    )

    def words(answer):
        return re.sub(r'(value|content)="[^"]*"', "", answer.content.decode())

    assert words(known) == words(unknown)


def test_a_failed_try_is_in_the_audit_trail_without_what_was_typed(client, helen):
    sign_in(client, password="guess")

    event = AuditEvent.objects.get(action="access.sign_in")
    assert event.outcome == "denied"
    assert "helen" not in f"{event.reason}{event.details}{event.actor_name}"


def test_the_session_id_changes_at_sign_in(client, helen):
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key

    sign_in(client)

    assert client.session.session_key != planted
    attacker = Client()
    attacker.cookies["sessionid"] = planted
    assert attacker.get("/").status_code == 302


def test_after_signing_in_one_goes_where_one_wanted(client, helen):
    assert sign_in(client, also={"next": "/account/security/"})["Location"] == "/account/security/"


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(client, helen, wanted):
    assert sign_in(client, also={"next": wanted})["Location"] == "/"


def test_a_closed_account_opens_nothing(client, helen):
    User.objects.update(is_active=False)

    answer = sign_in(client)

    assert answer["Location"] == "/sign-in/closed/"
    assert "Your office has closed it" in client.get(answer["Location"]).content.decode()
    assert not is_in(client)


def test_nobody_signs_up(client):
    for method in (client.get, client.post):
        answer = method("/sign-in/no-account/", {"email": "new@example.org", "password1": PASSWORD})
        assert "Accounts are made by the office" in answer.content.decode()
    assert not User.objects.exists()


def test_signing_out_ends_the_session_at_the_server(client, helen):
    sign_in(client)
    stolen = client.cookies["sessionid"].value

    client.post("/sign-out/")

    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/").status_code == 302
    assert AuditEvent.objects.filter(action="access.sign_out", actor_id=helen.pk).exists()


def test_a_link_cannot_sign_anybody_out(client, helen):
    sign_in(client)

    client.get("/sign-out/")

    assert is_in(client)


# ---- guessing ----


def guess(client, times, **how):
    return [sign_in(client, password=f"guess {n}", **how).status_code for n in range(times)]


def test_guessing_gets_slow(client, helen):
    assert set(guess(client, throttle.PER_ACCOUNT_AND_ORIGIN)) == {422}

    answer = sign_in(client)  # even the right password waits now

    assert answer.status_code == 429
    assert "Too many tries. Wait 15 minutes" in answer.content.decode()


def test_an_invented_forwarded_address_changes_nothing(client, helen):
    for n in range(throttle.PER_ACCOUNT_AND_ORIGIN):
        sign_in(client, password="guess", headers={"X-Forwarded-For": f"203.0.113.{n}"})

    answer = sign_in(client, headers={"X-Forwarded-For": "203.0.113.99"})

    assert answer.status_code == 429


def test_behind_our_proxy_only_what_it_wrote_counts(client, helen, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(throttle.PER_ACCOUNT_AND_ORIGIN):
        sign_in(
            client, password="guess", headers={"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.5"}
        )

    assert (
        sign_in(client, headers={"X-Forwarded-For": "198.51.100.99, 203.0.113.5"}).status_code
        == 429
    )
    assert (
        sign_in(client, headers={"X-Forwarded-For": "203.0.113.5, 203.0.113.6"}).status_code == 302
    )


def test_a_neighbor_in_the_same_ipv6_network_is_the_same_guesser(client, helen):
    for n in range(throttle.PER_ACCOUNT_AND_ORIGIN):
        sign_in(client, password="guess", REMOTE_ADDR=f"2001:db8:1:2::{n:x}")

    assert sign_in(client, REMOTE_ADDR="2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in(client, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_one_stranger_cannot_lock_out_a_person(client, helen):
    guess(client, throttle.PER_ACCOUNT_AND_ORIGIN + 5, REMOTE_ADDR="203.0.113.66")

    assert sign_in(Client(), REMOTE_ADDR="198.51.100.7").status_code == 302


def test_not_even_a_herd_of_strangers_locks_out_a_browser_that_is_known(client, helen):
    desk = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(desk)
    desk.post("/sign-out/")
    for n in range(throttle.PER_ACCOUNT_FROM_STRANGERS):
        sign_in(Client(), password="guess", REMOTE_ADDR=f"203.0.113.{n}")

    stranger = sign_in(Client(), REMOTE_ADDR="203.0.113.250")
    known = sign_in(desk)

    assert stranger.status_code == 429
    assert known.status_code == 302


def test_an_invented_known_cookie_is_worth_nothing(helen):
    forger = Client(REMOTE_ADDR="203.0.113.9")
    forger.cookies[throttle.KNOWN_COOKIE] = "eyJhIjoiYiJ9:1abc:forged"

    assert set(guess(forger, throttle.PER_ACCOUNT_AND_ORIGIN)) == {422}
    assert sign_in(forger).status_code == 429


def test_knocking_on_a_shut_door_does_not_keep_it_shut(client, helen):
    guess(client, throttle.PER_ACCOUNT_AND_ORIGIN + 8)

    assert SignInAttempt.objects.count() == throttle.PER_ACCOUNT_AND_ORIGIN


def test_the_right_person_is_forgiven_their_slips(client, helen):
    guess(client, throttle.PER_ACCOUNT_AND_ORIGIN - 1)
    assert sign_in(client).status_code == 302

    client.post("/sign-out/")
    assert set(guess(client, throttle.PER_ACCOUNT_AND_ORIGIN - 1)) == {422}


def test_the_counters_do_not_say_whose_they_are(client, helen):
    sign_in(client, password="guess")

    assert "helen" not in SignInAttempt.objects.get().account


# ---- passwords ----


def test_a_weak_password_is_refused_with_what_would_do(client, helen):
    sign_in(client)

    answer = client.post(
        "/account/password/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )

    assert answer.status_code == 422
    assert "12 characters" in answer.content.decode()


def test_a_new_password_signs_out_everywhere_else_but_not_here(client, helen):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    assert is_in(elsewhere)

    new = "another long password"
    client.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert is_in(client)
    assert not is_in(elsewhere)


# ---- the second step ----


def test_turning_on_the_second_step_asks_for_the_password_again(client, helen):
    sign_in(client)
    assert client.get("/account/app/").status_code == 200  # it was shown a moment ago
    session = client.session
    session["confirmed_at"] -= 301
    session.save()

    assert client.get("/account/app/")["Location"].startswith("/account/again/")


def test_then_the_password_alone_opens_nothing(client, secret):
    answer = sign_in(client)

    assert answer["Location"] == "/sign-in/second-step/"
    assert not is_in(client)


def test_the_code_of_the_app_opens(client, secret):
    sign_in(client)

    answer = client.post("/sign-in/second-step/", {"code": code_for(secret)})

    assert answer["Location"] == "/"
    assert is_in(client)


def test_a_code_works_once(client, secret):
    sign_in(client)
    code = code_for(secret)
    client.post("/sign-in/second-step/", {"code": code})
    client.post("/sign-out/")

    sign_in(client)
    again = client.post("/sign-in/second-step/", {"code": code})

    assert again.status_code == 422
    assert "used already" in again.content.decode()
    assert not is_in(client)


def test_a_wrong_code_says_what_to_do(client, secret):
    sign_in(client)

    answer = client.post("/sign-in/second-step/", {"code": "000000"})

    assert answer.status_code == 422
    assert AuditEvent.objects.filter(action="access.second_step", outcome="denied").exists()


def test_codes_cannot_be_guessed(client, secret):
    sign_in(client)
    for n in range(throttle.PER_ACCOUNT_AND_ORIGIN):
        client.post("/sign-in/second-step/", {"code": f"{n:06}"}, REMOTE_ADDR=f"203.0.113.{n}")

    answer = client.post(
        "/sign-in/second-step/", {"code": code_for(secret)}, REMOTE_ADDR="203.0.113.99"
    )

    assert answer.status_code == 429
    assert not is_in(client)


def test_a_recovery_code_opens_once(client, helen, secret):
    codes = Authenticator.objects.get(user=helen, type="recovery_codes").wrap().get_unused_codes()

    sign_in(client)
    assert client.post("/sign-in/second-step/", {"code": codes[0]})["Location"] == "/"
    client.post("/sign-out/")
    sign_in(client)

    assert client.post("/sign-in/second-step/", {"code": codes[0]}).status_code == 422


def test_the_seed_is_not_readable_in_the_database(helen, secret):
    kept = Authenticator.objects.get(user=helen, type="totp").data

    assert secret not in str(kept)


# ---- the demo's door ----


@pytest.fixture
def demo_desk(location):
    return UserFactory(email="privacy@demo.office", role=Role.PRIVACY, at=[location], is_demo=True)


def test_in_a_demo_one_button_opens(client, demo_desk):
    assert 'value="privacy"' in client.get("/sign-in/").content.decode()

    answer = client.post("/sign-in/demo/", {"role": "privacy"})

    assert answer["Location"] == "/"
    assert is_in(client)


def test_outside_a_demo_there_is_no_such_door(client, demo_desk, settings):
    settings.DEMO = False

    assert "demo" not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/demo/", {"role": "privacy"}).status_code == 404
    assert not is_in(client)


def test_a_real_account_has_no_such_door_even_in_a_demo(client, location):
    UserFactory(email="manager@demo.office", role=Role.MANAGER, at=[location])

    assert client.post("/sign-in/demo/", {"role": "manager"}).status_code == 404


def test_the_demo_door_sends_nobody_elsewhere(client, demo_desk):
    answer = client.post("/sign-in/demo/", {"role": "privacy", "next": "https://elsewhere.example"})

    assert answer["Location"] == "/"
