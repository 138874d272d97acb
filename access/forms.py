"""The forms at the door, in the words of this house, and the one that searches the audit trail."""

from collections.abc import Container
from typing import Any

from allauth.account import forms as account
from django import forms
from django.http import HttpRequest

from access import devices, letters, second_factor, throttle
from access.models import User
from access.passkeys import (
    AddPasskeyForm,
    PasskeyAgainForm,
    PasskeySecondStepForm,
    PasskeySignInForm,
    RenamePasskeyForm,
)
from access.queries import Asked, known_actions
from kernel import permissions
from kernel.models import AuditEvent

__all__ = [
    "AddPasskeyForm",
    "AgainForm",
    "ChangePasswordForm",
    "DeviceCodeForm",
    "EnrolForm",
    "NewPasswordForm",
    "PasskeyAgainForm",
    "PasskeySecondStepForm",
    "PasskeySignInForm",
    "RenamePasskeyForm",
    "ResetForm",
    "SecondStepAgainForm",
    "SecondStepForm",
    "SetPasswordForm",
    "SignInForm",
    "TokenForm",
    "TrailForm",
]

TOKEN_DAYS = [(30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "A year")]


class Plain:
    """No placeholder that repeats the label, no help that is a link."""

    labels: dict[str, str] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label, field.help_text = self.labels.get(name, field.label), ""


class SignInForm(Plain, account.LoginForm):
    labels = {"login": "E-mail", "password": "Password"}


class AgainForm(Plain, account.ReauthenticateForm):
    labels = {"password": "Your password"}


class ChangePasswordForm(Plain, account.ChangePasswordForm):
    labels = {
        "oldpassword": "Present password",
        "password1": "New password",
        "password2": "New password again",
    }


class SetPasswordForm(Plain, account.SetPasswordForm):
    labels = {"password1": "New password", "password2": "New password again"}


class ResetForm(Plain, account.ResetPasswordForm):
    labels = {"email": "E-mail"}

    def clean_email(self) -> str:
        """Whether somebody has this address is asked when it is sent, and never answered."""
        email: str = self.cleaned_data["email"].strip()
        return email

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        """Silently no letter when there were too many: the page says the same either way."""
        email: str = self.cleaned_data["email"]
        user = User.objects.filter(email__iexact=email, is_active=True).first()
        account = throttle.account_key(email)
        if throttle.may_send_letter(account, throttle.origin(request, account)):
            letters.ask_for_password(user, request.build_absolute_uri("/"))
        return email


class NewPasswordForm(Plain, account.ResetPasswordKeyForm):
    labels = {"password1": "New password", "password2": "New password again"}


class SecondStepForm(Plain, second_factor.SecondStepForm):
    labels = {"code": "Code"}


class SecondStepAgainForm(Plain, second_factor.SecondStepAgainForm):
    labels = {"code": "Code"}


class EnrolForm(Plain, second_factor.EnrolForm):
    labels = {"code": "Code that the app shows now"}


class TokenForm(forms.Form):
    """For which program, for how long, and which of one's own rights it has."""

    name = forms.CharField(max_length=60, label="For which program")
    days = forms.TypedChoiceField(choices=TOKEN_DAYS, coerce=int, initial=90, label="It lasts")
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, label="It may")

    def __init__(self, *args: Any, held: Container[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        scopes.choices = permissions.choices(held)

    def token(self) -> dict[str, Any]:
        """In the words of the act."""
        return {name: self.cleaned_data[name] for name in ("name", "days", "scopes")}


class DeviceCodeForm(forms.Form):
    """What stands on the administrator's page, typed at the machine."""

    code = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        return devices.read_code(self.cleaned_data["code"])


class TrailForm(forms.Form):
    """What to look for in the audit trail. Everything in it is an id, a code or a day: it may stand in an address."""

    person = forms.ModelChoiceField(
        User.objects.none(), required=False, empty_label="Anybody", label="Who"
    )
    about = forms.UUIDField(required=False, widget=forms.HiddenInput)
    action = forms.ChoiceField(required=False, label="Did or opened")
    outcome = forms.ChoiceField(
        choices=[("", "Whatever came of it"), *AuditEvent.Outcome.choices],
        required=False,
        label="What came of it",
    )
    first = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        required=False, label="Through", widget=forms.DateInput(attrs={"type": "date"})
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people, action = self.fields["person"], self.fields["action"]
        assert isinstance(people, forms.ModelChoiceField)
        assert isinstance(action, forms.ChoiceField)
        people.queryset = User.objects.order_by("name", "email")
        action.choices = [("", "Anything"), *((name, name) for name in known_actions())]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "This day is before the first.")
        return data

    def asked(self) -> Asked:
        data = self.cleaned_data
        person = data.pop("person")
        return Asked(person=person.pk if person else None, **data)
