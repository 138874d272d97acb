"""How people of the tests come in: by password, by an app's code; and what a worker then sends them."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.postgres.functions import TransactionNow
from django.core import mail

from kernel import outbox
from kernel.models import Delivery

EMAIL, PASSWORD = "helen@example.org", "correct horse battery"


def sign_in(client, email=EMAIL, password=PASSWORD, **more):
    return client.post(
        "/sign-in/", {"login": email, "password": password, **more.pop("also", {})}, **more
    )


def is_in(client):
    return client.get("/").status_code == 200


def code_for(secret, steps=0):
    """What an app with this secret shows now, or so many half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def secret_in(page):
    return re.search(r"key-text\">([A-Z2-7]+)<", page.content.decode())[1]


def a_worker_comes():
    """What waits is done. A test is one transaction, in which Postgres's clock stands still: all of it is due."""
    Delivery.objects.filter(state="due").update(due_at=TransactionNow())
    outbox.work_off()


def letters():
    """Every letter that has been sent, once a worker has come."""
    a_worker_comes()
    return mail.outbox


def link_in(letter):
    return re.search(r"http://testserver(/\S+)", letter.body)[1]
