"""
The base of every page of the admin panel: our permissions, our acts, our audit trail.

Django's admin asks the user's own permissions, saves in views and keeps a log of its own; here the actor is
asked, an act writes, and what it wrote is in the audit trail.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import models
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import INPUT_CLASSES

from kernel import acts
from kernel.actors import Actor
from kernel.refusals import Refusal
from office import actions

STALE = (
    "Somebody else changed this since you opened the page. What you typed is still here: "
    "look at theirs in another window, then save again."
)


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


class PanelForm(forms.ModelForm):
    """Carries the version that was seen; says what a constraint means in the words of its page."""

    sentences: ClassVar[Mapping[str, str]] = {}
    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = getattr(self.instance, "version", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        seen = cleaned.pop("seen_version", None)
        if seen is not None and not self.instance._state.adding and seen != self.instance.version:
            # The next try is about the version that stands there now.
            fresh = cast(QueryDict, self.data).copy()
            fresh[self.add_prefix("seen_version")] = str(self.instance.version)
            self.data = fresh
            raise forms.ValidationError(STALE, code="stale")
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # ModelForm's; the stubs leave it out
        for error in self.errors.as_data().get(NON_FIELD_ERRORS, []):
            for name, sentence in self.sentences.items():
                if f"“{name}”" in str(error.message):
                    error.message = sentence


class ClockInput(forms.TimeInput):
    """The browser's own field for a time of day; no offsets to a server's clock."""

    input_type = "time"

    def __init__(self, attrs: Any = None, format: str = "%H:%M") -> None:  # noqa: A002  Django's name
        super().__init__({"class": " ".join(INPUT_CLASSES), **(attrs or {})}, format)


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self, attrs: Any = None, format: str = "%Y-%m-%d") -> None:  # noqa: A002  Django's name
        super().__init__({"class": " ".join(INPUT_CLASSES), **(attrs or {})}, format)


FIELDS = {models.TimeField: {"widget": ClockInput}, models.DateField: {"widget": DayInput}}


class Allowed:
    """Who may do what here: the permission of the act that writes."""

    configure: ClassVar[Callable[..., Any]] = staticmethod(actions.configure)
    remove: ClassVar[Callable[..., Any]] = staticmethod(actions.remove)
    may_add = True
    may_remove = False  # what others point to is retired, never removed

    def _may(self, request: HttpRequest) -> bool:
        return actor_of(request).may(self.configure.act.permission)  # type: ignore[attr-defined]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_add and self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_remove and self._may(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request)


class PanelInline(Allowed, TabularInline):
    """Rows that live inside another: opening hours."""

    form = PanelForm
    formfield_overrides: ClassVar[Any] = FIELDS
    may_remove = True
    hide_title = True
    extra = 0


class PanelAdmin(Allowed, ModelAdmin):
    """A page of configuration."""

    is_of_the_house = True
    form = PanelForm
    formfield_overrides: ClassVar[Any] = FIELDS
    actions = None  # no “delete selected”
    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True
    show_full_result_count = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """An empty `_to_field` in the address is none, not a field without a name."""
        return super().get_object(request, object_id, from_field or None)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The version that was seen travels with the form, in a field that nobody sees."""
        *before, (title, last) = super().get_fieldsets(request, obj)
        shown = [each for each in last["fields"] if each != "seen_version"]
        return [*before, (title, {**last, "fields": [*shown, "seen_version"]})]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._recorded(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._recorded(request, super().delete_view, *args, **kwargs)

    def _recorded(
        self, request: HttpRequest, view: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One durable transaction around the row and what hangs on it; a refusal comes back as a sentence."""
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            response: HttpResponse = acts.run_recorded(lambda: view(request, *args, **kwargs))
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(request.get_full_path())
        return response

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        self.configure(
            instance=obj, changed=_changed(form), by=actor_of(request), also=form.save_m2m
        )
        form.save_m2m = _nothing  # done, in the act

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        by = actor_of(request)
        for gone in formset.deleted_objects:
            self.remove(instance=gone, by=by)
        for row, fields in formset.changed_objects:
            self.configure(instance=row, changed=fields, by=by)
        for row in formset.new_objects:
            self.configure(instance=row, changed=[], by=by)
        formset.save_m2m()

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.remove(instance=obj, by=actor_of(request))

    # The audit trail has it already, with what changed.
    def log_addition(self, *args: Any, **kwargs: Any) -> None: ...

    def log_change(self, *args: Any, **kwargs: Any) -> None: ...

    def log_deletions(self, *args: Any, **kwargs: Any) -> None: ...

    def history_view(self, request: HttpRequest, object_id: str, *args: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(f"{reverse('audit')}?about={object_id}")


def _changed(form: Any) -> list[str]:
    return [name for name in form.changed_data if name != "seen_version"]


def _nothing() -> None:
    pass
