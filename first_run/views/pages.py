"""The pages of the first steps: one each, with Back, Skip, and what was typed kept when it is refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.account.utils import perform_login
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from access import grants, preferences
from access.models import User
from first_run import actions, steps
from first_run.forms import (
    EMPTY_ROOMS,
    SUGGESTED_ROOMS,
    AccountForm,
    HolidaysForm,
    LocationForm,
    PersonForm,
    PracticeForm,
    RoomsForms,
    TypesForm,
    WeekForm,
)
from kernel import clock
from kernel.actors import Actor
from kernel.policy import page, public
from kernel.refusals import Refusal
from office import actions as office_actions
from office import queries
from office.models import Closure, Room
from office.permissions import Permission
from scheduling.models import AppointmentType, Availability
from staff.models import Employee, Practitioner

LEFT_OFF = "set_up"
PRINTS_LETTERS = "django.core.mail.backends.console.EmailBackend"


@public(
    reason="before the first account exists nobody can sign in; it leads on to the code or the door"
)
def start(request: HttpRequest) -> HttpResponse:
    """Go on where the office is."""
    if not User.objects.exists():
        return redirect("set-up-account")
    if not request.actor.is_known:  # type: ignore[attr-defined]
        return redirect("account_login")
    if not request.actor.may(Permission.CONFIGURE_OFFICE) or steps.is_over():  # type: ignore[attr-defined]
        return redirect("home")
    furthest = request.standing.preferences.get(LEFT_OFF, "")  # type: ignore[attr-defined]
    return redirect("set-up-step", steps.next_to_do(furthest).slug)


@public(
    reason="makes the first account, and asks for the code of the machine; closed once there is one"
)
def account(request: HttpRequest) -> HttpResponse:
    """The first account: whoever has the code of the machine."""
    if User.objects.exists():
        return redirect("set-up")
    form = AccountForm(request.POST or None)
    if form.is_valid():
        try:
            user = actions.claim_office(by=Actor.system("first steps"), **form.account())
        except Refusal as refusal:
            _tell(form, refusal)
        else:
            user.backend = "allauth.account.auth_backends.AuthenticationBackend"  # type: ignore[attr-defined]
            return perform_login(request, user, redirect_url=reverse("set-up"))
    return _page(request, "account", {"form": form}, refused=form.is_bound)


@page(permission=Permission.CONFIGURE_OFFICE, early=True)
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """One step; GET shows it with what is known already, POST does it and goes on."""
    if slug not in PAGES:
        raise Http404
    if steps.is_over():
        return redirect("home")
    preferences.keep(request.actor.id, LEFT_OFF, slug)  # type: ignore[attr-defined]
    try:
        return PAGES[slug](request, slug)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("set-up-step", "location" if slug != "location" else "practice")


@page(act=office_actions.finish_set_up, early=True)
@require_POST
def finish(request: HttpRequest) -> HttpResponse:
    """The office opens; whoever has an account without a password gets a letter, if wanted."""
    office_actions.finish_set_up(by=_me(request))
    if "letters" in request.POST:
        _send_letters(request)
    return redirect("home")


def _me(request: HttpRequest) -> Actor:
    """Oneself with the rights of this moment: the first location was made a click ago, perhaps elsewhere."""
    found = grants.look(request.actor.id)  # type: ignore[attr-defined]
    return found.actor() if found else request.actor  # type: ignore[attr-defined,no-any-return]


def _practice(request: HttpRequest, slug: str) -> HttpResponse:
    form = PracticeForm(request.POST or None, initial=PracticeForm.stored())
    if form.is_valid() and _done(
        form, lambda: office_actions.set_up_practice(by=_me(request), **form.cleaned_data)
    ):
        return _on(slug)
    return _page(request, slug, {"form": form}, refused=form.is_bound)


def _location(request: HttpRequest, slug: str) -> HttpResponse:
    location = steps.first_location()
    stored = LocationForm.stored(location, queries.practice_zone())
    form = LocationForm(request.POST or None, initial=stored)
    if form.is_valid() and _done(
        form,
        lambda: actions.set_up_location(
            location=location, place=form.place(), hours=form.hours(), by=_me(request)
        ),
    ):
        return _on(slug)
    return _page(request, slug, {"form": form}, refused=form.is_bound)


def _holidays(request: HttpRequest, slug: str) -> HttpResponse:
    this_year = _today().year
    form = HolidaysForm(request.POST or None, this_year=this_year)
    if form.is_valid():
        for year in form.cleaned_data["years"]:
            office_actions.add_federal_holidays(year=year, by=_me(request))
        return _on(slug)
    preview = [
        (day, name)
        for year in (this_year, this_year + 1)
        for day, name in office_actions.observed_federal_holidays(year).items()
        if day >= _today()
    ]
    context = {
        "form": form,
        "preview": preview,
        "there": Closure.objects.filter(is_holiday=True).count(),
    }
    return _page(request, slug, context, refused=form.is_bound)


def _people(request: HttpRequest, slug: str) -> HttpResponse:
    """One person after the other; the page comes back for the next one."""
    location = steps.the_location()
    form = PersonForm(request.POST or None)
    if form.is_valid() and _done(
        form,
        lambda: actions.add_person(
            location=location, hired_date=_today(), by=_me(request), **form.cleaned_data
        ),
    ):
        return redirect("set-up-step", slug)
    people = Employee.objects.working(_today()).select_related("practitioner", "user")
    context = {"form": form, "people": people.order_by("family_name", "given_name", "id")}
    return _page(request, slug, context, refused=form.is_bound)


def _rooms(request: HttpRequest, slug: str) -> HttpResponse:
    location = steps.the_location()
    there = list(Room.objects.at(location).order_by("name"))
    initial = EMPTY_ROOMS if there else SUGGESTED_ROOMS
    rows = RoomsForms(request.POST or None, initial=initial, prefix="rooms")
    refusal = ""
    if rows.is_bound and rows.is_valid():
        named = [form.cleaned_data for form in rows if form.cleaned_data["name"]]
        try:
            actions.add_rooms(location=location, rooms=named, by=_me(request))
        except Refusal as refused:
            refusal = str(refused)
        else:
            return _on(slug)
    context = {"rows": rows, "there": there, "refusal": refusal}
    return _page(request, slug, context, refused=rows.is_bound)


def _visit_types(request: HttpRequest, slug: str) -> HttpResponse:
    there = list(AppointmentType.objects.order_by("name"))
    form = TypesForm(request.POST or None, there={each.name for each in there})
    if form.is_valid() and _done(
        form, lambda: actions.add_visit_types(kinds=form.kinds(), by=_me(request))
    ):
        return _on(slug)
    return _page(request, slug, {"form": form, "there": there}, refused=form.is_bound)


def _availability(request: HttpRequest, slug: str) -> HttpResponse:
    location = steps.the_location()
    open_hours = list(location.opening_hours.values_list("weekday", "opens", "closes"))
    people = Practitioner.objects.bookable().at_location(location).order_by("family_name", "id")
    waiting = people.exclude(pk__in=Availability.objects.values("practitioner"))
    data = request.POST or None
    weeks = [WeekForm(data, practitioner=each, open_hours=open_hours) for each in waiting]
    if data and all([week.is_valid() for week in weeks]):  # each of them, so that all errors show
        actions.set_weeks(weeks=[week.week(location, _today()) for week in weeks], by=_me(request))
        return _on(slug)
    context = {"weeks": weeks, "done": people.filter(availabilities__isnull=False).distinct()}
    return _page(request, slug, context, refused=bool(data))


def _open(request: HttpRequest, slug: str) -> HttpResponse:
    """What stands, what is still missing, and the door."""
    checks = [(each, each.is_done()) for each in steps.STEPS if each.what]
    without = User.objects.without_password().count()
    mail_goes_out = settings.EMAIL_BACKEND != PRINTS_LETTERS
    context = {"checks": checks, "without_password": without, "mail_goes_out": mail_goes_out}
    return _page(request, slug, context)


PAGES: dict[str, Callable[[HttpRequest, str], HttpResponse]] = {
    "practice": _practice,
    "location": _location,
    "holidays": _holidays,
    "people": _people,
    "rooms": _rooms,
    "visit-types": _visit_types,
    "availability": _availability,
    "open": _open,
}


def _done(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Do it; a refusal stands at its field, and everything typed stays."""
    try:
        act()
    except Refusal as refusal:
        _tell(form, refusal)
        return False
    return True


def _tell(form: forms.Form, refusal: Refusal) -> None:
    named = getattr(refusal, "field", "")
    form.add_error(named if named in form.fields else None, str(refusal))


def _on(slug: str) -> HttpResponse:
    return redirect("set-up-step", steps.after(slug).slug)


def _today() -> date:
    return clock.today(timezone.now(), queries.practice_zone())


def _send_letters(request: HttpRequest) -> None:
    """To each account without a password; a mail server that is away stops nothing."""
    for user in User.objects.without_password():
        letter = ResetPasswordForm({"email": user.email})
        try:
            if letter.is_valid():
                letter.save(request)
        except OSError:
            messages.error(
                request, "The letters could not be sent. Send them later from Settings, Accounts."
            )
            return


def _page(
    request: HttpRequest, slug: str, context: dict[str, Any], *, refused: bool = False
) -> HttpResponse:
    here, back = steps.BY_SLUG[slug], steps.before(slug)
    shown = {
        "step": here,
        "back": back.slug if back else "",
        "next": steps.after(slug).slug if here.can_wait else "",
        "stepper": [
            {
                "label": each.label,
                "url": reverse("set-up-step", args=[each.slug]) if each.slug in PAGES else "",
                "done": each is not here and each.is_done(),
                "current": each is here,
            }
            for each in steps.STEPS
        ],
        **context,
    }
    template = f"first_run/{slug.replace('-', '_')}.html"
    return render(request, template, shown, status=422 if refused else 200)
