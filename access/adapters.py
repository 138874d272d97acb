"""Where allauth asks the house."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from access import throttle
from access.models import User
from kernel import audit, crypto
from kernel.actors import NOBODY, Actor, ActorKind


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the office; failed tries are counted in Postgres; every sign-in is audited."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if throttle.is_slowed(credentials.get("email", ""), throttle.client_address(request)):
            raise ValidationError(
                "Too many tries. Wait 15 minutes, or ask an administrator to let you in."
            )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = credentials.get("email", "")
        throttle.failed(email, throttle.client_address(request))
        audit.record_denial(NOBODY, page="access.sign_in", reason="wrong e-mail or password")

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        throttle.succeeded(user.email, throttle.client_address(request))
        actor = Actor(ActorKind.STAFF, user.pk, user.name)
        audit.record_read(actor, page="access.sign_in", kind="access.user", ids=[user.pk])
        return super().post_login(request, user, **kwargs)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page one lands on says it; a second banner would only be in the way."""


class MFAAdapter(DefaultMFAAdapter):
    """TOTP seeds and recovery codes are sealed with the house's keys."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, place="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, place="mfa")
