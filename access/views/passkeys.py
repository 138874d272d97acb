"""One's own passkeys: make one, name it, remove it."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic.edit import FormView

from access import grants, passkeys
from access.views.account import Refuses, tell


class AddPasskey(Refuses, webauthn.AddWebAuthnView):
    template_name = "mfa/webauthn/add_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = FormView.get_context_data(self, **kwargs)
        return {**context, "options": passkeys.options(self.request.user)}  # type: ignore[arg-type]

    @transaction.atomic
    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        grants.forget()
        tell(self.request, "access.second_step_on", "passkey-on", step="passkey")
        return response


class RenamePasskey(Refuses, webauthn.EditWebAuthnView):
    success_url = "/account/security/"

    def form_valid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        tell(self.request, "access.passkey_named")
        return response


class RemovePasskey(webauthn.RemoveWebAuthnView):
    success_url = "/account/security/"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "may_remove": self.may_remove()}

    def may_remove(self) -> bool:
        found: Authenticator = self.object
        return bool(get_adapter().can_delete_authenticator(found))

    @transaction.atomic
    def form_valid(self, form: Form) -> HttpResponse:
        if not self.may_remove():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        response: HttpResponse = super().form_valid(form)
        grants.forget()
        tell(self.request, "access.second_step_off", "passkey-off", step="passkey")
        return response


def listed(request: HttpRequest) -> HttpResponse:
    """allauth's own list; ours stands on the page about sign-in."""
    return redirect("mfa_index")
