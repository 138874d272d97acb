"""The admin panel's page about screens and other machines at which nobody signs in."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display

from access import actions
from access.models import Device
from kernel.refusals import Refusal
from office.panel_admin import PanelAdmin, actor_of
from office.queries import own_locations


def say_code(request: HttpRequest, code: str) -> None:
    where = request.build_absolute_uri(reverse("device"))
    messages.success(
        request,
        f"Open {where} on the screen and type {code[:4]}-{code[4:]}. It works once, for ten minutes, "
        "and is shown only now.",
    )


@admin.register(Device)
class DeviceAdmin(PanelAdmin):
    configure = staticmethod(actions.change_device)
    fields = ["kind", "location", "name", "shows"]
    list_display = ["name", "kind", "location", "state", "enrolled_by", "last_seen_at"]
    list_filter = ["location", "kind"]
    ordering = ["location__name", "name", "pk"]
    actions_detail = ["new_code", "end"]

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).select_related("location", "enrolled_by")
        return rows.filter(location__in=actor_of(request).grants.locations)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["kind", "location"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "location":
            actor = actor_of(request)
            ours = [each.pk for each in own_locations() if actor.works_at(each)]
            kwargs["queryset"] = db_field.remote_field.model.objects.filter(pk__in=ours)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description="State")
    def state(self, device: Device) -> str:
        if device.revoked_at:
            return "Ended"
        return "Set up" if device.secret_digest else "Waits for its code"

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        by, kept = actor_of(request), form.cleaned_data
        if change:
            device = Device.objects.get(pk=obj.pk)
            actions.change_device(device=device, name=kept["name"], shows=kept["shows"], by=by)
            return
        given = {name: kept[name] for name in ("kind", "name", "location", "shows")}
        made, code = actions.add_device(**given, by=by, at=timezone.now())
        obj.pk, obj._state = made.pk, made._state
        say_code(request, code)

    def has_live_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        found = self._find(request, object_id)
        return self._may(request) and found is not None and found.revoked_at is None

    @action(description="Show a new code", url_path="code", permissions=["live"])
    def new_code(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asks = "Set this screen up anew? What it shows now ends at once."
        return self._do(request, object_id, asks, self._give)

    @action(description="End this screen", url_path="end", permissions=["live"])
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._do(
            request, object_id, "End this screen? It shows nothing any more.", self._end
        )

    def _give(self, request: HttpRequest, device: Device) -> None:
        code = actions.give_new_code(device=device, by=actor_of(request), at=timezone.now())
        say_code(request, code)

    def _end(self, request: HttpRequest, device: Device) -> None:
        actions.revoke_device(device=device, by=actor_of(request), at=timezone.now())
        messages.success(request, "The screen is ended.")

    def _find(self, request: HttpRequest, object_id: Any) -> Device | None:
        """The screen of an address; whatever is no id is none."""
        try:
            found: Device | None = (
                self.get_queryset(request).filter(pk=UUID(str(object_id))).first()
            )
        except ValueError:
            return None
        return found

    def _do(self, request: HttpRequest, object_id: str, asks: str, do: Any) -> HttpResponse:
        """A GET asks, only the POST acts."""
        device = self._find(request, object_id)
        if device is None:
            raise Http404
        back = reverse("admin:access_device_change", args=[object_id])
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "opts": self.opts, "asks": asks,
                       "title": str(device), "about": f"{device}, {device.location}", "back": back}  # fmt: skip
            return render(request, "admin/access/device/confirm.html", context)
        try:
            do(request, device)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect(back)
