"""Sign-in and security: what one sees and ends of one's own; what an administrator ends of others."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access import actions, browsers, tokens
from access.models import ApiToken, SignedIn
from kernel import policy
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, OutOfScope
from office.roles import Role
from tests import factories
from tests.access.door import PASSWORD, code_for, is_in, sign_in

pytestmark = pytest.mark.django_db
PAGE = "/account/security/"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36"
)
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def desk(helen):
    client = Client(HTTP_USER_AGENT=WINDOWS, REMOTE_ADDR="198.51.100.7")
    sign_in(client)
    return client


@pytest.fixture
def phone(helen):
    client = Client(HTTP_USER_AGENT=PHONE, REMOTE_ADDR="203.0.113.9")
    sign_in(client)
    return client


def test_one_sees_where_one_is_signed_in(desk, phone, helen):
    page = desk.get(PAGE).content.decode()

    assert 'Chrome on Windows</b> <span class="chip">This one' in page
    assert "Safari on iPhone" in page
    assert "203.0.113.9" in page
    assert "Mozilla" not in page
    assert [each.is_this for each in browsers.of(helen.pk)] == [False, False]


def test_one_other_browser_is_signed_out(desk, phone):
    row = SignedIn.objects.get(address="203.0.113.9")

    desk.post(f"/account/browsers/{row.pk}/end/")

    assert is_in(desk)
    assert not is_in(phone)
    assert AuditEvent.objects.get(action="access.end_own_session").subject_ids == [row.pk]


def test_all_others_are_signed_out(desk, phone, helen):
    third = Client()
    sign_in(third)

    desk.post("/account/browsers/end/")

    assert is_in(desk)
    assert not is_in(phone)
    assert not is_in(third)
    assert SignedIn.objects.count() == 1


def test_an_ended_session_does_not_come_back_from_the_cache(desk, phone):
    stolen = phone.cookies["sessionid"].value
    assert is_in(phone)  # it is in the cache now
    desk.post("/account/browsers/end/")

    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/").status_code == 302
    assert not SignedIn.objects.filter(session_key=stolen).exists()


def test_nobody_ends_somebody_else_s(desk, location):
    rob = factories.UserFactory(role=Role.MANAGER, at=[location], password=PASSWORD)
    other = Client()
    sign_in(other, email=rob.email)
    row = SignedIn.objects.get(user=rob)

    assert desk.post(f"/account/browsers/{row.pk}/end/").status_code == 404
    with pytest.raises(OutOfScope):
        actions.end_own_session(session=row, by=factories.actor(Role.NURSE, location))
    assert other.get(PAGE).status_code == 200


def test_what_is_over_is_not_listed(desk, phone, helen, settings):
    session = phone.session
    session["seen_at"] -= settings.SESSION_IDLE_SECONDS + 1
    session.save()

    assert "iPhone" not in desk.get(PAGE).content.decode()
    assert len(browsers.of(helen.pk)) == 1


def test_rows_of_long_ago_go_at_the_next_sign_in(desk, helen, settings):
    long_ago = timezone.now() - timedelta(seconds=settings.SESSION_LONGEST_SECONDS + 60)
    SignedIn.objects.update(created_at=long_ago)

    sign_in(Client())

    assert SignedIn.objects.count() == 1


def test_a_new_password_keeps_this_line_and_ends_the_others(desk, phone):
    before = desk.session.session_key
    new = "another long password"
    desk.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert desk.session.session_key != before
    page = desk.get(PAGE).content.decode()
    assert "This one" in page
    assert "iPhone" not in page
    assert not is_in(phone)


def test_the_administrator_signs_somebody_out_everywhere(desk, phone, helen, signed_in, location):
    admin = signed_in(Role.ADMINISTRATOR, location)
    address = f"/admin-panel/access/user/{helen.pk}/sign-out/"
    assert "Safari on iPhone, 203.0.113.9" in admin.get(address).content.decode()
    assert is_in(desk)

    admin.post(address)

    assert not is_in(desk)
    assert not is_in(phone)
    event = AuditEvent.objects.get(action="access.end_sessions_of")
    assert (event.subject_ids, event.details) == ([helen.pk], {"ended": 2})


def test_a_reset_of_the_second_step_signs_out_too(desk, helen):
    actions.reset_second_step(user=helen, by=Actor.system("tests"))

    assert not is_in(desk)


def test_a_manager_does_not_sign_out_the_administrator(location):
    admin = factories.UserFactory(role=Role.ADMINISTRATOR, at=[location])

    with pytest.raises(Forbidden):
        actions.end_sessions_of(user=admin, by=factories.actor(Role.MANAGER, location))


def test_one_s_own_tokens_are_listed_and_ended(desk, helen, location):
    plain, row = tokens.make(helen, scopes=["access.read_audit"], days=30, at=timezone.now())
    _, other = tokens.make(
        factories.UserFactory(role=Role.NURSE), scopes=[], days=30, at=timezone.now()
    )
    page = desk.get(PAGE).content.decode()
    assert row.hint in page
    assert "Read the audit trail" in page
    assert plain not in page

    assert desk.post(f"/account/tokens/{other.pk}/end/").status_code == 404
    desk.post(f"/account/tokens/{row.pk}/end/")

    assert row.hint not in desk.get(PAGE).content.decode()
    assert tokens.find(plain) is None
    with pytest.raises(OutOfScope):
        actions.give_up_token(token=other, by=factories.actor_of(helen), at=timezone.now())


def test_a_token_is_made_for_a_program_and_shown_this_once(signed_in, location):
    admin = signed_in(Role.ADMINISTRATOR, location)
    given = {"name": "Wall board", "days": "30", "scopes": ["office.view_office"]}

    made = admin.post("/account/tokens/new/", given)
    plain = re.search(r"mom_[\w-]{43}", made.content.decode())[0]

    assert made["Cache-Control"] == "no-store"
    row = ApiToken.objects.get()
    assert (row.name, row.user_id, row.scopes) == ("Wall board", admin.user.pk, given["scopes"])
    assert tokens.find(plain).actor.grants.permissions == {"office.view_office"}
    page = admin.get(PAGE).content.decode()
    assert "Wall board" in page
    assert "last used" in page
    assert plain not in page


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"days": "400"}, {"scopes": []}, {"scopes": ["access.no_such_right"]}],
)
def test_a_token_without_a_name_an_end_or_a_right_is_none(signed_in, location, wrong):
    admin = signed_in(Role.ADMINISTRATOR, location)
    given = {"name": "Wall board", "days": "30", "scopes": ["office.view_office"]} | wrong

    assert admin.post("/account/tokens/new/", given).status_code == 422
    assert not ApiToken.objects.exists()


def test_nobody_gives_a_token_a_right_they_do_not_have(signed_in, location):
    admin = signed_in(Role.ADMINISTRATOR, location)
    given = {"name": "Wall board", "days": "30", "scopes": ["scheduling.book_appointment"]}
    assert "scheduling.book_appointment" not in factories.actor_of(admin.user).grants.permissions

    assert admin.post("/account/tokens/new/", given).status_code == 422


def test_the_page_that_makes_tokens_is_for_who_may_and_asks_once_more(signed_in, location):
    assert signed_in(Role.MANAGER, location).get("/account/tokens/new/").status_code == 403
    assert "new-token" in {each.name for each in policy.routes() if each.policy.again}


# ---- recovery codes ----


def test_recovery_codes_are_shown_once_and_made_anew_after_who_are_you(desk, helen):
    form = desk.get("/account/app/").content.decode()
    secret = re.search(r"key-text\">([A-Z2-7]+)<", form)[1]
    desk.post("/account/app/", {"code": code_for(secret)})
    first = re.findall(r"<li>(\d{8})</li>", desk.get("/account/codes/").content.decode())
    assert len(first) == 10
    again = desk.get("/account/codes/").content.decode()
    assert not re.findall(r"<li>\d{8}</li>", again)
    assert "shown once" in again
    assert "10 left" in desk.get(PAGE).content.decode()

    session = desk.session
    session["confirmed_at"] -= 301
    session.save()
    assert desk.get("/account/codes/new/")["Location"].startswith("/account/again/")
    desk.post("/account/again/?next=/account/codes/new/", {"password": PASSWORD})
    desk.post("/account/codes/new/")
    second = re.findall(r"<li>(\d{8})</li>", desk.get("/account/codes/").content.decode())

    assert len(second) == 10
    assert not set(first) & set(second)
    desk.post("/sign-out/")
    sign_in(desk)
    assert desk.post("/sign-in/second-step/", {"code": first[0]}).status_code == 422
    assert desk.post("/sign-in/second-step/", {"code": second[0]})["Location"] == "/"
    assert "9 left" in desk.get(PAGE).content.decode()


# ---- delicate pages, declared ----


def test_what_is_delicate_asks_once_more_and_nothing_else_does(location):
    """Accounts, roles, screens, what the rules do, one's own ways in: one list, from the declarations."""
    again = {route.name for route in policy.routes() if route.policy.again}

    assert {"rule-change", "account_set_password", "mfa_add_webauthn", "mfa_remove_webauthn",
            "mfa_activate_totp", "mfa_deactivate_totp", "mfa_generate_recovery_codes",
            "admin:access_user_change", "admin:access_device_add", "admin:auth_group_change"} <= again  # fmt: skip

    rob = factories.UserFactory(
        email="rob@example.org", role=Role.MANAGER, at=[location], password=PASSWORD
    )
    client = Client()
    sign_in(client, email=rob.email)
    session = client.session
    session["confirmed_at"] -= 301
    session.save()

    asked = client.get("/admin-panel/access/user/")
    assert asked["Location"] == "/account/again/?next=/admin-panel/access/user/"
    assert client.get("/rules/").status_code == 200
    client.post(asked["Location"], {"password": PASSWORD})
    assert client.get("/admin-panel/access/user/").status_code == 200
