"""My day: what a clinician opens on the phone between two rooms."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from access import place
from kernel.policy import page
from scheduling.permissions import Permission
from scheduling.views.regions import my_day_context


@page(permission=Permission.VIEW_SCHEDULE, subject="patients.patient")
@require_GET
def my_day(request: HttpRequest) -> HttpResponse:
    """The signed-in clinician's day; whoever is none reads why there is nothing here."""
    location = place.current(request)
    context = my_day_context(request, location) if location else None
    if context is None:
        return render(request, "scheduling/not_a_clinician.html")
    region = request.htmx and request.htmx.target == "my-day"
    return render(
        request, "scheduling/_my_day.html" if region else "scheduling/my_day.html", context
    )
