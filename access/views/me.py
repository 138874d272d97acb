"""What one sets for oneself, and the sign that somebody is there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from access import place, preferences
from kernel.http import leads_home
from kernel.policy import page
from kernel.refusals import Invalid

YEAR = 365 * 24 * 3600


@page(early=True)
@require_POST
def prefer(request: HttpRequest) -> HttpResponse:
    """One choice: shown at once by the cookie, kept with the person for their next browser."""
    chosen = [name for name in preferences.CHOICES if name in request.POST]
    if len(chosen) != 1 or request.POST[chosen[0]] not in preferences.CHOICES[chosen[0]]:
        raise Invalid("Choose one of the colors, row heights, menus or keys.")
    name, value = chosen[0], request.POST[chosen[0]]
    preferences.keep(request.actor.id, name, value)
    response = _done(request)
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@page(early=True)
@require_POST
def alive(request: HttpRequest) -> HttpResponse:
    """Somebody is there, although they ask for nothing: a long note is being typed."""
    return HttpResponse(status=204)


@page()
@require_POST
def work_at(request: HttpRequest) -> HttpResponse:
    """Choose the location one works at now; the page one was on comes again for it."""
    try:
        wanted = UUID(request.POST.get("location", ""))
    except ValueError as error:
        raise Invalid("Choose one of your locations.", field="location") from error
    response = redirect(back_to(request))
    place.choose(request, response, wanted)
    return response


def _done(request: HttpRequest) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return redirect(back_to(request))


def back_to(request: HttpRequest) -> str:
    """The page one came from, if it is ours."""
    came_from = request.POST.get("next") or request.headers.get("Referer") or "/"
    return came_from if leads_home(request, came_from) else "/"
