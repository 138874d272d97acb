"""The admin panel's pages about the schedule: visit types, weekly availability, days that differ."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminColorInputWidget

from communications.actions.configuring import configure_sending
from office.models import Location
from office.panel_admin import PanelAdmin, PanelForm
from scheduling.actions import configuring
from scheduling.models import AppointmentType, Availability, AvailabilityException, ReminderRule
from staff.models import Practitioner


class ScheduleAdmin(PanelAdmin):
    """What the schedule is made of has its own permission."""

    configure = staticmethod(configuring.configure_schedule)
    remove = staticmethod(configuring.remove_from_schedule)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "location":
            kwargs["queryset"] = Location.objects.in_use().order_by("name")
        if db_field.name == "practitioner":
            kwargs["queryset"] = Practitioner.objects.bookable().order_by(
                "family_name", "given_name"
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TypeForm(PanelForm):
    sentences = {
        "appointment_type_minutes": "A visit lasts between 5 minutes and 8 hours.",
        "appointment_type_cap": "At most three may stand beside one visit.",
        "telehealth_needs_no_room": "A visit by video needs no room: leave the kind of room empty.",
    }


@admin.register(AppointmentType)
class AppointmentTypeAdmin(ScheduleAdmin):
    form = TypeForm
    fields = [
        "name", "minutes", "color", "needs_practitioner", "room_kind", "device_kind", "is_telehealth",
        "overbook_cap", "is_active",
    ]  # fmt: skip
    list_display = ["name", "minutes", "room_kind", "device_kind", "is_telehealth", "is_active"]
    list_filter = ["is_active", "is_telehealth"]
    search_fields = ["name"]
    ordering = ["name"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "color":
            kwargs["widget"] = UnfoldAdminColorInputWidget
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class AvailabilityForm(PanelForm):
    sentences = {
        "availability_forward": "It ends before it begins.",
        "availability_valid_forward": "The last day is before the first.",
        "availability_once": "This stands here already.",
    }


@admin.register(Availability)
class AvailabilityAdmin(ScheduleAdmin):
    form = AvailabilityForm
    may_remove = True
    fields = [
        "practitioner", "location", "weekday", "starts", "ends", "valid_from", "valid_until", "allowed_types",
    ]  # fmt: skip
    list_display = ["who", "location", "weekday", "starts", "ends", "valid_from", "valid_until"]
    list_filter = ["location", "weekday"]
    search_fields = ["practitioner__family_name", "practitioner__given_name"]
    list_select_related = ["practitioner", "location"]
    ordering = ["practitioner__family_name", "weekday", "starts"]
    filter_horizontal: list[str] = []

    @display(description="Practitioner")
    def who(self, row: Availability) -> str:
        return str(row.practitioner)


class ExceptionForm(PanelForm):
    sentences = {"availability_exception_forward": "It ends before it begins."}


@admin.register(AvailabilityException)
class AvailabilityExceptionAdmin(ScheduleAdmin):
    form = ExceptionForm
    may_remove = True
    fields = ["practitioner", "location", "kind", "date", "starts", "ends", "reason"]
    list_display = ["who", "location", "kind", "date", "starts", "ends", "reason"]
    list_filter = ["location", "kind"]
    search_fields = ["practitioner__family_name"]
    list_select_related = ["practitioner", "location"]
    ordering = ["-date", "starts"]

    @display(description="Practitioner")
    def who(self, row: AvailabilityException) -> str:
        return str(row.practitioner)


class ReminderForm(PanelForm):
    sentences = {
        "reminder_rule_lead_in_reason": "Between 15 minutes and 60 days before the visit.",
    }


@admin.register(ReminderRule)
class ReminderRuleAdmin(PanelAdmin):
    """Who sets when the office writes sets this too."""

    configure = staticmethod(configure_sending)
    form = ReminderForm
    fields = ["name", "moment", "lead_minutes", "channel", "appointment_types", "is_active"]
    list_display = ["name", "moment", "lead_minutes", "channel", "is_active"]
    list_filter = ["moment", "is_active"]
    ordering = ["moment", "-lead_minutes", "name"]
