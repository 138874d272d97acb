"""The admin panel's pages about the office itself: practice, sites, hours, closures, rooms, devices, jobs."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from kernel import clock, jobs
from kernel.models import Job
from kernel.refusals import Refusal
from office import actions, queries
from office.models import Closure, Device, Location, OpeningHours, Practice, Room
from office.panel_admin import PanelAdmin, PanelForm, PanelInline, actor_of
from office.permissions import Permission
from office.zones import zone_choices


class ZonedForm(PanelForm):
    """A zone is chosen from a list, never spelled."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"] = forms.ChoiceField(
            choices=zone_choices(),
            widget=UnfoldAdminSelectWidget,
            help_text=self.fields["zone"].help_text,
        )


@admin.register(Practice)
class PracticeAdmin(PanelAdmin):
    """Exactly one row, made by the first steps."""

    form = ZonedForm
    may_add = False
    fields = ["name", "zone", "late_after_minutes", "waits_too_long_minutes", "locked_through_date"]
    list_display = ["name", "zone", "locked_through_date"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        may_lock = actor_of(request).may(Permission.LOCK_PERIOD)
        return [] if may_lock else ["locked_through_date"]


class HoursForm(PanelForm):
    sentences = {
        "opening_hours_forward": "It closes before it opens.",
        "opening_hours_once": "This day begins twice at the same time.",
    }


class HoursInline(PanelInline):
    model = OpeningHours
    form = HoursForm
    fields = ["weekday", "opens", "closes", "seen_version"]
    ordering = ["weekday", "opens"]
    verbose_name = "hours"
    verbose_name_plural = "Opening hours (several rows of a day make a break)"


class LocationForm(ZonedForm):
    sentences = {"own_location_name_once": "Another location of yours has this name."}


@admin.register(Location)
class LocationAdmin(PanelAdmin):
    form = LocationForm
    fields = ["name", "code", "zone", "address", "phone", "is_active"]
    list_display = ["name", "code", "zone", "phone", "is_active"]
    search_fields = ["name", "code"]
    inlines = [HoursInline]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).ours()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new site opens by its own act: who may configure works there at once."""
        if change:
            return super().save_model(request, obj, form, change)
        kept = form.cleaned_data
        made = actions.add_location(
            **{name: kept[name] for name in ("name", "zone", "code", "address", "phone")},
            by=actor_of(request),
        )
        obj.pk, obj.version, obj._state = made.pk, made.version, made._state
        return None


class PlacedAdmin(PanelAdmin):
    """Things at a location of ours."""

    list_filter = ["location", "is_active"]
    search_fields = ["name"]
    list_select_related = ["location"]
    ordering = ["location__name", "name"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "location":
            kwargs["queryset"] = Location.objects.ours().order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class RoomForm(PanelForm):
    sentences = {"room_name_once_per_location": "This location has a room of this name already."}


@admin.register(Room)
class RoomAdmin(PlacedAdmin):
    form = RoomForm
    fields = ["location", "name", "kind", "is_active"]
    list_display = ["name", "location", "kind", "is_active"]


class DeviceForm(PanelForm):
    sentences = {
        "device_name_once_per_location": "This location has a device of this name already."
    }


@admin.register(Device)
class DeviceAdmin(PlacedAdmin):
    form = DeviceForm
    fields = ["location", "name", "kind", "is_active"]
    list_display = ["name", "location", "kind", "is_active"]


class ClosureForm(PanelForm):
    sentences = {
        "closure_forward": "The last day is before the first.",
        "closure_once": "This closure stands here already.",
    }


class HolidaysForm(forms.Form):
    year = forms.IntegerField(
        min_value=2000, max_value=2100, widget=UnfoldAdminIntegerFieldWidget(), label="Year"
    )
    location = forms.ModelChoiceField(
        Location.objects.none(),
        required=False,
        empty_label="All locations",
        widget=UnfoldAdminSelectWidget,
        label="Where",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["location"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Location.objects.in_use().order_by("name")


@admin.register(Closure)
class ClosureAdmin(PlacedAdmin):
    form = ClosureForm
    may_remove = True
    fields = ["name", "first_date", "last_date", "location", "is_holiday"]
    list_display = ["name", "first_date", "last_date", "where", "is_holiday"]
    list_filter = ["location", "is_holiday"]
    ordering = ["-first_date", "name"]
    actions_list = ["add_holidays"]

    @display(description="Where")
    def where(self, closure: Closure) -> str:
        return str(closure.location or "All locations")

    @action(description="Add federal holidays", url_path="holidays", permissions=["add"])
    def add_holidays(self, request: HttpRequest) -> HttpResponse:
        """A year's observed federal holidays, for all locations or one."""
        this_year = clock.today(timezone.now(), queries.practice_zone()).year
        form = HolidaysForm(request.POST or None, initial={"year": this_year})
        if form.is_valid():
            try:
                made = actions.add_federal_holidays(by=actor_of(request), **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _added(len(made), form.cleaned_data["year"]))
                return redirect(reverse("admin:office_closure_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "form": form,
            "title": "Add federal holidays",
            "opts": self.opts,
            "preview": _preview(form, this_year),
        }
        status = 422 if form.errors else 200
        return render(request, "admin/office/closure/holidays.html", context, status=status)


def _added(count: int, year: int) -> str:
    if count == 0:
        return f"The federal holidays of {year} stand here already."
    return f"{count} federal holidays of {year} added."


def _preview(form: HolidaysForm, this_year: int) -> list[tuple[str, str]]:
    year = form.cleaned_data.get("year", this_year) if form.is_bound else this_year
    return [
        (f"{day:%a} {day.day} {day:%b %Y}", name)
        for day, name in actions.observed_federal_holidays(year or this_year).items()
    ]


@admin.register(Job)
class JobAdmin(PanelAdmin):
    """What runs in the background, everybody's; only to look at."""

    list_display = ["what", "owner_name", "state", "progress", "note", "queued_at", "finished_at"]
    list_filter = ["state"]
    ordering = ["-queued_at", "-id"]
    fields = [
        "what", "owner_name", "state", "progress", "aside_count", "note", "queued_at", "started_at", "finished_at",
        "attempts",
    ]  # fmt: skip
    readonly_fields = fields
    may_add = False
    list_display_links = ["what"]

    def _may(self, request: HttpRequest) -> bool:
        return actor_of(request).may(Permission.VIEW_JOBS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="What")
    def what(self, job: Job) -> str:
        return jobs.label(job.kind)

    @display(description="Progress")
    def progress(self, job: Job) -> str:
        return f"{job.done_count} of {job.total_count}" if job.total_count else "–"
