"""Where allauth asks the house."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from access import browsers, grants, letters, sessions, throttle
from access.models import User
from kernel import audit, crypto
from kernel.actors import NOBODY, Actor, ActorKind

SLOWED = "Too many tries. Wait 15 minutes, or set a new password by e-mail."


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the office; failed tries are counted in Postgres; every sign-in is audited."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This e-mail address and password do not belong together.",
        "incorrect_password": "This is not your present password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        account = throttle.account_key(credentials.get("email", ""))
        tried = throttle.begin_try(account, throttle.origin(request, account))
        if tried is None:
            raise ValidationError(SLOWED, code="slowed")
        user: User | None = super().authenticate(request, **credentials)
        if user:
            throttle.forgive(tried)
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted in `authenticate`, in Postgres."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        audit.record_denial(NOBODY, page="access.sign_in", reason="wrong e-mail or password")

    def reauthenticate(self, user: User, password: str) -> bool:
        """The password again, before something delicate; counted for the person, whom nobody else can slow."""
        again = throttle.account_key(f"again {user.pk}")
        tried = throttle.begin_try(again, again)
        if tried is None:
            raise ValidationError(SLOWED, code="slowed")
        if not user.check_password(password):
            return False
        throttle.succeeded(again, again)
        return True

    def login(self, request: HttpRequest, user: User) -> None:
        super().login(request, user)
        sessions.begin(request.session)
        request.session[sessions.RIGHTS] = sessions.rights_mark(grants.of(user))
        browsers.note(request, user)

    def is_reauthentication_required(self, app: str = "") -> bool:
        """allauth's own pages ask by the same measure as ours."""
        return not sessions.is_confirmed(context.request.session)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        account = throttle.account_key(user.email)
        throttle.succeeded(account, throttle.origin(request, account))
        actor = Actor(ActorKind.STAFF, user.pk, user.name)
        audit.record_fact(actor, page="access.sign_in", kind="access.user", ids=[user.pk])
        response: HttpResponse = super().post_login(request, user, **kwargs)
        throttle.remember_browser(request, response, account)
        return response

    def logout(self, request: HttpRequest) -> None:
        actor = request.actor  # type: ignore[attr-defined]
        if actor.is_known:
            audit.record_fact(actor, page="access.sign_out", kind="access.user", ids=[actor.id])
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        who = Actor(ActorKind.STAFF, user.pk, user.name)
        with transaction.atomic():
            super().set_password(user, password)
            throttle.forget(throttle.account_key(user.email))
            audit.record_fact(who, page="access.set_password", kind="access.user", ids=[user.pk])
            letters.tell_of_change(
                user, "password", by=who, session_key=self.request.session.session_key
            )
        grants.forget()

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page one lands on says it; a second banner would only be in the way."""


class MFAAdapter(DefaultMFAAdapter):
    """TOTP seeds and recovery codes are sealed with the house's keys."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "Your role needs a second step. Set up another one first.",
    }

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, place="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, place="mfa")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second step of somebody whose role needs one stays."""
        others = Authenticator.objects.filter(
            user_id=authenticator.user_id, type__in=grants.SECOND_STEPS
        )
        return (
            others.exclude(pk=authenticator.pk).exists()
            or grants.second_step_from(authenticator.user) is None
        )
