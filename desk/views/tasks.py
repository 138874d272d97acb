"""Tasks: the lists, one with its story, and what one does with it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import place
from desk.actions import tasks as actions
from desk.actions.telling import TOPIC
from desk.forms.tasks import CommentForm, HandOverForm, ListForm, Repeating, TaskForm, read_subject
from desk.models import Task
from desk.permissions import Permission
from desk.queries import tasks as queries
from desk.views.common import looked_at, sections, task_of
from kernel import parse, subjects
from kernel.policy import page
from kernel.refusals import OutOfScope
from office.answers import attempt, done
from office.fields import ReasonForm
from office.models import Location

PER_KIND = 5


@page(permission=Permission.USE_TASKS)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Mine, the team's, what I wait for, what is done."""
    context = _board(request)
    template = "desk/_tasks.html" if request.htmx else "desk/tasks.html"
    return render(request, template, context)


def _board(request: HttpRequest) -> dict[str, Any]:
    places = Location.objects.in_use().visible_to(request.actor).order_by("name")
    form = ListForm(request.GET, locations=places)
    form.is_valid()
    view = _view(request)
    first = _first(request)
    asked = queries.Asked(
        view,
        form.cleaned_data.get("q", ""),
        form.cleaned_data.get("location"),
        form.cleaned_data.get("urgent", False),
        first,
    )
    found = queries.task_list(request.actor, timezone.now(), asked)
    looked_at(request, found.about)
    kept = {
        name: request.GET[name] for name in ("q", "location", "urgent") if request.GET.get(name)
    }
    if form.errors:
        kept = {}

    def at(start: int, of: str = view) -> str:
        query = {"view": of if of != "mine" else "", "from": start or "", **kept}
        return f"{reverse('desk:tasks')}?{urlencode({k: v for k, v in query.items() if v})}"

    last = first + len(found.rows)
    return {
        "form": form,
        "found": found,
        "view": view,
        "views": _views(request, view, at),
        "here": at(first),
        "topic": TOPIC,
        "says": f"{first + 1}–{last} of {found.total}",
        "before": at(max(first - queries.A_PAGE, 0)) if first else "",
        "after": at(last) if last < found.total else "",
        "narrowed": bool(kept),
        "shows_places": places.count() > 1,
        "sections": sections(request, "desk:tasks"),
    }


def _view(request: HttpRequest) -> str:
    view = request.GET.get("view", "mine")
    everybodys = request.actor.may(Permission.VIEW_ALL_TASKS)
    return view if view in queries.VIEWS and (view != "all" or everybodys) else "mine"


def _first(request: HttpRequest) -> int:
    start = request.GET.get("from", "")
    return parse.whole(start, "from", 1) if start and start != "0" else 0


def _views(request: HttpRequest, view: str, at: Callable[[int, str], str]) -> list[dict[str, Any]]:
    count = queries.counts(request.actor)
    return [
        {"word": word, "url": at(0, name), "count": count.get(name), "is_on": name == view}
        for name, word in queries.VIEWS.items()
        if name in count or name == "done"
    ]


@page(act=actions.add_task)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new task, at the location where one is."""
    location = place.required(request)
    by = request.actor
    linked = read_subject(request.GET.get("about", "")[:120])
    label = _label(request, linked)
    initial = {"to": f"user:{by.id}", "about": _spoken(linked) if label else ""}
    form = TaskForm(request.POST or None, location=location, by=by, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            task, status = attempt(
                form,
                lambda: actions.add_task(
                    location=location, by=by, at=timezone.now(), **form.details(), **form.given_to()
                ),
            )
            if task:
                return _answer(request, task, f"Added for {_for(task, request)}.", "plus")
    context = _form_context(request, form, label) | {
        "location": location,
        "here": reverse("desk:add_task"),
        "back": reverse("desk:tasks"),
    }
    return render(request, "desk/task_form.html", context, status=status)


def _for(task: Task, request: HttpRequest) -> str:
    return "you" if task.owner_id == request.actor.id else str(task.owner or task.team)


def _label(request: HttpRequest, about: tuple[str, UUID] | None) -> str:
    """How what it is about is called; empty for what this actor may not see. Naming somebody is a look."""
    if about is None:
        return ""
    label = subjects.labels([about], request.actor).get(about, "")
    if label and queries.is_person(about[0]):
        looked_at(request, {about[0]: [about[1]]})
    return label


def _spoken(about: tuple[str, UUID] | None) -> str:
    return f"{about[0]}:{about[1]}" if about else ""


def _form_context(request: HttpRequest, form: Any, label: str) -> dict[str, Any]:
    """The form, and what its field of subjects says now."""
    value = form["about"].value() or ""
    value = _spoken(value) if isinstance(value, tuple) else str(value)[:120]
    if form.is_bound:
        label = _label(request, read_subject(value))
    errors = form.errors.get("about")
    return {
        "form": form,
        "about_value": value if label else "",
        "about_text": label,
        "about_error": errors[0] if errors else "",
        "about_url": reverse("desk:find_subject"),
    }


@page(permission=Permission.USE_TASKS)
@require_POST
def find_subject(request: HttpRequest) -> HttpResponse:
    """Whom or what a task may be about: everything the palette finds, in the field of a form."""
    hits = subjects.search(request.POST.get("q", "")[:100], request.actor, PER_KIND)
    hits = [hit for hit in hits if hit.kind != "desk.task"]
    found: dict[str, list[UUID]] = {}
    for hit in hits:
        if queries.is_person(hit.kind):
            found.setdefault(hit.kind, []).append(hit.id)
    looked_at(request, found)
    options = [
        {"id": f"{hit.kind}:{hit.id}", "text": hit.label, "name": hit.label, "detail": hit.detail}
        for hit in hits
    ]
    return render(
        request,
        "components/combo_options.html",
        {"options": options, "none": "Nobody and nothing found. Try the beginning of a name."},
    )


@page(permission=Permission.USE_TASKS)
@require_safe
def one(request: HttpRequest, task_id: UUID) -> HttpResponse:
    return _one(request, task_of(request, task_id))


def _one(
    request: HttpRequest, task: Task, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    shown = queries.task_page(request.actor, task, timezone.now())
    context = {
        "shown": shown,
        "task": shown.task,
        "row": shown.row,
        "form": form or CommentForm(),
        "is_mine": shown.task.owner_id == request.actor.id,
        "here": reverse("desk:task", args=[task.pk]),
    }
    return render(request, "desk/task.html", context, status=status)


@page(act=actions.change_task)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_of(request, task_id)
    initial = {name: getattr(task, name) for name in Repeating.base_fields if hasattr(task, name)}
    initial |= {"repeat_every": task.repeat_every or 1, "about": _spoken(task.about)}
    form = Repeating(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            version = form.cleaned_data["version"] or 0
            changes = _unhidden(request, task, form.details())
            changed, status = attempt(
                form,
                lambda: actions.change_task(
                    task=task, version=version, by=request.actor, at=timezone.now(), **changes
                ),
            )
            if changed:
                return _answer(request, changed, "Changed.", "edit")
    context = _form_context(request, form, _label(request, task.about)) | {
        "task": task,
        "location": task.location,
        "here": reverse("desk:change_task", args=[task.pk]),
        "back": reverse("desk:task", args=[task.pk]),
    }
    return render(request, "desk/task_form.html", context, status=status)


def _unhidden(request: HttpRequest, task: Task, changes: dict[str, Any]) -> dict[str, Any]:
    """Whom a task is about may be hidden from who changes it; an empty field then means nothing."""
    if changes["about"] is None and task.about and not _label(request, task.about):
        del changes["about"]
    return changes


@page(act=actions.take_task)
@require_POST
def take(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_of(request, task_id)
    taken = actions.take_task(task=task, by=request.actor, at=timezone.now())
    return _answer(request, taken, "It is yours now.", "user-check")


@page(act=actions.hand_over_task)
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_of(request, task_id)
    form = HandOverForm(request.POST or None, location=task.location, by=request.actor)

    def act() -> Task:
        return actions.hand_over_task(
            task=task, by=request.actor, at=timezone.now(), **form.hand_over()
        )

    return _step(
        request, task, form, act, title="Hand over", verb="Hand it over",
        says=lambda row: f"{row.owner or row.team} has it now.", icon="arrow-right",
    )  # fmt: skip


@page(act=actions.comment_on_task)
@require_POST
def comment(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_of(request, task_id)
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _one(request, task, form, 422)
    _, status = attempt(
        form,
        lambda: actions.comment_on_task(
            task=task, text=form.cleaned_data["text"], by=request.actor, at=timezone.now()
        ),
    )
    if status != 200:
        return _one(request, task, form, status)
    if request.htmx:
        return _one(request, task)
    return _answer(request, task, "Said.", "message")


@page(act=actions.complete_task)
@require_POST
def complete(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """One click from any list; the toast takes it back."""
    task = task_of(request, task_id)
    row = actions.complete_task(task=task, by=request.actor, at=timezone.now())
    return _answer(request, row, f"Done: {row.title}." if request.htmx else "Done.", "check")


@page(act=actions.reopen_task)
@require_POST
def reopen(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_of(request, task_id)
    row = actions.reopen_task(task=task, by=request.actor, at=timezone.now())
    return _answer(request, row, "It is open again.", "arrow-back-up")


@page(act=actions.drop_task)
@require_http_methods(["GET", "HEAD", "POST"])
def drop(request: HttpRequest, task_id: UUID) -> HttpResponse:
    task = task_of(request, task_id)
    form = ReasonForm(request.POST or None)

    def act() -> Task:
        reason = form.cleaned_data["reason"]
        return actions.drop_task(task=task, reason=reason, by=request.actor, at=timezone.now())

    return _step(
        request, task, form, act, title="Drop", verb="Drop it", says=lambda _: "Dropped.", icon="x"
    )


def _step(
    request: HttpRequest,
    task: Task,
    form: forms.Form,
    act: Callable[[], Task],
    *,
    says: Callable[[Task], str],
    icon: str,
    **words: str,
) -> HttpResponse:
    """A form of one act in the drawer: shown, refused with what was typed, or done."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            row, status = attempt(form, act)
            if row:
                return _answer(request, row, says(row), icon)
    context: Mapping[str, Any] = {
        "form": form,
        "task": task,
        "here": request.path,
        "back": reverse("desk:task", args=[task.pk]),
        **words,
    }
    return render(request, "desk/task_step.html", context, status=status)


def _answer(request: HttpRequest, task: Task, text: str, icon: str) -> HttpResponse:
    topics = [TOPIC, *([f"{TOPIC}:{task.about_id}"] if task.about_id else [])]
    to = reverse("desk:tasks")
    return done(request, text, to=to, undo=task.undo_token, topics=topics, icon=icon)


@page(permission=Permission.USE_TASKS, background=True)
@require_safe
def about(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """
    What is to be done about one subject: a panel of its page, which fetches itself.

    :raises OutOfScope: this actor does not see the subject
    """
    if not _label(request, (kind, subject_id)):
        raise OutOfScope
    return render(request, "desk/_about_tasks.html", about_context(request, kind, subject_id))


def about_context(request: HttpRequest, kind: str, subject_id: UUID) -> dict[str, Any]:
    """For pages of rooms above that show the tasks about one of their things."""
    return {
        "rows": queries.about(request.actor, kind, subject_id, timezone.now()),
        "topic": f"{TOPIC}:{subject_id}",
        "here": reverse("desk:about_tasks", args=[kind, subject_id]),
        "add_url": f"{reverse('desk:add_task')}?{urlencode({'about': f'{kind}:{subject_id}'})}",
    }


@page(permission=Permission.USE_TASKS, background=True)
@require_safe
def home_tasks(request: HttpRequest) -> HttpResponse:
    """The panel of the start pages fetches itself when a task has changed."""
    return render(request, "desk/_home_tasks.html", own_next(request))


HOME = 6


def own_next(request: HttpRequest) -> dict[str, Any]:
    """One's most urgent tasks, for the start page."""
    found = queries.next_ones(request.actor, timezone.now(), HOME)
    looked_at(request, found.about)
    return {"rows": found.rows, "count": found.total, "topic": TOPIC}
