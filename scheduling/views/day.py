"""The schedule of a day: the sheet, the list, and the fragment that a live change fetches again."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access import place
from kernel import clock
from kernel.looks import icon
from kernel.parse import key
from kernel.policy import page, saw
from office.models import Location
from scheduling.permissions import Permission
from scheduling.queries.board import MOVE, OPEN, PRACTITIONERS, ROOMS, Board, day_board
from scheduling.typed import read_day

PATIENT = "patients.patient"
VIEWS = {"day": "Clinicians", "rooms": "Rooms", "list": "List"}
FILTERS = {
    "arrived", "inroom", "checkout", "confirmed", "scheduled", "requested", "completed", "noshow", OPEN, MOVE,
}  # fmt: skip
NIL = UUID(int=0)  # stands for the visit's id in the addresses the grid is given


@dataclass(frozen=True)
class Asked:
    """What the address asks for: codes and ids of people who work here, never anything of a patient."""

    day: date
    today: date
    view: str = "day"
    only: str = ""
    who: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        pairs = [("day", self.day.isoformat())]
        pairs += [("view", self.view)] if self.view != "day" else []
        pairs += [("show", self.only)] if self.only else []
        pairs += [("who", each) for each in self.who]
        return urlencode(pairs)

    @property
    def place(self) -> str:
        """What a column and a time on the sheet mean: the day, and whether columns are rooms."""
        return urlencode({"day": self.day.isoformat(), "view": self.view})

    @property
    def url(self) -> str:
        return f"{reverse('scheduling:day')}?{self.query}"

    def other(self, **changes: object) -> str:
        return replace(self, **changes).url


def read(request: HttpRequest, today: date) -> Asked:
    """
    The address, leniently: a view or filter that does not exist is the plain one.

    :raises NotADay: a day that was typed and is none
    """
    asked = request.GET
    view = asked.get("view", "list" if is_phone(request) else "day")
    only = asked.get("show", "")
    return Asked(
        read_day(asked["day"], today) if asked.get("day") else today,
        today,
        view if view in VIEWS else "day",
        only if only in FILTERS else "",
        tuple(dict.fromkeys(asked.getlist("who")[:50])),
    )


def is_phone(request: HttpRequest) -> bool:
    """A phone is sent the list alone; a narrow window fetches it when it becomes narrow."""
    return request.headers.get("Sec-CH-UA-Mobile") == "?1" or "Mobi" in request.headers.get(
        "User-Agent", ""
    )


@page(permission=Permission.VIEW_SCHEDULE, subject=PATIENT)
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    location = place.current(request)
    if location is None:
        return render(request, "scheduling/no_place.html", status=403)
    if request.GET.get("at"):
        return _there(request)
    now = timezone.now()
    asked = read(request, clock.today(now, location.zone))
    if request.GET.get("day", asked.day.isoformat()) != asked.day.isoformat():
        return redirect(asked.url)  # it was typed; from here on the address says it plainly
    board = day_board(
        actor=request.actor,
        location=location,
        day=asked.day,
        now=now,
        by=ROOMS if asked.view == "rooms" else PRACTITIONERS,
        who=asked.who,
        only=asked.only,
        as_list=asked.view == "list",
    )
    saw(request, PATIENT, list(board.patient_ids), location.pk)
    template = "scheduling/_grid.html" if request.htmx else "scheduling/day.html"
    return render(request, template, context(request, board, asked, location))


def _there(request: HttpRequest) -> HttpResponse:
    """A link from elsewhere means a day of one location (`at`): one works there from now on."""
    query = request.GET.copy()
    wanted = key(query.pop("at")[0], "at")
    response = redirect(f"{reverse('scheduling:day')}?{query.urlencode()}")
    place.choose(request, response, wanted)
    return response


def context(
    request: HttpRequest, board: Board, asked: Asked, location: Location
) -> dict[str, object]:
    may_book = request.actor.may(Permission.BOOK_APPOINTMENT)
    opened = reverse("scheduling:appointment", args=[NIL])
    sheet = f"{asked.place}&{urlencode({place.FIELD: location.pk})}"
    return {
        "board": board,
        "asked": asked,
        "is_list": asked.view == "list",
        "may_book": may_book,
        "may_overbook": request.actor.may(Permission.OVERBOOK),
        "topic": f"schedule:{asked.day.isoformat()}",
        "views": [
            (each, word, asked.other(view=each), each == asked.view) for each, word in VIEWS.items()
        ],
        "counts": [(count, _filter_url(asked, count.state)) for count in board.counts],
        "here": asked.url,
        "as_list": asked.other(view="list"),
        "previous": asked.other(day=asked.day - timedelta(days=1)),
        "next": asked.other(day=asked.day + timedelta(days=1)),
        "today": asked.other(day=asked.today),
        "open_url": opened,
        "open_before": opened.removesuffix(f"{NIL}/"),
        "new_url": f"{reverse('scheduling:new')}?{sheet}",
        "move_url": f"{reverse('scheduling:move-here', args=[NIL])}?{sheet}",
        "resize_url": reverse("scheduling:resize", args=[NIL]),
        "plus": icon("plus", "i-sm"),
        "has_all": all(is_on for _, _, is_on in board.people),
        "shown": sum(is_on for _, _, is_on in board.people),
    }


def _filter_url(asked: Asked, state: str) -> str:
    """Pressing a filter that is on takes it off."""
    return asked.other(only="" if state == asked.only else state) if state else ""
