"""The admin panel's page about how messages are sent."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from communications.actions.configuring import configure_sending
from communications.models import SendingSetting
from office.panel_admin import PanelAdmin, PanelForm


class SendingForm(PanelForm):
    sentences = {
        "sending_setting_in_reason": "Between 1 and 20 messages a week, and at least one a minute.",
        "sending_setting_is_one": "This stands here already: change it instead.",
    }


@admin.register(SendingSetting)
class SendingSettingAdmin(PanelAdmin):
    configure = staticmethod(configure_sending)
    form = SendingForm
    fields = ["quiet_from", "quiet_until", "weekly_cap", "per_minute", "is_paused"]
    list_display = ["__str__", "quiet_from", "quiet_until", "weekly_cap", "per_minute", "is_paused"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not SendingSetting.objects.exists()
