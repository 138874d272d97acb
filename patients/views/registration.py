"""Registering: the whole page, the five fields of the phone call, and who may be here already."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from access import place
from kernel.policy import page, saw
from kernel.refusals import Invalid
from kernel.text import read_name
from patients import actions, queries, words
from patients.forms import QuickForm, RegistrationForm
from patients.forms.base import ActionForm
from patients.models import Patient
from patients.permissions import Permission
from patients.views import common

SURE = "not_a_duplicate"
ASK = "Somebody who is registered looks like this person. Pick them, or register a new patient."


@page(act=actions.register_patient)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: Any) -> HttpResponse:
    """The registration page."""
    locations = place.choices(request.actor)
    here = place.current(request)
    initial = {"location": str(here.pk) if here else ""}
    typed = request.POST if request.method == "POST" else None
    form = RegistrationForm(typed, locations=locations, initial=initial)
    if request.method != "POST":
        return render(request, "patients/register.html", {"form": form, "duplicates": []})
    patient, duplicates = _register(request, form)
    if patient:
        return _opened(request, reverse("patients:profile", args=[patient.pk]))
    context = {"form": form, "duplicates": [(each, each.patient.url) for each in duplicates]}
    template = "patients/_register_form.html" if request.htmx else "patients/register.html"
    return render(request, template, context, status=422)


@page(act=actions.register_patient)
@require_http_methods(["GET", "HEAD", "POST"])
def quick(request: Any) -> HttpResponse:
    """
    Five fields in the drawer, for whoever is booking with somebody new.

    `back` is the page to go on with; it gets the new patient's id as `patient`.
    """
    back = _local(request.POST.get("back") or request.GET.get("back", ""))
    typed = request.POST if request.method == "POST" else None
    form = QuickForm(typed, initial=_named(request) if typed is None else None)
    context = {"form": form, "back": back, "duplicates": [], "here": place.current(request)}
    if request.method != "POST":
        return render(request, "patients/quick.html", context)
    patient, duplicates = _register(request, form)
    if patient:
        return _go_on(request, patient, back)
    context["duplicates"] = [(each, _with(back, each.patient)) for each in duplicates]
    return render(request, "patients/quick.html", context, status=422)


@page(permission=Permission.REGISTER_PATIENT, subject=common.KIND)
@require_POST
def duplicates(request: Any) -> HttpResponse:
    """Who may be here already, while one types: asked when the name and the birth date stand."""
    back = _local(request.POST.get("back", ""))
    form = QuickForm(request.POST)
    form.is_valid()
    found = _duplicates(request, form) if form.cleaned_data.get("family_name") else []
    rows = [(each, _with(back, each.patient)) for each in found]
    return render(request, "patients/_duplicates.html", {"duplicates": rows})


def _register(
    request: Any, form: QuickForm | RegistrationForm
) -> tuple[Patient | None, list[queries.Duplicate]]:
    """The new patient; or none, with the form saying why, and who it may be."""
    if not form.is_valid():
        return None, []
    found = _duplicates(request, form)
    if found and request.POST.get(SURE) != "1":
        form.add_error(None, ASK)
        return None, found
    asked = {"location": place.current(request)} | form.registration()
    if asked["location"] is None:
        form.add_error(None, "You work at no location yet, so nobody can be registered there.")
        return None, []
    try:
        return actions.register_patient(at=timezone.now(), by=request.actor, **asked), []
    except Invalid as refusal:
        form.refuse(refusal)
        return None, []


def _duplicates(request: Any, form: ActionForm) -> list[queries.Duplicate]:
    data = form.cleaned_data
    found = queries.possible_duplicates(
        family_name=data.get("family_name", ""),
        given_name=data.get("given_name", ""),
        birth_date=data.get("birth_date"),
        phone=data.get("phone", ""),
        actor=request.actor,
    )
    saw(request, common.KIND, [each.patient.id for each in found])
    return found


def _named(request: Any) -> dict[str, str]:
    """The name that was typed to find them, told once."""
    family, given = read_name(request.session.pop(words.NAME_TYPED, ""))
    return {"family_name": family, "given_name": given}


def _local(url: str) -> str:
    """A page of this house, or nothing: nobody is sent elsewhere by a link."""
    parts = urlsplit(url)
    here = url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if here and parts.path.startswith("/") else ""


def _with(back: str, patient: Any) -> str:
    """Where picking this patient leads."""
    if not back:
        url: str = patient.url
        return url
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'patient': patient.id})}"


def _go_on(request: Any, patient: Patient, back: str) -> HttpResponse:
    if not back:
        return _opened(request, reverse("patients:profile", args=[patient.pk]))
    url = f"{back}{'&' if '?' in back else '?'}{urlencode({'patient': patient.pk})}"
    # htmx follows into the drawer it asked for; told by HX-Location it would make this the page's address.
    return redirect(url)


def _opened(request: HttpRequest, url: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(url)
    return redirect(url)
