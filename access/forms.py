"""The forms at the door, in the words of this house. What they check is allauth's, and ours."""

from typing import Any

from allauth.account import forms as account
from django import forms

from access import second_factor


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


class NewPasswordForm(Plain, account.ResetPasswordKeyForm):
    labels = {"password1": "New password", "password2": "New password again"}


class SecondStepForm(Plain, second_factor.SecondStepForm):
    labels = {"code": "Code"}


class SecondStepAgainForm(Plain, second_factor.SecondStepAgainForm):
    labels = {"code": "Code"}


class EnrolForm(Plain, second_factor.EnrolForm):
    labels = {"code": "Code that the app shows now"}
