"""Bearer tokens: shown once, kept as a hash, expiring, narrowed."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access import actions, tokens
from access.models import ApiToken
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, Invalid, OutOfScope
from office.permissions import Permission
from office.roles import Role
from tests import factories
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.access.some_urls")]

SYSTEM = Actor.system("tests")
URL = "/api/v1/things/"


@pytest.fixture
def helen(location):
    return UserFactory(
        email="helen@example.org", name="Helen Marsh", role=Role.MANAGER, at=[location]
    )


def issue(user, *, scopes=(), days=90, at=None):
    return actions.issue_token(
        user=user, scopes=list(scopes), days=days, by=SYSTEM, at=at or timezone.now()
    )


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def test_a_token_does_what_its_person_may(client, helen):
    token = issue(helen)

    answer = client.get(URL, headers=bearer(token))

    assert answer.json()["kind"] == "service"
    assert answer.json()["who"].startswith("Helen Marsh by token mom_")
    assert client.post(URL, headers=bearer(token)).status_code == 201


def test_only_its_hash_is_kept(helen):
    token = issue(helen)

    kept = ApiToken.objects.get()
    assert token not in str(kept.__dict__)
    assert len(kept.digest) == 64


def test_a_scope_narrows_it(client, helen):
    token = issue(helen, scopes=[Permission.VIEW_OFFICE])

    assert client.get(URL, headers=bearer(token)).status_code == 200
    assert client.post(URL, headers=bearer(token)).status_code == 403


def test_a_scope_never_widens(helen):
    with pytest.raises(Invalid, match="does not have"):
        issue(helen, scopes=["access.issue_tokens"])


def test_a_right_the_person_lost_is_lost_to_the_token(client, helen):
    token = issue(helen, scopes=[Permission.VIEW_OFFICE, Permission.CONFIGURE_OFFICE])
    actions.change_rights(user=helen, roles=[Role.NURSE], locations=[], by=SYSTEM)

    assert client.post(URL, headers=bearer(token)).status_code == 403


@pytest.mark.parametrize("days", [0, 366, -1])
def test_it_lasts_a_year_at_most(helen, days):
    with pytest.raises(Invalid, match="between 1 and 365"):
        issue(helen, days=days)


def test_an_expired_token_opens_nothing(client, helen):
    token = issue(helen, days=1, at=timezone.now() - timedelta(days=1, seconds=1))

    assert client.get(URL, headers=bearer(token)).status_code == 401


def test_a_revoked_token_opens_nothing(client, helen):
    token = issue(helen)
    actions.revoke_token(token=ApiToken.objects.get(), by=SYSTEM, at=timezone.now())

    assert client.get(URL, headers=bearer(token)).status_code == 401


def test_a_closed_account_closes_its_tokens(client, helen):
    token = issue(helen)
    actions.close_account(user=helen, by=SYSTEM)

    assert client.get(URL, headers=bearer(token)).status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer ", "Bearer mom_made-up", "Bearer x", "Basic aGVsZW46eA=="]
)
def test_an_invented_token_opens_nothing(client, helen, header):
    assert client.get(URL, headers={"Authorization": header}).status_code == 401


def test_a_token_opens_no_pages(client, helen):
    assert client.get("/", headers=bearer(issue(helen))).status_code == 302


def test_who_may_not_issue_does_not(helen, desk):
    with pytest.raises(Forbidden):
        actions.issue_token(user=helen, scopes=[], days=1, by=desk, at=timezone.now())


def test_a_person_makes_only_their_own(helen, location):
    admin = UserFactory(role=Role.ADMINISTRATOR, at=[location])
    with pytest.raises(OutOfScope):
        actions.issue_token(
            user=helen, scopes=[], days=1, by=factories.actor_of(admin), at=timezone.now()
        )
    assert not ApiToken.objects.exists()


# ---- when it was used last ----


def test_when_it_was_used_is_noted_once_a_minute_and_not_at_every_request(client, helen, settings):
    settings.MEMO_SECONDS = 5
    began = timezone.now()
    with time_machine.travel(began, tick=False) as clock:
        token = issue(helen)
        assert ApiToken.objects.get().last_used_at is None
        client.get(URL, headers=bearer(token))
        assert ApiToken.objects.get().last_used_at == began

        clock.shift(59)
        tokens.forget()
        client.get(URL, headers=bearer(token))
        assert ApiToken.objects.get().last_used_at == began

        clock.shift(2)
        tokens.forget()
        client.get(URL, headers=bearer(token))
        assert ApiToken.objects.get().last_used_at == began + timedelta(seconds=61)


def test_a_warm_request_neither_reads_nor_writes_the_token(client, helen, settings):
    settings.MEMO_SECONDS = 5
    token = issue(helen)
    client.get(URL, headers=bearer(token))

    with CaptureQueriesContext(connection) as asked:
        assert client.get(URL, headers=bearer(token)).status_code == 200

    assert not [each for each in asked if "access_apitoken" in each["sql"]]


def test_a_token_that_opens_nothing_is_not_used(client, helen):
    token = issue(helen)
    actions.revoke_token(token=ApiToken.objects.get(), by=SYSTEM, at=timezone.now())

    client.get(URL, headers=bearer(token))

    assert ApiToken.objects.get().last_used_at is None


def test_the_command_prints_it_once_and_keeps_who_and_how_long(client, helen):
    said = StringIO()
    call_command(
        "api_token",
        "Helen@example.org",
        "--scope",
        "office.view_office",
        "--days",
        "7",
        "--name",
        "Wall board",
        stdout=said,
    )

    assert client.get(URL, headers=bearer(said.getvalue().strip())).status_code == 200
    event = AuditEvent.objects.get(action="access.issue_token")
    assert event.details["days"] == 7
    assert ApiToken.objects.get().name == "Wall board"


def test_the_command_says_whom_it_does_not_know(db):
    with pytest.raises(CommandError, match="No active account"):
        call_command("api_token", "nobody@example.org")
