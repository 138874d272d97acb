"""Who works here, and who is out."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from kernel.policy import page, saw
from kernel.refusals import Invalid
from office.models import Location
from staff import panels
from staff.forms import DirectoryForm
from staff.permissions import Permission
from staff.queries import people
from staff.views.answers import EMPLOYEE

A_PAGE = 100


@page(permission=Permission.VIEW_DIRECTORY, subject=EMPLOYEE)
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Everybody, narrowed by name, location and who is out today."""
    locations = Location.objects.in_use().order_by("name")
    form = DirectoryForm(request.GET, locations=locations)
    if not form.is_valid():
        raise Invalid("There is no such location or list. Choose again.")
    asked = form.cleaned_data
    first = _first(request.GET.get("from", ""))
    found = people.directory(
        request.actor,
        timezone.now(),
        text=asked["q"],
        location=asked["location"],
        only_out=asked["show"] == "out",
        left=asked["show"] == "left",
        first=first,
        count=A_PAGE,
    )
    saw(request, EMPLOYEE, [row.id for row in found.rows])
    template = "staff/_people.html" if request.htmx else "staff/directory.html"
    return render(request, template, _context(request, form, found, first))


def _first(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _context(
    request: HttpRequest, form: DirectoryForm, found: people.Directory, first: int
) -> dict[str, object]:
    asked = form.cleaned_data
    kept = {"q": asked["q"], "show": asked["show"]}
    kept |= {"location": str(asked["location"].pk)} if asked["location"] else {}

    def at(start: int) -> str:
        query = {name: value for name, value in (kept | {"from": start}).items() if value}
        return f"{reverse('staff:directory')}?{urlencode(query)}"

    last = first + len(found.rows)
    return {
        "form": form,
        "show": asked["show"],
        "found": found,
        "here": at(first),
        "shows_credentials": any(row.standing for row in found.rows),
        "says": f"{first + 1}–{last} of {found.total}",
        "before": at(max(first - A_PAGE, 0)) if first else "",
        "after": at(last) if last < found.total else "",
        "may_hire": request.actor.may(Permission.EDIT_EMPLOYEE),
        "current": "directory",
    }


@page(permission=Permission.DECIDE_TIME_OFF, background=True)
@require_safe
def home_requests(request: HttpRequest) -> HttpResponse:
    """Panels of the home fetch themselves when what they show has changed."""
    context = panels.home_requests(request) or {"waiting": [], "count": 0}
    return render(request, "staff/_home_requests.html", context)


@page(permission=Permission.KEEP_CREDENTIALS, background=True)
@require_safe
def home_credentials(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/_home_credentials.html", panels.home_credentials(request))


@page(permission=Permission.VIEW_DIRECTORY, background=True)
@require_safe
def home_out(request: HttpRequest) -> HttpResponse:
    return render(request, "staff/_home_out.html", panels.home_out(request, fresh=True))


@page(permission=Permission.VIEW_DIRECTORY, background=True)
@require_safe
def out(request: HttpRequest) -> HttpResponse:
    """The chip in the top bar, fetched again when somebody's leave changes."""
    return render(request, "staff/_out_chip.html", panels.out_chip(request, fresh=True))
