"""
Guessing gets slow, and nobody can lock out somebody else.

Failed tries are counted in Postgres: by account and origin, by account from all strange origins together,
and by origin. The origin is the client's address, or, for a browser in which this person has signed in
before, that browser: a herd that guesses at an account from a thousand addresses does not slow it.
"""

import ipaddress
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse

from access.models import SignInAttempt
from kernel import crypto

WINDOW = timedelta(minutes=15)
PER_ACCOUNT_AND_ORIGIN = 10
PER_ACCOUNT_FROM_STRANGERS = 30
PER_ORIGIN = 50
LETTERS_PER_ACCOUNT, LETTERS_PER_ORIGIN = 3, 10

KNOWN_COOKIE = "known"
KNOWN_FOR = timedelta(days=180)
KNOWN_SALT = "access.known-browser"
BROWSER, TOKEN = "browser:", "token:"


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


def origin(request: HttpRequest, account: str) -> str:
    """Where a try comes from: a browser this person has signed in with, or an address."""
    if mark := _known(request).get(account[:16]):
        return f"{BROWSER}{mark}"[:64]
    return _network(client_address(request))


def remember_browser(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """After a sign-in: this browser is no stranger to this account. A desk's browser knows several."""
    known = _known(request)
    mark = known.pop(account[:16], None) or secrets.token_hex(8)
    newest = dict([*known.items(), (account[:16], mark)][-12:])
    response.set_cookie(
        KNOWN_COOKIE,
        signing.dumps(newest, salt=KNOWN_SALT, compress=True),
        max_age=int(KNOWN_FOR.total_seconds()),
        path=settings.LOGIN_URL,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(request: HttpRequest) -> dict[str, str]:
    try:
        cookie = request.COOKIES.get(KNOWN_COOKIE, "")
        return dict(signing.loads(cookie, salt=KNOWN_SALT, max_age=KNOWN_FOR))
    except signing.BadSignature:
        return {}


def account_key(email: str) -> str:
    """What stands for an account in the counters: nobody reads in them who works here."""
    return crypto.blind_index(email.strip().casefold(), purpose="sign-in")


def begin_try(account: str, origin: str, limit: int = PER_ACCOUNT_AND_ORIGIN) -> int | None:
    """
    Count a try before it is made, so that a hundred at once are a hundred; None: too many.

    A try that is turned away is not counted: nobody keeps a door shut by knocking.
    """
    row = SignInAttempt.objects.create(account=account, address=origin)
    if _is_slowed(account, origin, limit):
        row.delete()
        return None
    return row.pk


def forgive(try_id: int) -> None:
    """It was no guess."""
    SignInAttempt.objects.filter(pk=try_id).delete()


def succeeded(account: str, origin: str) -> None:
    """The right person came: their own slips from here are forgotten, other people's are not."""
    SignInAttempt.objects.filter(account=account, address=origin).delete()


def forget(account: str) -> None:
    """A new password was set by whoever owns the mailbox: the door opens again."""
    SignInAttempt.objects.filter(account=account).delete()


def may_guess_token(request: Any) -> bool:
    """
    A bearer token that is none: so many of them from an origin, then no answer but “wait”.

    Good tokens are never slowed: they have 256 bits, and somebody else behind the same address may guess.
    """
    origin = _network(client_address(request))
    return begin_try(account_key("api token"), f"{TOKEN}{origin}"[:64], PER_ORIGIN) is not None


def may_send_letter(account: str, origin: str) -> bool:
    """A letter to reset a password: a few per account and origin, so that nobody fills a mailbox."""
    purpose = crypto.blind_index(account, purpose="reset letter")
    recent = SignInAttempt.objects.filter(at__gt=Now() - WINDOW)
    here = f"letter:{origin}"[:64]
    SignInAttempt.objects.create(account=purpose, address=here)
    return (
        recent.filter(account=purpose).count() <= LETTERS_PER_ACCOUNT
        and recent.filter(address=here).count() <= LETTERS_PER_ORIGIN
    )


def _is_slowed(account: str, origin: str, limit: int) -> bool:
    recent = SignInAttempt.objects.filter(at__gt=Now() - WINDOW)
    if recent.filter(account=account, address=origin).count() > limit:
        return True
    if recent.filter(address=origin).count() > PER_ORIGIN:
        return True
    if origin.startswith((BROWSER, TOKEN)):
        return False
    strangers = recent.filter(account=account).exclude(address__startswith=BROWSER)
    return strangers.count() > PER_ACCOUNT_FROM_STRANGERS


def _network(address: str) -> str:
    """One customer of a provider has a whole /64 of IPv6: count it as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ipaddress.ip_network(f"{found}/64", strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)
