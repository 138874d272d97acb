"""Checklists: those of today, one with its items, those of days past, and what was measured."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import place
from desk.actions import checklists as actions
from desk.actions.checklists import TOPIC
from desk.forms.checklists import CloseForm, PastForm, TickForm
from desk.models import ChecklistItem, ChecklistRun, RunItem
from desk.permissions import Permission
from desk.queries import checklists as queries
from desk.views.common import sections
from kernel import clock, parse
from kernel.policy import page
from kernel.refusals import OutOfScope
from office.answers import attempt, done
from office.models import Location


@page(permission=Permission.RUN_CHECKLISTS)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """What is due today at one's locations, with how far it is."""
    here = place.current(request)
    cards = queries.due_now(request.actor, timezone.now())
    cards.sort(key=lambda each: (here is None or each.place != here.name, each.place, each.is_over))
    context = {
        "cards": cards,
        "may_begin": queries.may_begin(request.actor),
        "may_configure": request.actor.may(Permission.CONFIGURE_CHECKLISTS),
        "topic": TOPIC,
        "here": reverse("desk:checklists"),
        "sections": sections(request, "desk:checklists"),
    }
    template = "desk/_checklists.html" if request.htmx else "desk/checklists.html"
    return render(request, template, context)


@page(permission=Permission.RUN_CHECKLISTS, background=True)
@require_safe
def home_checklists(request: HttpRequest) -> HttpResponse:
    """The panel of the start pages fetches itself when a list has changed."""
    return render(request, "desk/_home_checklists.html", open_lists(request))


def open_lists(request: HttpRequest) -> dict[str, object]:
    """What is not ended where one is, for the start page."""
    cards = queries.due_now(request.actor, timezone.now(), place.current(request))
    return {"cards": [each for each in cards if not each.is_over], "topic": TOPIC}


@page(act=actions.add_starting_checklists)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Take over the starting lists, for all of one's locations."""
    made = actions.add_starting_checklists(locations=place.choices(request.actor), by=request.actor)
    text = f"{len(made)} checklists begin today." if made else "They are there already."
    return done(request, text, to=reverse("desk:checklists"), topics=[TOPIC], icon="checklist")


def run_of(request: HttpRequest, run_id: UUID) -> ChecklistRun:
    found = ChecklistRun.objects.visible_to(request.actor).select_related("template", "location")
    run = found.filter(pk=run_id).first()
    if run is None:
        raise OutOfScope
    return run


def item_of(request: HttpRequest, item_id: UUID) -> RunItem:
    mine = ChecklistRun.objects.visible_to(request.actor)
    rows = RunItem.objects.filter(pk=item_id, run__in=mine)
    item = rows.select_related("run__location", "run__template").first()
    if item is None:
        raise OutOfScope
    return item


@page(permission=Permission.RUN_CHECKLISTS)
@require_safe
def one(request: HttpRequest, run_id: UUID) -> HttpResponse:
    return _one(request, run_of(request, run_id))


def _one(
    request: HttpRequest,
    run: ChecklistRun,
    *,
    form: TickForm | None = None,
    item: RunItem | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = queries.run_page(run, timezone.now())
    context = {
        "shown": shown,
        "form": form,
        "refused": item.pk if item else None,
        "is_late": bool(item) and any(each.is_done for each in shown.lines if each.id == item.pk),
        "error": _first_error(form) if form else "",
        "topic": TOPIC,
        "here": reverse("desk:checklist", args=[run.pk]),
        "sections": sections(request, "desk:checklists"),
    }
    template = "desk/_checklist.html" if request.htmx else "desk/checklist.html"
    return render(request, template, context, status=status)


def _first_error(form: TickForm) -> str:
    return next((str(each[0]) for each in form.errors.values()), "")


@page(act=actions.tick_item)
@require_POST
def tick(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One click an item; a number out of its limits asks what was done."""
    item = item_of(request, item_id)
    form = TickForm(request.POST)
    if not form.is_valid():
        return _one(request, item.run, form=form, item=item, status=422)
    row, status = attempt(
        form,
        lambda: actions.tick_item(
            item=item, by=request.actor, at=timezone.now(), **form.evidence()
        ),
    )
    if row is None:
        return _one(request, item.run, form=form, item=item, status=status)
    text = f"{row.text}: done."
    if row.note and queries.limits(row):
        text = f"{queries.limits(row)} A task was made of it."
    return _answer(request, item.run, text, row.undo_token)


@page(act=actions.untick_item)
@require_POST
def untick(request: HttpRequest, item_id: UUID) -> HttpResponse:
    item = item_of(request, item_id)
    actions.untick_item(item=item, by=request.actor, at=timezone.now())
    return _answer(request, item.run, f"{item.text}: taken back.", icon="arrow-back-up")


@page(act=actions.close_run)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """End the list, with what is left out and why."""
    run = run_of(request, run_id)
    form = CloseForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            ended, status = attempt(
                form,
                lambda: actions.close_run(
                    run=run, reason=reason, by=request.actor, at=timezone.now()
                ),
            )
            if ended:
                return _answer(request, run, f"{run.template} is ended.", ended.undo_token)
    shown = queries.run_page(run, timezone.now())
    context = {
        "form": form,
        "shown": shown,
        "left": [each for each in shown.lines if not each.is_done],
        "here": request.path,
        "back": reverse("desk:checklist", args=[run.pk]),
    }
    return render(request, "desk/close_checklist.html", context, status=status)


@page(act=actions.reopen_run)
@require_POST
def reopen(request: HttpRequest, run_id: UUID) -> HttpResponse:
    run = run_of(request, run_id)
    actions.reopen_run(run=run, by=request.actor, at=timezone.now())
    return _answer(request, run, "It goes on.", icon="arrow-back-up")


def _answer(
    request: HttpRequest, run: ChecklistRun, text: str, undo: str = "", icon: str = "check"
) -> HttpResponse:
    to = reverse("desk:checklist", args=[run.pk])
    return done(request, text, to=to, undo=undo, topics=[TOPIC], icon=icon)


@page(permission=Permission.RUN_CHECKLISTS)
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """The lists of days past, and where their numbers are."""
    places = Location.objects.in_use().visible_to(request.actor).order_by("name")
    form = PastForm(request.GET, locations=places)
    asked = form.cleaned_data if form.is_valid() else {}
    start = request.GET.get("from", "")
    first = parse.whole(start, "from", 1) if start and start != "0" else 0
    found = queries.past(
        request.actor, timezone.now(), template=asked.get("template"), location=asked.get("location"),
        first=first,
    )  # fmt: skip
    kept = {
        name: request.GET[name]
        for name in ("template", "location")
        if request.GET.get(name) and asked
    }

    def at(begin: int) -> str:
        query = kept | ({"from": begin} if begin else {})
        return f"{reverse('desk:checklist_history')}?{urlencode(query)}"

    here = place.current(request)
    last = first + len(found.cards)
    context = {
        "form": form,
        "cards": found.cards,
        "says": f"{first + 1}–{last} of {found.total}",
        "before": at(max(first - queries.A_PAGE, 0)) if first else "",
        "after": at(last) if last < found.total else "",
        "measured": queries.measured_items(request.actor, here) if here else [],
        "place": here,
        "sections": sections(request, "desk:checklists"),
    }
    template = "desk/_checklist_history.html" if request.htmx else "desk/checklist_history.html"
    return render(request, template, context)


@page(permission=Permission.RUN_CHECKLISTS)
@require_safe
def numbers(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """What was measured at the place where one is: the course, and the same as a table to print."""
    here = place.required(request)
    item = ChecklistItem.objects.filter(pk=item_id).select_related("template").first()
    measured = queries.measured_items(request.actor, here)
    if item is None or item not in measured:
        raise OutOfScope
    today = clock.today(timezone.now(), here.zone)
    context = {
        "found": queries.numbers(request.actor, item, here, today),
        "others": [each for each in measured if each != item],
        "days": queries.BACK_DAYS,
        "sections": sections(request, "desk:checklists"),
    }
    return render(request, "desk/checklist_numbers.html", context)
