"""What waits for who keeps the schedule: visits nobody can keep, days nobody closed, patients nobody reached."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, DateField, DateTimeField, F, Func
from django.db.models.functions import Cast
from django.urls import reverse

from kernel import clock, work
from kernel.actors import Actor
from kernel.work import WorkItem
from office.models import Location
from scheduling.models import Appointment, Confirmation, PatientAnswer
from scheduling.permissions import Permission
from scheduling.queries import catalog
from scheduling.queries.confirmations import asks_what, open_answers
from scheduling.queries.to_move import ToMove, visits_to_move

AHEAD = timedelta(days=14)
BACK = timedelta(days=14)
A_DAY = timedelta(days=1)


@work.source(Permission.BOOK_APPOINTMENT)
def visits_nobody_can_keep(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Of the next two weeks, one line per clinician, reason and location."""
    places = catalog.locations()
    found = visits_to_move(actor, at, at + AHEAD, places)
    return [_to_move(each, places[each.location_id].zone, at) for each in found]


def _to_move(found: ToMove, zone: str, at: datetime) -> WorkItem:
    days = (found.day - clock.today(at, zone)).days
    begins = clock.local(found.first_at, zone)
    return WorkItem(
        what=f"Move {found.practitioner}’s {_visits(found.visits)}{_when(found)}",
        why=f"{found.practitioner} {found.why}. First at {begins:%-I:%M}, {found.location}.",
        verb="Move visits",
        url=_schedule(found.day, found.location_id, show="move", who=found.practitioner_id),
        icon="calendar-share",
        severity="act" if days <= 1 else "look",
        due_at=found.first_at,
        due_text=_in(found.first_at - at),
        rank=10 + days,
    )


def _when(found: ToMove) -> str:
    if found.days == 1:
        return f", {_day(found.day)}"
    return f" on {found.days} days, {found.on_first_day} on {_day(found.day)}"


@work.source(Permission.BOOK_APPOINTMENT)
def answers_of_patients(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Who wrote back that they cannot come, come late, or anything else that nobody has seen to."""
    return [_answer(each, at) for each in open_answers(actor)]


def _answer(answer: PatientAnswer, at: datetime) -> WorkItem:
    visit = answer.appointment
    begins = clock.local(visit.starts_at, visit.location.zone)
    return WorkItem(
        what=f"{visit.patient}: {asks_what(answer).lower()}",
        why=f"Visit on {begins:%a} {begins.day} {begins:%b} at {begins:%-I:%M}, {visit.location}.",
        verb="See to it",
        url=reverse("scheduling:appointment", args=[visit.pk]),
        icon="message",
        severity="act" if visit.starts_at - at < A_DAY * 2 else "look",
        due_at=visit.starts_at,
        due_text=_in(visit.starts_at - at),
        rank=12,
        about=("patients.patient", visit.patient_id),
    )


@work.source(Permission.MOVE_PATIENT_FLOW)
def visits_nobody_closed(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Of past days: neither seen out, nor no-show, nor canceled. They are missing from every figure."""
    there = Func(
        F("location__zone"), F("starts_at"), function="timezone", output_field=DateTimeField()
    )
    places = catalog.locations()
    rows = (
        Appointment.objects.visible_to(actor)
        .filter(location__in=places, starts_at__gte=at - BACK - A_DAY, starts_at__lt=at)
        .filter(status__in=("booked", "arrived", "checked-in"))
        .annotate(on=Cast(there, DateField()))
        .order_by()
        .values_list("location_id", "on")
        .annotate(visits=Count("pk"))
    )
    return [
        _open(places[key], day, count, at)
        for key, day, count in rows
        if timedelta(0) < clock.today(at, places[key].zone) - day <= BACK
    ]


def _open(location: Location, day: date, count: int, at: datetime) -> WorkItem:
    days = (clock.today(at, location.zone) - day).days
    verb = "is" if count == 1 else "are"
    return WorkItem(
        what=f"{_visits(count)} of {_day(day)} {verb} still open",
        why=f"Nobody marked what happened, so no figure counts them. {location.name}.",
        verb="See visits",
        url=_schedule(day, location.pk, view="list"),
        icon="calendar-time",
        severity="look",
        due_text="yesterday" if days == 1 else f"{days} days old",
        rank=60 - min(days, 14),
    )


@work.source(Permission.BOOK_APPOINTMENT)
def visits_not_confirmed(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Of the next open day of each location."""
    return [
        _unconfirmed(location, day, count)
        for location in catalog.locations().values()
        if actor.works_at(location)
        for day, count in [_next_day(actor, location, at)]
        if day and count
    ]


def _next_day(actor: Actor, location: Location, at: datetime) -> tuple[date | None, int]:
    tomorrow = clock.day(clock.today(at, location.zone) + timedelta(days=1), location.zone)
    booked = Appointment.objects.visible_to(actor).at_location(location).awaiting_arrival()
    first = booked.filter(
        starts_at__gte=tomorrow.lower, starts_at__lt=tomorrow.lower + timedelta(days=4)
    )
    begins = first.order_by("starts_at").values_list("starts_at", flat=True).first()
    if begins is None:
        return None, 0
    day = clock.local(begins, location.zone).date()
    of_the_day = booked.starting_in(clock.day(day, location.zone))
    return day, of_the_day.exclude(confirmation=Confirmation.CONFIRMED).count()


def _unconfirmed(location: Location, day: date, count: int) -> WorkItem:
    return WorkItem(
        what=f"{_visits(count)} of {_day(day)} not confirmed",
        why=f"Call them, or leave a message. {location.name}.",
        verb="See visits",
        url=_schedule(day, location.pk, view="list", show="scheduled"),
        icon="phone",
        due_text=_day(day),
        rank=70,
    )


def _schedule(day: date, location_id: UUID, **asked: object) -> str:
    """The schedule of a day at a place; `at` takes the reader there."""
    query = urlencode({"day": day.isoformat(), "at": location_id, **asked})
    return f"{reverse('scheduling:day')}?{query}"


def _visits(count: int) -> str:
    return "1 visit" if count == 1 else f"{count} visits"


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


def _in(left: timedelta) -> str:
    minutes = int(left.total_seconds() // 60)
    if minutes < 24 * 60:
        hours, rest = divmod(max(0, minutes), 60)
        return f"in {hours} h {rest} m" if hours else f"in {rest} m"
    return f"in {minutes // (24 * 60)} d"
