"""Sign-in, password and second step: allauth's views, answering 422 when they refuse."""

from typing import Any

from allauth.account import views as account
from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn.internal.flows import post_authentication
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from access import browsers, grants, letters, sessions
from access.forms import EnrolForm, SignInForm
from access.models import User
from access.roles import DEMO_ACCOUNTS
from kernel import audit
from office.queries import practice


class Refuses:
    """A form that comes back says so in its status: 422, or 429 after too many tries."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = status_of(form)
        return response


class Confirms:
    """Who they are was shown once more: delicate pages open for a few minutes."""

    request: HttpRequest

    def form_valid(self, form: Form) -> HttpResponse:
        sessions.confirm(self.request.session)
        tell(self.request, "access.again")
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        return response


def status_of(form: Form) -> int:
    slowed = any(
        error.code == "slowed" for errors in form.errors.as_data().values() for error in errors
    )
    return 429 if slowed else 422


def tell(request: HttpRequest, page: str, letter: str = "", **details: Any) -> None:
    """What somebody did with their own sign-in is in the audit trail; a way in that changed, in a letter too."""
    actor = request.actor  # type: ignore[attr-defined]
    audit.record_fact(actor, page=page, kind="access.user", ids=[actor.id], **details)
    if letter:
        key = request.session.session_key
        letters.tell_of_change(request.user, letter, by=actor, session_key=key)  # type: ignore[arg-type]


class SignIn(Refuses, account.LoginView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Before there is any account the door leads to the first steps."""
        if practice() is None and not User.objects.exists():
            return redirect("set-up")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, **at_the_door(self.get_next_url() or "")}


def at_the_door(wanted: str, passkey_error: str = "") -> dict[str, Any]:
    return {"wanted": wanted, "demo_accounts": DEMO_ACCOUNTS, "passkey_error": passkey_error}


class PasskeySignIn(LoginWebAuthnView):
    """By passkey alone: the device has asked who holds it."""

    def form_valid(self, form: Form) -> HttpResponse:
        found: Authenticator = form.cleaned_data["credential"]
        wanted = self.request.POST.get("next", "")
        safe = wanted if get_adapter().is_safe_url(wanted) else None
        login = Login(user=found.user, redirect_url=safe)
        post_authentication(self.request, found, passwordless=True)
        response: HttpResponse = flows.login.perform_login(self.request, login)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        said = next((text for texts in form.errors.values() for text in texts), "")
        wanted = self.request.POST.get("next", "")
        context = {"form": SignInForm(request=self.request), **at_the_door(wanted, str(said))}
        return render(self.request, "account/login.html", context, status=status_of(form))


class SignInAgain(Refuses, Confirms, account.ReauthenticateView):
    pass


class ChangePassword(Refuses, account.PasswordChangeView):
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = browsers.moving(
            self.request, lambda: super(ChangePassword, self).form_valid(form)
        )
        return response


class SetPassword(Refuses, account.PasswordSetView):
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = browsers.moving(
            self.request, lambda: super(SetPassword, self).form_valid(form)
        )
        return response


class ResetPassword(Refuses, account.PasswordResetView):
    pass


class NewPassword(Refuses, account.PasswordResetFromKeyView):
    pass


class SecondStep(Refuses, mfa.AuthenticateView):
    """A code, or a passkey: whichever the person has set up."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kinds = Authenticator.objects.filter(user=self.stage.login.user)
        found = set(kinds.values_list("type", flat=True))
        return {
            **context,
            "has_code": Authenticator.Type.TOTP in found,
            "has_passkey": Authenticator.Type.WEBAUTHN in found,
        }


class SecondStepAgain(Refuses, Confirms, mfa.ReauthenticateView):
    pass


class PasskeyAgain(Confirms, ReauthenticateWebAuthnView):
    def form_invalid(self, form: Form) -> HttpResponse:
        context = self.get_context_data()
        return render(
            self.request,
            self.template_name,
            {**context, "form": form},
            status=status_of(form),
        )

    def get_form(self, form_class: Any = None) -> Form:
        """Checked once: every check uses up the challenge, and counts."""
        if not hasattr(self, "checked"):
            self.checked: Form = super().get_form(form_class)
        return self.checked


class Enrol(Refuses, totp.ActivateTOTPView):
    @transaction.atomic
    def form_valid(self, form: EnrolForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        form.use_up()
        grants.forget()
        tell(self.request, "access.second_step_on", "app-on", step="app")
        return response


class Disenrol(Refuses, totp.DeactivateTOTPView):
    @transaction.atomic
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        grants.forget()
        tell(self.request, "access.second_step_off", "app-off", step="app")
        return response


class NewCodes(Refuses, recovery.GenerateRecoveryCodesView):
    @transaction.atomic
    def form_valid(self, form: Form) -> HttpResponse:
        tell(self.request, "access.new_codes", "codes")
        response: HttpResponse = super().form_valid(form)
        return response
