"""The admin panel's pages about people who sign in: accounts and roles."""

from functools import partial
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Count, Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
)

from access import actions, admin_devices, browsers
from access.actions.delicate import permissions_of
from access.models import LocationGrant, SecondStepRule, User
from kernel import permissions
from kernel.refusals import Refusal
from office.models import Location
from office.panel_admin import DayInput, PanelAdmin, PanelForm, actor_of


class UserForm(PanelForm):
    """An account: who, which roles, where."""

    roles = forms.MultipleChoiceField(
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="What the person may do. What each role means stands under Roles.",
    )
    locations = forms.ModelMultipleChoiceField(
        Location.objects.none(), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = User
        fields = ["name", "email"]
        help_texts = {"email": "One signs in with it; the letter to set a password goes there."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles, places = self.fields["roles"], self.fields["locations"]
        assert isinstance(roles, forms.MultipleChoiceField)
        assert isinstance(places, forms.ModelMultipleChoiceField)
        roles.choices = [(name, name) for name in _role_names()]
        places.queryset = Location.objects.in_use().order_by("name")
        if self.instance.pk and not self.instance._state.adding:
            roles.initial = list(self.instance.groups.values_list("name", flat=True))
            grants = LocationGrant.objects.filter(user=self.instance)
            places.initial = list(grants.values_list("content_object_id", flat=True))

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("This e-mail address has an account already.")
        return email


@admin.register(User)
class UserAdmin(PanelAdmin):
    configure = staticmethod(actions.change_rights)
    form = UserForm
    fields = ["name", "email", "roles", "locations"]
    list_display = ["name", "email", "role_names", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    search_fields = ["name", "email"]
    ordering = ["name", "email"]
    actions_detail = ["send_letter", "sign_out", "close", "reopen", "reset_second_step"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @display(description="Roles")
    def role_names(self, user: User) -> str:
        return ", ".join(sorted(group.name for group in user.groups.all())) or "–"

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        by, kept = actor_of(request), form.cleaned_data
        rights = {"roles": kept["roles"], "locations": list(kept["locations"])}
        if not change:
            made = actions.create_user(email=kept["email"], name=kept["name"], by=by, **rights)
            obj.pk, obj._state = made.pk, made._state
            return
        user = User.objects.get(pk=obj.pk)
        if {"email", "name"} & set(form.changed_data):
            actions.change_user(user=user, email=kept["email"], name=kept["name"], by=by)
        if {"roles", "locations"} & set(form.changed_data):
            actions.change_rights(user=user, by=by, **rights)

    def _do(
        self, request: HttpRequest, object_id: str, act: Any, asks: str, said: str
    ) -> HttpResponse:
        """A GET asks, only the POST acts: no link that somebody is sent does anything."""
        user = _find(object_id)
        if user is None:
            raise Http404
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "opts": self.opts, "asks": asks,
                       "title": str(user), "account": user}  # fmt: skip
            return render(request, "admin/access/user/confirm.html", context)
        try:
            act(user=user, by=actor_of(request))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, said)
        return redirect(reverse("admin:access_user_change", args=[object_id]))

    def _is_open(self, object_id: Any) -> bool:
        user = _find(object_id)
        return user is not None and user.is_active

    def has_open_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request) and self._is_open(object_id)

    def has_closed_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return self._may(request) and not self._is_open(object_id)

    def has_second_step_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        user = _find(object_id)
        return self._may(request) and Authenticator.objects.filter(user=user).exists()

    @action(description="Send a letter to set a password", url_path="letter", permissions=["open"])
    def send_letter(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asks = "Send a letter with a link to set a new password?"
        send = partial(actions.send_password_letter, site=request.build_absolute_uri("/"))
        return self._do(request, object_id, send, asks, "The letter is on its way.")

    @action(description="Sign out everywhere", url_path="sign-out", permissions=["open"])
    def sign_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        user = _find(object_id)
        lines = [f"{each.name}, {each.address}" for each in browsers.of(user.pk)] if user else []
        where = f" Now signed in: {'; '.join(lines)}." if lines else " Now signed in nowhere."
        asks = f"Sign this person out everywhere? What they have not saved is lost.{where}"
        return self._do(request, object_id, actions.end_sessions_of, asks, "Signed out everywhere.")

    @action(description="Close the account", url_path="close", permissions=["open"])
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asks = "Close this account? It is signed out everywhere within five seconds."
        return self._do(request, object_id, actions.close_account, asks, "The account is closed.")

    @action(description="Open the account again", url_path="reopen", permissions=["closed"])
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asks = "Open this account again, with the roles it had?"
        return self._do(request, object_id, actions.reopen_account, asks, "The account is open.")

    @action(description="Remove the second step", url_path="no-phone", permissions=["second_step"])
    def reset_second_step(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asks = (
            "Remove app, passkeys and recovery codes? The person is signed out everywhere. "
            "Make sure by voice or in person that it is they who ask."
        )
        return self._do(
            request, object_id, actions.reset_second_step, asks, "The second step is removed."
        )


def _find(object_id: Any) -> User | None:
    """The account of an address; whatever is no id is nobody."""
    try:
        return User.objects.filter(pk=UUID(str(object_id))).first()
    except ValueError:
        return None


NOW, FROM_DAY, NO = "now", "day", "no"
STEPS = [(NOW, "Needed"), (FROM_DAY, "Needed from a day on"), (NO, "Not needed")]


def _step(rule: SecondStepRule | None) -> str:
    if rule is None:
        return NO if settings.DEMO else NOW
    if not rule.is_required:
        return NO
    return FROM_DAY if rule.required_from_date else NOW


class RoleForm(PanelForm):
    """What a role may do, as boxes under each room's name."""

    allowed = forms.MultipleChoiceField(
        required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget, label="May"
    )

    second_step = forms.ChoiceField(
        choices=STEPS,
        widget=UnfoldAdminRadioSelectWidget,
        label="Second step at sign-in",
        help_text="An app or a passkey. Whoever lacks it is led to set it up before anything else opens.",
    )
    from_date = forms.DateField(
        required=False, widget=DayInput, label="From", help_text="The first day it is asked for."
    )

    class Meta:
        model = Group
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["allowed"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = permissions.choices()
        if self.instance.pk:
            field.initial = sorted(permissions_of(self.instance))
            self.fields["name"].disabled = True  # the house looks its roles up by name
        rule = SecondStepRule.objects.filter(role=self.instance.pk).first()
        self.fields["second_step"].initial = _step(rule)
        self.fields["from_date"].initial = rule.required_from_date if rule else None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("second_step") == FROM_DAY and not cleaned.get("from_date"):
            self.add_error("from_date", "Which day?")
        return cleaned

    def second_step_rule(self) -> dict[str, Any]:
        """In the words of the act."""
        wanted = self.cleaned_data["second_step"]
        day = self.cleaned_data["from_date"] if wanted == FROM_DAY else None
        return {"is_required": wanted != NO, "from_date": day}


@admin.register(Group)
class RoleAdmin(PanelAdmin):
    configure = staticmethod(actions.change_role)
    form = RoleForm
    fields = ["name", "allowed", "second_step", "from_date"]
    list_display = ["name", "people", "rights", "second_step"]
    search_fields = ["name"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> Any:
        counted = {
            "people_count": Count("user", distinct=True),
            "rights_count": Count("permissions", distinct=True),
        }
        rows = super().get_queryset(request).select_related("second_step_rule")
        return rows.annotate(**counted)

    @display(description="People")
    def people(self, group: Any) -> int:
        return int(group.people_count)

    @display(description="Second step")
    def second_step(self, group: Any) -> str:
        rule = getattr(group, "second_step_rule", None)
        if rule and rule.required_from_date:
            return f"from {rule.required_from_date:%b %-d, %Y}"
        return dict(STEPS)[_step(rule)]

    @display(description="Rights")
    def rights(self, group: Any) -> int:
        return int(group.rights_count)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        by, kept = actor_of(request), form.cleaned_data
        if change:
            group = Group.objects.get(pk=obj.pk)
            if "allowed" in form.changed_data:
                actions.change_role(group=group, allowed=kept["allowed"], by=by)
        else:
            group = actions.add_role(name=kept["name"], allowed=kept["allowed"], by=by)
            obj.pk = group.pk
        if not change or {"second_step", "from_date"} & set(form.changed_data):
            actions.require_second_step(group=group, by=by, **form.second_step_rule())


def _role_names() -> list[str]:
    return list(Group.objects.order_by("name").values_list("name", flat=True))


__all__ = ["RoleAdmin", "UserAdmin", "admin_devices"]
