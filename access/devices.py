"""Machines at which nobody signs in: a code that is typed once, then a secret in the cookie."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from access.models import Device
from kernel.actors import Actor, ActorKind, Grants
from kernel.policy import Policy

CODE_LIVES = timedelta(minutes=10)
# Letters and digits that nobody takes for another, on the glass or over the phone.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
CODE_LETTERS = 8
SEEN_EVERY = timedelta(minutes=1)
TWO_YEARS = 2 * 365 * 24 * 3600


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))


def digest(plain: str) -> str:
    return hashlib.sha256(plain.encode()).hexdigest()


def read_code(typed: str) -> str:
    """As it was made: capitals, without the spaces and dashes that people type."""
    return "".join(each for each in typed.upper() if each.isalnum())


def let_in(request: Any, wanted: Policy) -> HttpResponse | None:
    """On a device's own page: the machine becomes the actor, for this request and this right alone."""
    found = of(request)
    if found is None or found.kind != wanted.device:
        if request.headers.get("HX-Request"):
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("device")})
        return redirect("device")
    _seen(found)
    request.device = found
    may = frozenset({wanted.permission} if wanted.permission else ())
    grants = Grants(may, frozenset({found.location_id}))
    request.actor = Actor(ActorKind.DEVICE, found.pk, found.name, None, grants)
    return None


def of(request: Any) -> Device | None:
    """Which machine this is; asked anew every time, so that one that was ended is out at its next question."""
    secret = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    if not secret:
        return None
    rows = Device.objects.filter(secret_digest=digest(secret), revoked_at=None)
    return rows.select_related("location").first()


def remember(response: HttpResponse, secret: str) -> None:
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        secret,
        max_age=TWO_YEARS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _seen(device: Device) -> None:
    now = timezone.now()
    if device.last_seen_at is None or now - device.last_seen_at > SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
