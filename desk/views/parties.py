"""The directory of those outside: found, called, entered, changed, retired; emergency numbers on paper."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import place
from desk.actions import parties as actions
from desk.actions.parties import TOPIC
from desk.forms.parties import FindForm, PartyForm
from desk.models import Party
from desk.permissions import Permission
from desk.queries import parties as queries
from desk.views.common import sections
from desk.views.tasks import about_context
from kernel import clock, parse
from kernel.policy import page
from kernel.refusals import OutOfScope
from kernel.templatetags import house
from office.answers import attempt, done
from office.models import Location


@page(permission=Permission.VIEW_PARTIES)
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Whom the office calls, by kind."""
    form = FindForm(request.GET, locations=_places())
    asked = form.cleaned_data if form.is_valid() else {}
    start = request.GET.get("from", "")
    first = parse.whole(start, "from", 1) if start and start != "0" else 0
    found = queries.directory(
        request.actor, text=asked.get("q", ""), kind=asked.get("kind", ""), location=asked.get("location"),
        retired=asked.get("retired", False), first=first,
    )  # fmt: skip
    names = ("q", "kind", "location", "retired")
    kept = {name: request.GET[name] for name in names if asked and request.GET.get(name)}

    def at(begin: int) -> str:
        query = kept | ({"from": begin} if begin else {})
        return f"{reverse('desk:parties')}?{urlencode(query)}"

    last = first + len(found.rows)
    context = {
        "form": form,
        "found": found,
        "narrowed": bool(kept),
        "may_keep": request.actor.may(Permission.KEEP_PARTIES),
        "here": at(first),
        "topic": TOPIC,
        "says": f"{first + 1}–{last} of {found.total}",
        "before": at(max(first - queries.A_PAGE, 0)) if first else "",
        "after": at(last) if last < found.total else "",
        "sections": sections(request, "desk:parties"),
    }
    template = "desk/_parties.html" if request.htmx else "desk/parties.html"
    return render(request, template, context)


def _places() -> Any:
    return Location.objects.in_use().order_by("name")


def party_of(request: HttpRequest, party_id: UUID) -> Party:
    found = Party.objects.visible_to(request.actor).filter(pk=party_id).first()
    if found is None:
        raise OutOfScope
    return found


@page(permission=Permission.VIEW_PARTIES)
@require_safe
def one(request: HttpRequest, party_id: UUID) -> HttpResponse:
    party = party_of(request, party_id)
    tasks = request.actor.may(Permission.USE_TASKS)
    context = {
        "party": party,
        "row": queries.row(party),
        "may_keep": request.actor.may(Permission.KEEP_PARTIES),
        "tasks": about_context(request, "desk.party", party.pk) if tasks else None,
    }
    return render(request, "desk/party.html", context)


@page(act=actions.add_party)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = PartyForm(request.POST or None, locations=_places())

    def act() -> Party:
        places = form.cleaned_data["locations"]
        return actions.add_party(by=request.actor, locations=places, **form.details())

    return _drawer(request, form, act, None, "is entered")


@page(act=actions.change_party)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, party_id: UUID) -> HttpResponse:
    party = party_of(request, party_id)
    initial = {name: getattr(party, name) for name in PartyForm.base_fields if name != "locations"}
    initial["locations"] = [each.pk for each in party.locations.all()]
    form = PartyForm(request.POST or None, initial=initial, locations=_places())

    def act() -> Party:
        version = form.cleaned_data["version"] or 0
        places = form.cleaned_data["locations"]
        return actions.change_party(
            party=party, version=version, by=request.actor, locations=places, **form.details()
        )

    return _drawer(request, form, act, party, "is changed")


def _drawer(
    request: HttpRequest, form: PartyForm, act: Any, party: Party | None, says: str
) -> HttpResponse:
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            kept, status = attempt(form, act)
            if kept:
                return _answer(request, f"{kept.name} {says}.", "building")
    context = {
        "form": form,
        "party": party,
        "here": request.path,
        "back": reverse("desk:parties"),
    }
    return render(request, "desk/party_form.html", context, status=status)


@page(act=actions.retire_party)
@require_POST
def retire(request: HttpRequest, party_id: UUID) -> HttpResponse:
    party = party_of(request, party_id)
    row = actions.retire_party(party=party, by=request.actor, at=timezone.now())
    return _answer(request, f"{row.name} is retired.", "trash", row.undo_token)


@page(act=actions.restore_party)
@require_POST
def restore(request: HttpRequest, party_id: UUID) -> HttpResponse:
    party = party_of(request, party_id)
    row = actions.restore_party(party=party, by=request.actor, at=timezone.now())
    return _answer(request, f"{row.name} is in use again.", "arrow-back-up")


def _answer(request: HttpRequest, text: str, icon: str, undo: str = "") -> HttpResponse:
    return done(request, text, to=reverse("desk:parties"), undo=undo, topics=[TOPIC], icon=icon)


@page(permission=Permission.VIEW_PARTIES)
@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """The emergency numbers of a location, to hang beside the phone."""
    here = place.required(request)
    now = clock.local(timezone.now(), here.zone)
    context = {
        "rows": queries.emergency_sheet(request.actor, here),
        "location": here,
        "printed_by": request.actor.name,
        "printed_at": f"{house.day(now)} {house.clock(now, 'full')}",
        "is_pdf": False,
    }
    return render(request, "desk/emergency_sheet.html", context)
