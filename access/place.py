"""Where one works now: the location that pages begin with. A browser stands at a place, so a cookie holds it."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from access import preferences
from kernel.actors import Actor
from kernel.refusals import OutOfScope
from office import queries
from office.models import Location

COOKIE = "place"
FIELD = "at"  # a form says at which place it was opened: the browser may stand elsewhere by now
YEAR = 365 * 24 * 3600


def choices(actor: Actor) -> list[Location]:
    """Our locations in use at which this actor may work, by name; no query while configuration is warm."""
    return [each for each in queries.own_locations() if actor.works_at(each)]


def current(request: HttpRequest) -> Location | None:
    """
    The location this page is about, or None for somebody who works nowhere.

    What a sent form was opened at, else what the browser chose, else where the person worked last, else
    their first.

    :raises OutOfScope: the form was opened where they do not work (any more)
    """
    if not hasattr(request, "place"):
        request.place = _find(request)  # type: ignore[attr-defined]
    return request.place  # type: ignore[attr-defined]


def required(request: HttpRequest) -> Location:
    """
    The same, for pages that mean nothing without a place.

    :raises OutOfScope: works nowhere
    """
    location = current(request)
    if location is None:
        raise OutOfScope("You work at no location yet.")
    return location


def _opened_at(request: HttpRequest) -> str:
    """What a form says in a hidden field, or a press on a sheet in its address."""
    if request.method != "POST":
        return ""
    return str(request.POST.get(FIELD) or request.GET.get(FIELD, ""))


def _find(request: HttpRequest) -> Location | None:
    allowed = choices(request.actor)  # type: ignore[attr-defined]
    standing = request.standing  # type: ignore[attr-defined]
    last = standing.preferences.get("place", "") if standing else ""
    by_id = {str(each.pk): each for each in allowed}
    if opened_at := _opened_at(request):
        if opened_at not in by_id:
            raise OutOfScope
        return by_id[opened_at]
    for wanted in (request.COOKIES.get(COOKIE, ""), last):
        if wanted in by_id:
            return by_id[wanted]
    return allowed[0] if allowed else None


def choose(request: HttpRequest, response: HttpResponse, location_id: UUID) -> Location:
    """
    Work there from now on.

    :raises OutOfScope: nobody works at this location with these rights
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = next((each for each in choices(actor) if each.pk == location_id), None)
    if wanted is None or actor.id is None:
        raise OutOfScope
    response.set_cookie(
        COOKIE,
        str(wanted.pk),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    preferences.keep(actor.id, "place", str(wanted.pk))
    return wanted
