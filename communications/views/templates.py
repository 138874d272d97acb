"""The words of messages: read, tried with invented values, changed; every change is a version."""

from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communications import actions
from communications.forms import WordsForm
from communications.models import Way
from communications.permissions import Permission
from communications.queries import words as queries
from kernel.policy import page
from kernel.refusals import Invalid, StaleVersion


@page(permission=Permission.WRITE_TEMPLATES)
@require_safe
def every(request: HttpRequest) -> HttpResponse:
    context = {"slots": queries.slots(), "current": "templates"}
    return render(request, "communications/templates.html", context)


@page(act=actions.write_template)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, kind: str, way: str, language: str) -> HttpResponse:
    slot = _slot(kind, way, language)
    seen = {
        "subject_line": slot.words.subject_line,
        "text": slot.words.text,
        "seen_number": slot.number,
    }
    form = WordsForm(request.POST or None, initial=seen, has_subject=way == Way.EMAIL)
    status, theirs = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.write_template(
                    kind=kind, way=way, language=language, words=form.words(),
                    seen_number=form.cleaned_data["seen_number"], by=request.actor, at=timezone.now(),
                )  # fmt: skip
            except Invalid as refusal:
                form.add_error(
                    refusal.field if refusal.field in form.fields else None, str(refusal)
                )
            except StaleVersion:
                status, theirs = 409, slot.words
                form.data = form.data | {"seen_number": str(slot.number)}  # type: ignore[operator]
            else:
                notices.success(request, "In use from now on.")
                return redirect("communications:templates")
    words = form.words() if form.is_bound and form.is_valid() else slot.words
    context = {
        "slot": slot,
        "form": form,
        "theirs": theirs,
        "preview": queries.preview(words, slot.kind.fields, way),
        "current": "templates",
    }
    return render(request, "communications/template.html", context, status=status)


@page(permission=Permission.WRITE_TEMPLATES)
@require_POST
def look(request: HttpRequest, kind: str, way: str, language: str) -> HttpResponse:
    """How it reads, while somebody types."""
    slot = _slot(kind, way, language)
    form = WordsForm(request.POST, has_subject=way == Way.EMAIL)
    form.is_valid()
    shown = queries.preview(form.words(), slot.kind.fields, way)
    return render(request, "communications/_preview.html", {"preview": shown})


def _slot(kind: str, way: str, language: str) -> queries.Slot:
    found = queries.slot(kind, way, language)
    if found is None:
        raise Http404
    return found
