"""Papers come in by the page, are named, moved, kept and put away."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from desk.actions import document_keeping as keeping
from desk.actions import documents as actions
from desk.actions.documents import TOPIC
from desk.forms.documents import DocumentForm, RetentionForm, UploadForm, VersionForm, read_subject
from desk.models import Document, Folder
from desk.queries import documents as queries
from desk.safety import checking, kinds, names
from desk.views.documents import DOCUMENT, document_of, folder_of, looked_at
from kernel import subjects
from kernel.policy import page
from kernel.refusals import Refusal
from office.answers import attempt, done, onward
from office.fields import ReasonForm

MOST_AT_ONCE = 30  # files of one form; a browser with our script sends them one by one


@dataclass(frozen=True)
class Verdict:
    """What became of one file."""

    name: str
    is_taken: bool
    sentence: str
    url: str = ""
    title: str = ""


@page(act=actions.add_document, takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Several files at once; each is taken or refused by itself, and what was said of them is kept."""
    tree = queries.folder_tree(request.actor)
    asked = request.GET.get("folder", "")[:40]
    about = request.GET.get("about", "")[:120]
    initial = {"folder": asked, "about": about}
    posted = request.method == "POST"  # also with nothing in its hands
    form = UploadForm(request.POST if posted else None, tree=tree, initial=initial)
    verdicts: list[Verdict] = []
    status = 200
    if request.method == "POST":
        status = 422
        files = request.FILES.getlist("files")
        if not files:
            form.add_error(None, "Choose a file.")
        elif len(files) > MOST_AT_ONCE:
            form.add_error(None, f"At most {MOST_AT_ONCE} files at once.")
        elif form.is_valid():
            place = folder_of(request, UUID(form.cleaned_data["folder"]))
            verdicts = [_taken_or_not(request, form, place, each) for each in files]
            status = 200 if any(each.is_taken for each in verdicts) else 422
    context = {"form": form, "verdicts": verdicts, "accept": kinds.ACCEPT, "in_words": kinds.IN_WORDS,
               "scanner": queries.scanner_says(), "tree": tree, **_about(request, form)}  # fmt: skip
    if request.headers.get("X-One-File"):
        return render(request, "desk/documents/_verdicts.html", context, status=status)
    return render(request, "desk/documents/add.html", context, status=status)


def _taken_or_not(request: HttpRequest, form: UploadForm, place: Folder, file: Any) -> Verdict:
    """Checked first, outside of any transaction; then filed, or refused with a sentence."""
    name = names.shown(file.name or "")
    try:
        checked = checking.check(file.chunks(), file.name or "")
        made = actions.add_document(
            folder=place, file=checked, by=request.actor, at=timezone.now(), filing=form.filing()
        )
    except Refusal as refusal:
        return Verdict(name, is_taken=False, sentence=str(refusal))
    return Verdict(
        name,
        True,
        _taken_words(made, checked),
        reverse("desk:document", args=[made.pk]),
        made.title,
    )


def _taken_words(made: Document, checked: checking.Checked) -> str:
    waits = made.state == Document.State.QUARANTINED
    said = "Filed; it opens when the virus scanner has found it clean." if waits else "Filed."
    taken_out = kinds.removed_in_words(list(checked.removed))
    return f"{said} Taken out: {taken_out}." if taken_out else said


@page(act=actions.add_version, subject=DOCUMENT, takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add_version(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = document_of(request, document_id)
    posted = request.method == "POST"
    form = VersionForm(request.POST if posted else None, request.FILES if posted else None)

    def act() -> Any:
        file = form.cleaned_data["file"]
        checked = checking.check(file.chunks(), file.name or "")
        return actions.add_version(
            document=row,
            file=checked,
            note=form.cleaned_data["note"],
            by=request.actor,
            at=timezone.now(),
        )

    return _step(
        request, row, form, act, "New version", "Add the version", "has a new version", "files"
    )


@page(act=actions.change_document, subject=DOCUMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = document_of(request, document_id)
    initial = {
        name: getattr(row, name) for name in ("title", "owner", "tags", "expires_date", "version")
    }
    initial |= {
        "folder": str(row.folder_id),
        "about": f"{row.about_kind}:{row.about_id}" if row.about_id else "",
    }
    tree = queries.folder_tree(request.actor)
    owners = queries.people()
    form = DocumentForm(request.POST or None, tree=tree, owners=owners, initial=initial)

    def act() -> Any:
        version = form.cleaned_data["version"] or 0
        return actions.change_document(
            document=row, version=version, by=request.actor, **form.details()
        )

    more = _about(request, form)
    return _step(request, row, form, act, "Change", "Keep the changes", "is changed", **more)


@page(act=keeping.set_retention, subject=DOCUMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def retention(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = document_of(request, document_id)
    initial = {name: getattr(row, name) for name in ("retention_class", "retain_until", "version")}
    form = RetentionForm(request.POST or None, initial=initial)

    def act() -> Any:
        version = form.cleaned_data["version"] or 0
        return keeping.set_retention(
            document=row, version=version, by=request.actor, at=timezone.now(), **form.details()
        )

    return _step(request, row, form, act, "How long it is kept", "Keep it so", "is kept so")


@page(act=keeping.place_hold, subject=DOCUMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = document_of(request, document_id)
    form = ReasonForm(request.POST or None)

    def act() -> Any:
        reason = form.cleaned_data["reason"]
        return keeping.place_hold(document=row, reason=reason, by=request.actor, at=timezone.now())

    return _step(request, row, form, act, "Place a legal hold", "Place the hold", "is on hold")


@page(act=keeping.lift_hold, subject=DOCUMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = document_of(request, document_id)
    form = ReasonForm(request.POST or None)

    def act() -> Any:
        reason = form.cleaned_data["reason"]
        return keeping.lift_hold(document=row, reason=reason, by=request.actor)

    return _step(
        request, row, form, act, "Lift the legal hold", "Lift the hold", "is no longer on hold"
    )


@page(act=actions.archive_document, subject=DOCUMENT)
@require_POST
def archive(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = document_of(request, document_id)
    made = actions.archive_document(document=row, by=request.actor, at=timezone.now())
    to = reverse("desk:document", args=[row.pk])
    return done(
        request,
        "The document is archived.",
        to=to,
        undo=made.undo_token,
        topics=[TOPIC],
        icon="archive",
    )


@page(act=actions.restore_document, subject=DOCUMENT)
@require_POST
def restore(request: HttpRequest, document_id: UUID) -> HttpResponse:
    row = document_of(request, document_id)
    actions.restore_document(document=row, by=request.actor)
    to = reverse("desk:document", args=[row.pk])
    return done(request, "The document is in use again.", to=to, topics=[TOPIC], icon="archive")


def _step(
    request: HttpRequest,
    row: Any,
    form: forms.Form,
    act: Callable[[], Any],
    title: str,
    verb: str,
    says: str,
    encoding: str = "",
    **more: Any,
) -> HttpResponse:
    """The same three steps for each: the form, one act, the toast."""
    status = 200
    back = reverse("desk:document", args=[row.pk])
    if request.method == "POST":
        status = 422
        if form.is_valid():
            kept, status = attempt(form, act)
            if kept:
                if encoding:
                    return onward(request, f"The document {says}.", back)
                return done(
                    request, f"The document {says}.", to=back, topics=[TOPIC], icon="file-text"
                )
    context = {"form": form, "document": row, "title": title, "verb": verb, "here": request.path, "back": back,
               "encoding": encoding, "accept": kinds.ACCEPT, "in_words": kinds.IN_WORDS} | more  # fmt: skip
    return render(request, "desk/documents/step.html", context, status=status)


def _about(request: HttpRequest, form: forms.Form) -> dict[str, Any]:
    """What the type-ahead shows: who is picked, as far as this actor may see them."""
    picked = read_subject(str(form["about"].value() or "")[:120])
    label = subjects.labels([picked], request.actor).get(picked, "") if picked else ""
    if picked and label:
        looked_at(request, [], {picked[0]: [picked[1]]})
    return {
        "about_value": f"{picked[0]}:{picked[1]}" if picked else "",
        "about_text": label,
        "about_error": form.errors["about"][0] if "about" in form.errors else "",
        "about_url": reverse("desk:find_document_subject"),
    }
