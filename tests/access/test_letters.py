"""Letters about sign-in: sent by a worker to the account's own address; nothing in them opens a door twice."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access import actions, throttle
from access.models import User
from kernel.actors import Actor
from kernel.models import AuditEvent, Delivery, OutboxEvent
from office.roles import Role
from tests import factories
from tests.access.door import (
    EMAIL,
    PASSWORD,
    a_worker_comes,
    code_for,
    letters,
    link_in,
    secret_in,
    sign_in,
)
from tests.access.mail_server import open_for_mail

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")
FORGOTTEN = "/sign-in/forgotten/"
NEW = "a new long password"


def ask(client, email=EMAIL):
    return client.post(FORGOTTEN, {"email": email})


def set_new(client, link, password=NEW):
    form = client.get(link, follow=True)
    given = {"password1": password, "password2": password}
    return form, client.post(form.request["PATH_INFO"], given)


# ---- a forgotten password ----


def test_a_forgotten_password_is_set_anew_by_a_letter(client, helen):
    answer = ask(client)
    assert answer["Location"] == "/sign-in/forgotten/sent/"
    assert mail.outbox == []  # a worker sends it
    link = link_in(letters()[0])

    form, _ = set_new(client, link)

    assert link.rsplit("-", 1)[1] not in form.request["PATH_INFO"]  # the key leaves the address
    assert sign_in(client, password=NEW).status_code == 302
    assert "used already, or is too old" in Client().get(link, follow=True).content.decode()


@pytest.mark.parametrize("minutes", [55, 65])
def test_a_letter_opens_for_an_hour(client, helen, minutes):
    ask(client)
    link = link_in(letters()[0])

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True):
        page = Client().get(link, follow=True).content.decode()

    assert ("too old" in page) is (minutes > 60)


def test_its_key_is_made_when_it_is_sent_and_waits_nowhere(client, helen):
    ask(client)

    assert OutboxEvent.objects.get().payload == {
        "user_id": str(helen.pk),
        "site": "http://testserver/",
    }
    key = link_in(letters()[0]).rsplit("-", 1)[1]
    assert key not in str(list(OutboxEvent.objects.values())) + str(
        list(AuditEvent.objects.values())
    )


def test_no_letter_goes_to_a_stranger_and_the_page_does_not_tell(client, helen):
    assert ask(client, "stranger@example.org")["Location"] == "/sign-in/forgotten/sent/"
    assert letters() == []


def test_no_letter_goes_to_a_closed_account(client, helen):
    ask(client)
    User.objects.update(is_active=False)

    assert letters() == []


def test_a_mailbox_is_not_filled(client, helen):
    for _ in range(10):
        ask(client)

    assert len(letters()) == throttle.LETTERS_PER_ACCOUNT


def test_known_and_unknown_addresses_ask_the_database_the_same(helen):
    def statements(email, number):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        with CaptureQueriesContext(connection) as asked:
            ask(client, email)
        return [re.sub(r"\s.*", "", each["sql"], flags=re.S) for each in asked]

    assert statements(EMAIL, 1) == statements("stranger@example.org", 2)
    assert statements("HELEN@example.org", 3) == statements(EMAIL, 4)


def test_a_letter_by_the_administrator_leads_to_a_first_password(signed_in, location):
    ida = factories.UserFactory(email="ida@example.org", role=Role.NURSE, at=[location])
    admin = signed_in(Role.ADMINISTRATOR, location)

    admin.post(f"/admin-panel/access/user/{ida.pk}/letter/")
    [letter] = letters()
    set_new(Client(), link_in(letter))

    assert letter.to == ["ida@example.org"]
    assert sign_in(Client(), email=ida.email, password=NEW).status_code == 302
    event = AuditEvent.objects.get(action="access.send_password_letter")
    assert event.subject_ids == [ida.pk]


# ---- a word when a way in changed ----


def change_password(client):
    given = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post("/account/password/", given)


def turn_app_on(client):
    page = client.get("/account/app/")
    client.post("/account/app/", {"code": code_for(secret_in(page))})


def test_whoever_owns_the_account_hears_of_a_new_password(helen, location):
    chrome = "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0 Safari/537.36"
    client = Client(HTTP_USER_AGENT=chrome, REMOTE_ADDR="198.51.100.7")
    sign_in(client)

    change_password(client)
    [letter] = letters()

    assert (letter.to, letter.subject) == ([EMAIL], "The password of your account was changed")
    assert f"From: Chrome on Windows, {location.name} (198.51.100.7)" in letter.body or (
        "From: Chrome on Windows (198.51.100.7)" in letter.body
    )
    assert "If it was not" in letter.body
    assert NEW not in letter.body


def test_also_when_it_was_set_by_a_letter(client, helen):
    ask(client)
    set_new(client, link_in(letters()[0]))

    assert [each.subject for each in letters()] == [
        "Set a new password",
        "The password of your account was changed",
    ]


def test_every_change_of_a_second_step_is_told(client, helen):
    sign_in(client)
    turn_app_on(client)
    client.post("/account/codes/new/")
    client.post("/account/app/off/")

    assert [each.subject for each in letters()] == [
        "An authenticator app was added to your account",
        "New recovery codes were made for your account",
        "The authenticator app was taken off your account",
    ]


def test_what_an_administrator_takes_off_is_told_with_their_name(helen, location):
    rob = factories.UserFactory(name="Rob Hale", role=Role.ADMINISTRATOR, at=[location])
    Authenticator.objects.create(user=helen, type="totp", data={})

    actions.reset_second_step(user=helen, by=factories.actor_of(rob))
    [letter] = letters()

    assert letter.subject == "The second step was taken off your account"
    assert "By: Rob Hale" in letter.body


def test_another_address_is_told_to_both_and_the_old_one_waits_sealed(helen):
    actions.change_user(user=helen, email="new@example.org", name=helen.name, by=SYSTEM)
    assert EMAIL not in str(OutboxEvent.objects.get().payload)

    assert [each.to for each in letters()] == [["new@example.org"], [EMAIL]]
    assert "new@example.org" not in letters()[1].body


def test_another_name_alone_is_nothing_to_write_of(helen):
    actions.change_user(user=helen, email=helen.email, name="Helen M. Marsh", by=SYSTEM)

    assert letters() == []


def test_no_letter_of_a_change_leads_anywhere(client, helen):
    sign_in(client)
    turn_app_on(client)
    change_password(client)

    assert len(letters()) == 2
    for letter in letters():
        assert not re.search(r"https?:|www\.|//", letter.body)


def test_a_change_that_is_refused_is_not_told(client, helen):
    sign_in(client)

    client.post("/account/app/", {"code": "000000"})
    client.post("/account/password/", {"oldpassword": "wrong", "password1": NEW, "password2": NEW})

    assert letters() == []


# ---- on the way ----


def test_no_name_or_address_writes_a_header(helen):
    """Neither in the table by hand: a letter like that is not sent at all."""
    breaks = "\r\nBcc: thief@example.org"
    User.objects.filter(pk=helen.pk).update(email=f"helen@example.org{breaks}", name=f"A{breaks}")
    helen.refresh_from_db()

    actions.send_password_letter(user=helen, site="http://testserver/", by=SYSTEM)
    actions.reset_second_step(user=helen, by=SYSTEM)

    assert letters() == []


def test_letters_say_that_no_person_wrote_them(client, helen):
    ask(client)

    assert letters()[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_letter_goes_through_a_real_mail_server(client, helen, settings):
    with open_for_mail(settings) as server:
        ask(client)
        a_worker_comes()

    [letter] = server.letters
    assert letter["To"] == EMAIL
    assert re.search(r"http://testserver/sign-in/new-password/\S+/", letter.get_content())
    assert Delivery.objects.get().state == "done"


def test_a_mail_server_that_is_away_breaks_no_page_and_loses_no_letter(client, helen, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there

    assert ask(client).status_code == 302
    a_worker_comes()
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.last_error) == ("due", "ConnectionRefusedError")

    with open_for_mail(settings) as server:
        a_worker_comes()
    assert len(server.letters) == 1


@pytest.mark.parametrize(("code", "state"), [(450, "due"), (550, "done")])
def test_a_mailbox_that_will_never_be_there_is_given_up_and_noted(
    client, helen, settings, code, state
):
    with open_for_mail(settings) as server:
        server.answers_recipient = code
        ask(client)
        a_worker_comes()

    assert Delivery.objects.get().state == state
    noted = AuditEvent.objects.filter(action="access.password_letter")
    assert [each.details for each in noted] == ([{"taken": False}] if code == 550 else [])


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.parametrize("minutes", [0, 5])
def test_a_worker_whose_clock_is_wrong_sends_each_letter_once(client, helen, days, minutes):
    """What is due is judged by Postgres's clock (plan A-71)."""
    ask(client)
    sign_in(client)
    change_password(client)

    with time_machine.travel(timezone.now() + timedelta(days=days, minutes=minutes), tick=True):
        letters()
        letters()

    assert len(letters()) == 2
    assert Delivery.objects.exclude(state="done").count() == 0
