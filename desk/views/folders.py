"""Folders: made, named, closed to all but some."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from desk.actions import document_keeping as keeping
from desk.actions.documents import TOPIC
from desk.forms.documents import FolderForm, ShareForm
from desk.models import Folder, FolderGrant
from desk.queries import documents as queries
from desk.views.documents import folder_of
from kernel.policy import page
from office.answers import attempt, done
from office.models import Location


@page(act=keeping.add_folder)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = _form(request, None, {"parent": request.GET.get("parent", "")[:40]})

    def act() -> Folder:
        wanted = form.cleaned_data["parent"]
        parent = folder_of(request, UUID(wanted)) if wanted else None
        return keeping.add_folder(
            parent=parent,
            location=form.cleaned_data["location"],
            by=request.actor,
            **form.details(),
        )

    return _drawer(request, form, act, "New folder", "Make the folder", "is made")


@page(act=keeping.change_folder)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    here = folder_of(request, folder_id)
    initial = {name: getattr(here, name) for name in ("name", "retention_class", "version")}
    form = _form(request, here, initial)

    def act() -> Folder:
        version = form.cleaned_data["version"] or 0
        return keeping.change_folder(
            folder=here, version=version, by=request.actor, **form.details()
        )

    return _drawer(
        request, form, act, f"Change {here.name}", "Keep the changes", "is changed", here
    )


@page(act=keeping.share_folder)
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, folder_id: UUID) -> HttpResponse:
    here = folder_of(request, folder_id)
    people = queries.people()
    grants = FolderGrant.objects.filter(content_object=here).values_list("user_id", flat=True)
    initial = {"is_closed": here.is_closed, "users": list(grants)}
    form = ShareForm(request.POST or None, people=people, initial=initial)

    def act() -> Folder:
        data = form.cleaned_data
        return keeping.share_folder(
            folder=here, is_closed=data["is_closed"], users=data["users"], by=request.actor
        )

    return _drawer(request, form, act, f"Who opens {here.name}", "Keep it so", "is shared so", here)


def _form(request: HttpRequest, here: Folder | None, initial: dict[str, Any]) -> FolderForm:
    return FolderForm(
        request.POST or None,
        tree=queries.folder_tree(request.actor),
        locations=Location.objects.in_use().visible_to(request.actor).order_by("name"),
        is_new=here is None,
        initial=initial,
    )


def _drawer(
    request: HttpRequest,
    form: forms.Form,
    act: Any,
    title: str,
    verb: str,
    says: str,
    here: Folder | None = None,
) -> HttpResponse:
    status = 200
    back = reverse("desk:folder", args=[here.pk]) if here else reverse("desk:documents")
    if request.method == "POST":
        status = 422
        if form.is_valid():
            kept, status = attempt(form, act)
            if kept:
                to = reverse("desk:folder", args=[kept.pk])
                return done(request, f"The folder {says}.", to=to, topics=[TOPIC], icon="folder")
    context = {"form": form, "title": title, "verb": verb, "here": request.path, "back": back}
    return render(request, "desk/documents/folder_form.html", context, status=status)
