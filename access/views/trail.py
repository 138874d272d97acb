"""The audit trail, for those who watch over privacy. Looking into it is looked at, too."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from access import queries
from access.forms import TrailForm
from access.permissions import Permission
from kernel import audit, subjects
from kernel.actors import Actor
from kernel.policy import page
from kernel.text import clean
from office.queries import practice_zone


@page(permission=Permission.READ_AUDIT)
def trail(request: HttpRequest) -> HttpResponse:
    """Search by person, subject, act, outcome and day."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = TrailForm(request.GET or {})
    if not form.is_valid():
        context = {"form": form, "entries": [], "older": "", "about": None}
        return render(request, "access/trail.html", context, status=422)
    asked = form.asked()
    audit.record_search(actor, page="access.read_audit", **asked.criteria())
    shown, before = queries.entries(asked, actor, practice_zone())
    older = f"?{urlencode({**asked.criteria(), 'before': before})}" if before else ""
    context = {"form": form, "entries": shown, "older": older, "about": _about(request)}
    return render(request, "access/trail.html", context)


@page(permission=Permission.READ_AUDIT)
@require_POST
def find_subject(request: HttpRequest) -> HttpResponse:
    """The combobox: whom or what the trail is to be about."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    hits = subjects.search(clean(request.POST.get("q", ""))[:100], actor, 6)
    options = [
        {"id": hit.id, "text": hit.label, "name": hit.label, "detail": hit.detail} for hit in hits
    ]
    context = {"options": options, "none": "Nothing found that you may see."}
    return render(request, "components/combo_options.html", context)


@page(permission=Permission.READ_AUDIT)
def who_looked(request: HttpRequest, kind: str, pk: UUID) -> HttpResponse:
    """Who looked at or changed one patient, person or thing: a fragment for its own page."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    audit.record_search(actor, page="access.who_looked", about=str(pk))
    shown = queries.looked_at(pk, actor, practice_zone())
    context = {"entries": shown, "all_url": f"{reverse('audit')}?about={pk}"}
    return render(request, "access/_who_looked.html", context)


def _about(request: HttpRequest) -> dict[str, Any] | None:
    """What stands in the field “about” when the page comes with a subject already chosen."""
    about = request.GET.get("about", "")
    return {"value": about, "text": f"…{about[-6:]}"} if about else None
