"""Find a time: when can this patient come? First openings, day by day."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access import place
from kernel import clock
from kernel.policy import page
from kernel.refusals import Refusal
from office.models import Location
from office.models.hours import Weekday
from scheduling.forms import with_title
from scheduling.permissions import Permission
from scheduling.queries import catalog
from scheduling.queries.offers import Offer, day_words, offers, usual_type
from scheduling.queries.openings import Wish, find_openings
from scheduling.typed import read_day
from scheduling.views import answers
from staff.models import Practitioner

REACH = timedelta(days=120)
DAYS, PER_DAY = 10, 8
NOON = time(12)
HALVES = {
    "": ("Any time", time.min, time.max),
    "am": ("Mornings", time.min, NOON),
    "pm": ("Afternoons", NOON, time.max),
}


@dataclass(frozen=True)
class OpenDay:
    """The first free times of one day, as buttons."""

    day: date
    words: str
    offers: tuple[Offer, ...]


@page(permission=Permission.BOOK_APPOINTMENT)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Codes and ids of the house alone stand in the address; a patient may be carried along by id."""
    location = place.required(request)
    now = timezone.now()
    today = clock.today(now, location.zone)
    asked, problem = _asked(request, location, today)
    found = _found(asked, location, now) if not problem else []
    context = {
        "asked": asked,
        "problem": problem,
        "days": found,
        "types": [each for each in catalog.types().values() if each.is_active],
        "people": [(each.pk, with_title(each)) for each in _people(location)],
        "weekdays": [(day.value, day.label[:3], day.value in asked["weekdays"]) for day in Weekday],
        "halves": [(code, words[0], code == asked["half"]) for code, words in HALVES.items()],
        "new_url": f"{reverse('scheduling:new')}?{urlencode(asked['carried'])}",
    }
    is_part = request.htmx and request.htmx.target == "found-times"
    template = "scheduling/_found_times.html" if is_part else "scheduling/find.html"
    return render(request, template, context)


def _asked(request: HttpRequest, location: Location, today: date) -> tuple[dict[str, Any], str]:
    """What is looked for; what makes no sense is the plain search, but a day that is none is said."""
    given, problem = request.GET, ""
    who = catalog.practitioners().get(answers.as_id(given.get("who", "")))
    kind = catalog.types().get(answers.as_id(given.get("type", "")))
    if kind is None or not kind.is_active:
        kind = catalog.types().get(usual_type(who, location, timezone.now()))
    since = today
    try:
        since = max(today, read_day(given.get("from") or "today", today, field="from"))
    except Refusal as refusal:
        problem = str(refusal)
    weekdays = {int(each) for each in given.getlist("day") if each in "0123456" and len(each) == 1}
    half = given.get("half", "")
    patient = answers.as_id(given.get("patient", ""))
    return {
        "kind": kind,
        "who": who,
        "since": since,
        "typed": given.get("from", "") or _day_typed(since),
        "weekdays": weekdays or set(range(7)),
        "half": half if half in HALVES else "",
        "patient": patient,
        "carried": {"patient": patient} if patient else {},
    }, problem


def _day_typed(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _people(location: Location) -> list[Practitioner]:
    rows = Practitioner.objects.bookable().at_location(location)
    return list(rows.order_by("family_name", "given_name"))


def _found(asked: dict[str, Any], location: Location, now: Any) -> list[OpenDay]:
    if asked["kind"] is None:
        return []
    _, earliest, before = HALVES[asked["half"]]
    begins = max(now, clock.day(asked["since"], location.zone).lower)
    openings = find_openings(
        appointment_type=asked["kind"],
        location=location,
        span=DateTimeTZRange(begins, begins + REACH),
        practitioners=[asked["who"].pk] if asked["who"] else None,
        limit=DAYS * PER_DAY,
        wish=Wish(tuple(sorted(asked["weekdays"])), earliest, before),
        per_day=PER_DAY,
    )
    today = clock.today(now, location.zone)
    return [
        OpenDay(day, day_words(day, today), tuple(times))
        for day, times in groupby(offers(openings, location, now), key=lambda offer: offer.day)
    ]
