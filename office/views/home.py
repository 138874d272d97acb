"""`/`: where a person's day begins."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from kernel import clock, homes, panels
from kernel.actors import Actor
from kernel.policy import page
from office import queries
from office.permissions import Permission


@dataclass(frozen=True)
class Way:
    """A page one may open from here, and what one does there."""

    label: str
    line: str
    icon: str
    url: str
    count: int


@page()
def home(request: HttpRequest) -> HttpResponse:
    """The start page of one's role; for roles without one of their own, what they may open."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    practice = queries.practice()
    if (practice is None or not practice.is_set_up) and actor.may(Permission.CONFIGURE_OFFICE):
        return redirect("set-up")  # first_run: the rooms it needs are above this one
    own = homes.of(actor)
    if own:
        return redirect(own.url_name)
    today = clock.today(timezone.now(), queries.practice_zone())
    context = {"ways": _ways(actor), "panels": panels.at("home", request), "today": today}
    return render(request, "office/home.html", context)


def _ways(actor: Actor) -> list[Way]:
    return [
        Way(item.label, item.line, item.icon, url, item.count(actor) if item.count else 0)
        for item in panels.nav_for(actor)
        if (url := reverse(item.url_name)) != "/"
    ]
