"""
The second step: a code of the authenticator app, or one of the recovery codes.

Each code works once, which Postgres remembers (not a cache that may be away), and guessing is counted
like passwords are.
"""

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django import forms
from django.db import transaction

from access import throttle
from access.models import User
from kernel import audit
from kernel.actors import Actor, ActorKind

WRONG = (
    "This code is not right, or it was used already. Wait for the next one and type its six digits."
)
SLOWED = "Too many codes. Wait 15 minutes, then try the code your app shows."


class Counted:
    """Checks the code; tries are counted for the account wherever they come from: the password was right."""

    user: User
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def clean_code(self) -> str:
        account = throttle.account_key(f"second step {self.user.pk}")
        tried = throttle.begin_try(account, account)
        if tried is None:
            raise forms.ValidationError(SLOWED, code="slowed")
        code = self.cleaned_data["code"]
        found = use_code(self.user, code)
        if found is None:
            who = Actor(ActorKind.STAFF, self.user.pk, self.user.name)
            audit.record_denial(who, page="access.second_step", reason="wrong code")
            raise forms.ValidationError(WRONG, code="incorrect_code")
        throttle.succeeded(account, account)
        self.authenticator = found
        return code


class SecondStepForm(Counted, AuthenticateForm):
    pass


class SecondStepAgainForm(Counted, ReauthenticateForm):
    pass


class EnrolForm(ActivateTOTPForm):
    """The first code proves that the app has the secret."""

    def clean_code(self) -> str:
        account = throttle.account_key(f"enrol {self.user.pk}")
        if throttle.begin_try(account, account) is None:
            raise forms.ValidationError(SLOWED, code="slowed")
        code = self.cleaned_data["code"]
        self.counter = matching_counter(self.secret, code)
        if self.counter is None:
            raise forms.ValidationError(
                "This is not the code of that key. Is the phone’s clock right?",
                code="incorrect_code",
            )
        throttle.succeeded(account, account)
        return code

    def use_up(self) -> None:
        """The code that proved it opens nothing any more."""
        row = Authenticator.objects.get(user=self.user, type=Authenticator.Type.TOTP)
        row.data["last_counter"] = self.counter
        row.save(update_fields=["data"])


def use_code(user: User, code: str) -> Authenticator | None:
    """The authenticator whose code this is, used up; None when it is nobody's or was used before."""
    with transaction.atomic():
        rows = Authenticator.objects.select_for_update().filter(user=user).order_by("-type")
        for row in rows:
            row.user = user
            is_totp = row.type == Authenticator.Type.TOTP
            if _use_totp(row, code) if is_totp else row.wrap().validate_code(code):
                return row
    return None


def _use_totp(row: Authenticator, code: str) -> bool:
    counter = matching_counter(decrypt(row.data["secret"]), code)
    if counter is None or counter <= row.data.get("last_counter", 0):
        return False
    row.data["last_counter"] = counter
    row.save(update_fields=["data"])
    return True


def matching_counter(secret: str, code: str) -> int | None:
    """Which half minute the code belongs to: this one, or the one before or after it."""
    typed = "".join(code.split())
    for counter in totp.yield_hotp_counters_from_time():
        if totp.format_hotp_value(totp.hotp_value(secret, counter)) == typed:
            return counter
    return None
