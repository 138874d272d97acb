"""Ten thousand guesses from a thousand addresses, and what the clock tells of who has an account (plan A-30)."""

import itertools
import math
import time

import pytest
from django.contrib.auth import hashers
from django.test import Client

from access import throttle
from access.models import SignInAttempt
from kernel.models import OutboxEvent
from tests.access.door import EMAIL, is_in, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
GUESSES, ADDRESSES, SAMPLES = 10_000, 1_000, 1_000


def test_ten_thousand_guesses_from_a_thousand_addresses(helen, monkeypatch):
    desk = Client(REMOTE_ADDR="198.51.100.7")
    sign_in(desk)
    desk.post("/sign-out/")
    evaluated, plain = [], hashers.MD5PasswordHasher.encode

    def counted(self, *given):
        evaluated.append(1)
        return plain(self, *given)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    herd = Client()
    herd.get("/sign-in/")

    for n in range(GUESSES):
        address = f"203.{n % ADDRESSES // 250}.113.{n % 250}"
        sign_in(herd, password=f"guess {n}", REMOTE_ADDR=address)

    assert len(evaluated) <= throttle.PER_ACCOUNT_FROM_STRANGERS
    assert SignInAttempt.objects.count() <= throttle.PER_ACCOUNT_FROM_STRANGERS
    assert sign_in(desk).status_code == 302  # a browser that is known is not kept out
    assert is_in(desk)


def seconds(ask):
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


def apart(first, second):
    """The largest distance of two distributions (Kolmogorov, Smirnov)."""
    both = sorted([(each, 0) for each in first] + [(each, 1) for each in second])
    counts, largest = [0, 0], 0.0
    for _, group in itertools.groupby(both, key=lambda pair: pair[0]):
        for _, which in group:
            counts[which] += 1
        largest = max(largest, abs(counts[0] / len(first) - counts[1] / len(second)))
    return largest


def told_apart(ask):
    """Whether the times of a known and an unknown account differ, p < 0.01; asked in turns, on whatever machine."""
    known, unknown = [], []
    for n in range(SAMPLES):
        for times, email in ((known, EMAIL), (unknown, f"s{n:04}@example.org")):
            times.append(seconds(lambda email=email: ask(email)))
            SignInAttempt.objects.all().delete()
            OutboxEvent.objects.all().delete()
    return apart(known, unknown) > 1.63 * math.sqrt(2 / SAMPLES)


@pytest.mark.parametrize(
    ("page", "field"), [("/sign-in/", "login"), ("/sign-in/forgotten/", "email")]
)
def test_the_clock_does_not_tell_who_has_an_account(helen, page, field):
    client = Client()
    client.get("/sign-in/")

    def ask(email):
        client.post(page, {field: email, "password": "guess"})

    for _ in range(20):  # warm
        ask(EMAIL)
        SignInAttempt.objects.all().delete()
    assert not all(told_apart(ask) for _ in range(3))  # chance may say so once


def test_two_distributions_that_differ_are_told_apart():
    assert apart([1, 2, 3, 4], [1, 2, 3, 4]) == 0
    assert apart([1, 2, 3, 4], [5, 6, 7, 8]) == 1
    assert apart(range(1000), [each + 100 for each in range(1000)]) == pytest.approx(0.1)
