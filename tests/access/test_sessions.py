"""Who is asking, are they still there, and may they: what stands before every view."""

import time

import pytest
from django.test import Client

from access import actions
from access.models import User
from kernel.actors import Actor
from kernel.models import AuditEvent
from office.roles import Role
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.some_urls")]

SYSTEM = Actor.system("tests")


@pytest.fixture
def privacy(signed_in, location):
    return signed_in(Role.PRIVACY, location)


def age(client, **keys):
    """Let time pass in the session."""
    session = client.session
    for key, seconds in keys.items():
        session[key] = time.time() - seconds
    session.save()


def test_a_stranger_is_led_to_the_door_and_back(client, location):
    assert client.get("/account/security/")["Location"] == "/sign-in/?next=/account/security/"


def test_a_fragment_is_not_led_away_from_what_was_typed(client, location):
    answer = client.get("/", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert not answer.has_header("HX-Redirect")


def test_fifteen_idle_minutes_end_it(privacy, settings):
    age(privacy, seen_at=settings.SESSION_IDLE_SECONDS + 1)

    assert privacy.get("/").status_code == 302
    assert "_auth_user_id" not in privacy.session


def test_a_page_keeps_it_awake_but_a_poll_does_not(privacy):
    for seconds, how in (
        (100, {"path": "/poll/"}),
        (200, {"path": "/", "headers": {"X-Background": "1"}}),
    ):
        age(privacy, seen_at=seconds)
        before = privacy.session["seen_at"]
        assert privacy.get(**how).status_code == 200
        assert privacy.session["seen_at"] == before

    privacy.get("/")

    assert time.time() - privacy.session["seen_at"] < 5


def test_polling_all_day_does_not_outlive_the_idle_limit(privacy, settings):
    age(privacy, seen_at=settings.SESSION_IDLE_SECONDS - 1)
    assert privacy.get("/poll/").status_code == 200

    age(privacy, seen_at=settings.SESSION_IDLE_SECONDS + 1)
    assert privacy.get("/poll/").status_code == 302


def test_typing_a_long_note_keeps_it_awake(privacy):
    age(privacy, seen_at=600)

    assert privacy.post("/me/alive").status_code == 204
    assert time.time() - privacy.session["seen_at"] < 5


def test_twelve_hours_end_it_whatever_happens(privacy, settings):
    age(privacy, began_at=settings.SESSION_LONGEST_SECONDS + 1)

    assert privacy.get("/").status_code == 302


def test_a_session_that_did_not_come_through_our_door_is_none(client, location):
    """Whatever writes a session without its beginning: it has not begun."""
    client.force_login(
        UserFactory(role=Role.PRIVACY, at=[location]),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )

    assert client.get("/").status_code == 302


def test_rights_taken_away_are_gone_at_once_here(privacy):
    assert privacy.get("/").status_code == 200
    actions.change_rights(user=privacy.user, roles=[Role.MANAGER], locations=[], by=SYSTEM)

    assert privacy.get("/lock/").status_code == 200  # the manager's right came

    actions.change_rights(user=privacy.user, roles=[], locations=[], by=SYSTEM)
    assert privacy.get("/lock/").status_code == 403


def test_in_another_process_rights_are_gone_when_the_moment_is_over(signed_in, location, settings):
    settings.MEMO_SECONDS = 0.3
    client = signed_in(Role.MANAGER, location)
    assert client.get("/lock/").status_code == 200

    client.user.groups.clear()  # as another process would: nothing is forgotten here
    assert client.get("/lock/").status_code == 200
    time.sleep(0.35)

    assert client.get("/lock/").status_code == 403


def test_a_closed_account_is_signed_out(privacy):
    actions.close_account(user=privacy.user, by=SYSTEM)

    assert privacy.get("/").status_code == 302


def test_a_changed_password_ends_sessions_of_the_old_one(privacy):
    user = User.objects.get(pk=privacy.user.pk)
    user.set_password("another one entirely")
    user.save()

    assert privacy.get("/").status_code == 302


def test_a_warm_page_asks_the_database_nothing(privacy, settings, django_assert_num_queries):
    settings.MEMO_SECONDS = 5
    privacy.get("/palette")

    with django_assert_num_queries(0):
        assert privacy.get("/palette").status_code == 200


def test_what_one_may_not_do_is_said_and_kept(privacy):
    answer = privacy.get("/lock/")

    assert answer.status_code == 403
    assert "You do not have the right to do this" in answer.content.decode()
    event = AuditEvent.objects.get(outcome="denied")
    assert (event.actor_id, event.reason) == (privacy.user.pk, "office.lock_period")


def test_a_view_that_declares_nothing_is_closed(privacy, client):
    for who in (privacy, Client()):
        answer = who.get("/undeclared/")
        assert answer.status_code == 403
        assert "open to all?" not in answer.content.decode()


def test_pages_of_the_signed_in_are_kept_by_no_browser(privacy):
    assert privacy.get("/")["Cache-Control"] == "no-store"


def test_the_audit_trail_knows_from_where(privacy):
    privacy.get("/lock/", REMOTE_ADDR="198.51.100.7")

    assert AuditEvent.objects.get(outcome="denied").source.startswith("198.51.100.7 GET /lock/ ")


# ---- forms and fetches that come from elsewhere ----


@pytest.mark.parametrize(
    "path", ["/me/alive", "/me/preferences", "/me/place", "/undo/x/", "/palette", "/sign-out/"]
)
def test_without_the_form_token_nothing_is_done(privacy, path):
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = privacy.cookies

    answer = guarded.post(path)

    assert answer.status_code == 403
    assert "open for too long, or came from elsewhere" in answer.content.decode()


def test_without_the_token_not_even_the_door_answers(location):
    guarded = Client(enforce_csrf_checks=True)

    assert guarded.post("/sign-in/", {"login": "a@b.c", "password": "x"}).status_code == 403


def test_the_api_wants_it_too_from_a_browser(signed_in, location):
    client = signed_in(Role.MANAGER, location)
    guarded = Client(enforce_csrf_checks=True)
    guarded.cookies = client.cookies

    assert guarded.post("/api/v1/things/").status_code == 403
    assert client.post("/api/v1/things/").status_code == 201


# ---- the API's own answers ----


def test_the_api_answers_a_stranger_with_a_problem_document(client, location):
    answer = client.get("/api/v1/things/")

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["detail"] == "Send a bearer token or sign in."


def test_an_action_that_names_no_permission_is_closed(signed_in, location):
    assert signed_in(Role.MANAGER, location).delete("/api/v1/things/").status_code in {403, 405}


def test_a_refusal_is_a_problem_document_with_its_sentence(signed_in, location):
    answer = signed_in(Role.MANAGER, location).put("/api/v1/things/")

    assert answer.status_code == 409
    assert answer.json()["detail"] == "The cupboard is locked."


# ---- what plan ask besides ----


def test_what_a_browser_fetches_ahead_is_nobody_being_there(privacy):
    age(privacy, seen_at=100)
    before = privacy.session["seen_at"]

    for header in ({"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}):
        assert privacy.get("/", headers=header).status_code == 200
        assert privacy.session["seen_at"] == before


def test_other_rights_another_session_id(privacy):
    session = privacy.session
    session["rights"] = "what they were"
    session.save()
    before = privacy.session.session_key

    privacy.get("/poll/")
    privacy.get("/", headers={"HX-Request": "true"})
    assert privacy.session.session_key == before  # an open page goes on

    assert privacy.get("/").status_code == 200
    after = privacy.session.session_key
    assert after != before
    assert privacy.get("/").status_code == 200
    assert privacy.session.session_key == after
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/", "/account/security/", "/lock/", "/nothing-here/", "/poll/"])
def test_nothing_that_back_could_show_again_is_kept(privacy, path):
    assert "no-store" in privacy.get(path)["Cache-Control"]
