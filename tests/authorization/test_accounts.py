"""No account that nobody made, and none that outlives its closing."""

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.utils import timezone

from access import actions, tokens
from access.models import ApiToken, User
from demo import seed
from kernel.actors import Actor
from office.roles import Role
from tests import factories
from tests.authorization.world import TokenClient, signed_in

COMMON = ("", "admin", "password", "demo", "changeme", "123456", "secret", "office", "test")


def test_a_fresh_install_has_no_account_and_no_token(db):
    assert not User.objects.exists()
    assert not ApiToken.objects.exists()


@pytest.fixture
def demo_accounts(db):
    small = seed.Size(patients=20, past_days=1, ahead_days=1)
    seed.make_practice(
        by=Actor.system("demo"), at=timezone.now(), size=small, home="America/New_York"
    )
    return list(User.objects.all())


def test_the_accounts_of_a_demo_have_no_password_that_could_be_guessed(demo_accounts):
    usable = [
        user.email
        for user in demo_accounts
        if not user.password.startswith(UNUSABLE_PASSWORD_PREFIX)
    ]
    guessed = [user.email for user in demo_accounts if any(map(user.check_password, COMMON))]

    assert demo_accounts
    assert usable == []
    assert guessed == []


def test_outside_a_demo_nobody_signs_in_by_a_button(client, demo_accounts, settings):
    settings.DEMO = False

    answer = client.post("/sign-in/demo/", {"email": demo_accounts[0].email})

    assert answer.status_code in {403, 404}
    assert "_auth_user_id" not in client.session


def test_a_closed_account_is_out_at_once_with_its_browsers_and_its_programs(location, settings):
    settings.MEMO_SECONDS = 5
    user = factories.UserFactory(role=Role.MANAGER, at=[location])
    plain, _ = tokens.make(user, scopes=[], days=1, at=timezone.now())
    browser, program = signed_in(user), TokenClient(plain)
    assert browser.get("/patients/").status_code == 200
    assert program.get("/api/v1/patients/").status_code == 200

    actions.close_account(user=user, by=Actor.system("tests"), reason="Gone")

    assert browser.get("/patients/").status_code == 302
    tokens.forget()  # the other processes: their memory is five seconds long at most
    assert program.get("/api/v1/patients/").status_code == 401


def test_what_a_process_remembers_of_rights_lasts_five_seconds_at_most(settings):
    assert settings.MEMO_SECONDS <= 5
