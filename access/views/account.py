"""Sign-in, password and second step: allauth's views, answering 422 when they refuse."""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from access.models import User
from access.roles import DEMO_ACCOUNTS
from office.queries import practice


class Refuses:
    """A form that comes back says so in its status: 422, or 429 after too many tries."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        response.status_code = 429 if is_slowed(form) else 422
        return response


def is_slowed(form: Form) -> bool:
    return any(
        error.code == "slowed" for errors in form.errors.as_data().values() for error in errors
    )


class SignIn(Refuses, account.LoginView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Before there is any account the door leads to the first steps."""
        if practice() is None and not User.objects.exists():
            return redirect("set-up")
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        wanted = self.get_next_url() or ""
        return {**context, "wanted": wanted, "demo_accounts": DEMO_ACCOUNTS}


class SignInAgain(Refuses, account.ReauthenticateView):
    pass


class ChangePassword(Refuses, account.PasswordChangeView):
    pass


class SetPassword(Refuses, account.PasswordSetView):
    pass


class ResetPassword(Refuses, account.PasswordResetView):
    pass


class NewPassword(Refuses, account.PasswordResetFromKeyView):
    pass


class SecondStep(Refuses, mfa.AuthenticateView):
    pass


class SecondStepAgain(Refuses, mfa.ReauthenticateView):
    pass


class Security(mfa.IndexView):
    """One's own account: password, second step, recovery codes."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        assert isinstance(user, User)
        context = super().get_context_data(**kwargs)
        codes = context["authenticators"].get("recovery_codes")
        return {
            **context,
            "has_password": user.has_usable_password(),
            "second_step": context["authenticators"].get("totp"),
            "codes_left": len(codes.get_unused_codes()) if codes else 0,
        }


class Enrol(Refuses, totp.ActivateTOTPView):
    pass


class Disenrol(Refuses, totp.DeactivateTOTPView):
    pass


class NewCodes(Refuses, recovery.GenerateRecoveryCodesView):
    pass
