"""
Passkeys: what the person's device signs, checked here.

allauth and fido2 check challenge, signature, user verification and relying party. Here come what they leave
open: the exact origin, the device's own counter, a ceiling on tries, and answers instead of crashes to
whatever else is sent.
"""

import json
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.db import transaction
from fido2.webauthn import AuthenticationResponse, CollectedClientData, RegistrationResponse

from access import throttle
from access.models import User
from kernel import audit
from kernel.actors import NOBODY, Actor, ActorKind

WRONG = "This passkey did not fit. Try again, or sign in another way."
SLOWED = "Too many tries. Wait 15 minutes, or sign in another way."
LONGEST = 20_000  # characters; an answer has two thousand
# What parsers of a stranger's bytes throw.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError)


def options(user: User) -> str:
    """What the browser needs to make a passkey: one that it can find by itself and that asks who holds it."""
    return json.dumps(auth.begin_registration(user, True))


class CredentialField(forms.JSONField):
    """What the script sends; whatever is too long or too deep was not sent by it."""

    widget = forms.HiddenInput
    default_error_messages = {"required": WRONG, "invalid": WRONG}

    def to_python(self, value: Any) -> Any:
        try:
            if isinstance(value, str) and len(value) > LONGEST:
                raise wrong()
            return super().to_python(value)
        except RecursionError as error:
            raise wrong() from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """An answer is good for once: a form that comes back asks for another."""
        return initial

    def prepare_value(self, value: Any) -> str:
        return ""


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """The new key, and what its owner calls it."""

    credential = CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        name = self.fields["name"]
        name.label, name.initial = "Name", ""
        self.initial["name"] = ""
        assert isinstance(name, forms.CharField)
        name.max_length = 60
        name.widget.attrs |= {"maxlength": 60, "placeholder": "Work laptop"}

    def clean_name(self) -> str:
        return self.cleaned_data["name"].strip()[:60] or "Passkey"

    def clean(self) -> dict[str, Any]:
        credential = self.cleaned_data.get("credential")
        if credential is not None:
            try:
                answer = RegistrationResponse.from_dict(credential)
                made = auth.complete_registration(credential)
            except MALFORMED as error:
                raise wrong() from error
            check_origin(answer.response.client_data)
            if not made.is_user_verified():
                raise wrong()
        return self.cleaned_data


class Checked:
    """An answer of a passkey: tries are counted, and it is used up by its counter."""

    user: User | None
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        account, origin = self._counted_for()
        tried = throttle.begin_try(account, origin)
        if tried is None:
            raise forms.ValidationError(SLOWED, code="slowed")
        try:
            found = self._check(self.cleaned_data["credential"])
        except (*MALFORMED, forms.ValidationError) as error:
            audit.record_denial(self._who(), page="access.passkey", reason="wrong passkey")
            raise wrong() from error
        throttle.succeeded(account, origin)
        return found

    def _check(self, credential: Any) -> Authenticator:
        answer = AuthenticationResponse.from_dict(credential)
        check_origin(answer.response.client_data)
        user = self.user or auth.extract_user_from_response(credential)
        found = auth.complete_authentication(user, credential)
        return use(found, answer.response.authenticator_data.counter)

    def _counted_for(self) -> tuple[str, str]:
        """A known person is counted wherever they come from; at the door only the origin is known."""
        if self.user:
            account = throttle.account_key(f"passkey {self.user.pk}")
            return account, account
        account = throttle.account_key("passkey at the door")
        return account, throttle.origin(context.request, account)

    def _who(self) -> Actor:
        return Actor(ActorKind.STAFF, self.user.pk, self.user.name) if self.user else NOBODY


class PasskeySignInForm(Checked, webauthn.LoginWebAuthnForm):
    credential = CredentialField()


class PasskeySecondStepForm(Checked, webauthn.AuthenticateWebAuthnForm):
    credential = CredentialField()


class PasskeyAgainForm(Checked, webauthn.ReauthenticateWebAuthnForm):
    credential = CredentialField()


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        assert isinstance(name, forms.CharField)
        name.label, name.max_length = "Name", 60
        name.widget.attrs["maxlength"] = 60

    def clean_name(self) -> str:
        return self.cleaned_data["name"].strip()[:60] or "Passkey"


def check_origin(said: CollectedClientData) -> None:
    """
    The page that asked for it was ours, to the letter: not a neighbor under the same domain.

    :raises ValidationError: it was another
    """
    request = context.request
    if said.origin != f"{request.scheme}://{request.get_host()}":
        raise wrong()


def use(found: Authenticator, counter: int) -> Authenticator:
    """
    The counter of a device only grows; one that does not was copied. Passkeys that are synced have none.

    :raises ValidationError: this answer, or a later one, was seen before
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=found.pk)
        before = row.data.get("counter", row.wrap().authenticator_data.counter)
        if (counter or before) and counter <= before:
            raise wrong()
        row.data["counter"] = counter
        row.save(update_fields=["data"])
    row.user = found.user
    return row


def wrong() -> forms.ValidationError:
    return forms.ValidationError(WRONG, code="incorrect_code")
