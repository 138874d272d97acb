"""Guessing gets slow: failed sign-ins counted in Postgres, by account and by address."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from access.models import SignInAttempt
from kernel import crypto

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ADDRESS = 10
PER_ACCOUNT = (
    30  # from everywhere together: slows a herd without letting one stranger lock a person out
)
PER_ADDRESS = 50


def client_address(request: Any) -> str:
    """
    The address of the client: the connection's, or what our own proxies wrote.

    Only the entries appended by the configured number of proxies count; what the client put in front of
    them is its own invention.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if proxies:
        forwarded = [
            part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        ]
        if len(forwarded) >= proxies and forwarded[-proxies]:
            return forwarded[-proxies][:64]
    return request.META.get("REMOTE_ADDR", "")[:64]


def account_key(email: str) -> str:
    return crypto.blind_index(email.strip().casefold(), purpose="sign-in")


def is_slowed(email: str, address: str) -> bool:
    account = account_key(email)
    recent = SignInAttempt.objects.filter(at__gt=Now() - WINDOW)
    from_here = recent.filter(Q(account=account), address=address).count()
    return (
        from_here >= PER_ACCOUNT_AND_ADDRESS
        or recent.filter(account=account).count() >= PER_ACCOUNT
        or recent.filter(address=address).count() >= PER_ADDRESS
    )


def failed(email: str, address: str) -> None:
    SignInAttempt.objects.create(account=account_key(email), address=address)


def succeeded(email: str, address: str) -> None:
    """The right person came: their own slips from here are forgotten, other people's are not."""
    SignInAttempt.objects.filter(account=account_key(email), address=address).delete()
