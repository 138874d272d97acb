"""The admin panel's page about checklists: what is gone through, where, how often, with which limits."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from desk.actions.checklists import configure_checklist
from desk.models import ChecklistItem, ChecklistTemplate
from office.models import Location
from office.panel_admin import PanelAdmin, PanelForm, PanelInline


class ItemForm(PanelForm):
    sentences = {
        "checklist_item_limits_of_numbers": "Only a number has a unit and limits.",
        "checklist_item_limits_forward": "The lower limit is above the upper one.",
    }


class ItemInline(PanelInline):
    """Retired by its mark, never removed: the numbers of years hang on it."""

    configure = staticmethod(configure_checklist)
    model = ChecklistItem
    form = ItemForm
    may_remove = False
    fields = [
        "position", "text", "role", "evidence", "unit", "low", "high", "is_critical", "is_active", "seen_version",
    ]  # fmt: skip
    ordering = ["position", "pk"]
    verbose_name_plural = "Items (lists that have begun keep what they asked)"


class ChecklistForm(PanelForm):
    sentences = {
        "checklist_name_once": "There is a checklist of this name already.",
        "checklist_rhythm_fits": (
            "A weekly one has a weekday, a monthly one a day of the month, a daily one neither."
        ),
    }


@admin.register(ChecklistTemplate)
class ChecklistAdmin(PanelAdmin):
    configure = staticmethod(configure_checklist)
    form = ChecklistForm
    fields = ["name", "rhythm", "weekday", "day_of_month", "due_time", "locations", "is_active"]
    list_display = ["name", "rhythm", "due_time", "where", "is_active"]
    list_filter = ["rhythm", "is_active"]
    search_fields = ["name"]
    ordering = ["name"]
    inlines = [ItemInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("locations")

    @display(description="Where")
    def where(self, template: ChecklistTemplate) -> str:
        return ", ".join(sorted(str(each) for each in template.locations.all())) or "Nowhere yet"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "locations":
            kwargs["queryset"] = Location.objects.in_use().order_by("name")
        return super().formfield_for_manytomany(db_field, request, **kwargs)
