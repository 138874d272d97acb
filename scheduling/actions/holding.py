"""Holding time for a minute while somebody books: others see who is at it, and nobody is refused twice."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from kernel import clock, live
from kernel.actors import Actor
from kernel.acts import act
from kernel.durable import violated_constraint
from kernel.locks import lock_in_order
from kernel.refusals import Refusal
from office.models import Location
from scheduling.actions.booking import period_for
from scheduling.models import AppointmentType, Hold, Reservation, ResourceKind
from scheduling.permissions import Permission
from staff.models import Practitioner

HELD_FOR = timedelta(seconds=60)


class NotFree(Refusal):
    """Somebody has this time, or is booking it."""

    code = "not-free"
    title = "This time is taken"


@act(permission=Permission.BOOK_APPOINTMENT, scope=lambda asked: asked["location"])
def hold_time(
    *,
    practitioner: Practitioner,
    location: Location,
    appointment_type: AppointmentType,
    start: datetime,
    by: Actor,
    at: datetime,
    minutes: int | None = None,
) -> Hold:
    """
    Keep a practitioner's time for a minute; whoever held another slot gives that one back.

    :raises NotFree: it is taken, or held by somebody else
    """
    period = period_for(appointment_type, start, minutes)
    lock_in_order([(ResourceKind.PRACTITIONER.value, practitioner.pk)])
    _give_back(_of(by))
    _give_back(Hold.objects.filter(expires_at__lte=at, reservations__resource_id=practitioner.pk))
    hold = Hold.objects.create(
        location=location,
        held_by_id=by.own_id,
        held_by_name=by.name[:200],
        expires_at=at + HELD_FOR,
    )
    try:
        with transaction.atomic():  # a savepoint: the refusal is ours to word
            Reservation.objects.create(
                hold=hold,
                resource_kind=ResourceKind.PRACTITIONER,
                resource_id=practitioner.pk,
                period=period,
            )
    except IntegrityError as error:
        if violated_constraint(error) == "reservation_time_free":
            raise NotFree(f"{practitioner.short} is taken then.") from error
        raise
    _show(period.lower, location)
    return hold


@act(permission=Permission.BOOK_APPOINTMENT)
def release_hold(*, hold_id: UUID, by: Actor) -> None:
    """Give one's own hold back; one that is gone, or somebody else's, stays as it is."""
    _give_back(_of(by).filter(pk=hold_id))


def sweep_lapsed_holds() -> int:
    """What has lapsed goes, also from the pages of the others; several may sweep at once."""
    with transaction.atomic():
        lapsed = Hold.objects.filter(expires_at__lte=Now()).select_for_update(skip_locked=True)
        return _give_back(lapsed)


def _of(by: Actor) -> QuerySet[Hold]:
    return Hold.objects.filter(held_by_id=by.own_id)


def _give_back(holds: QuerySet[Hold]) -> int:
    found = list(holds.prefetch_related("location", "reservations"))
    Hold.objects.filter(pk__in=[hold.pk for hold in found]).delete()
    for hold in found:
        for kept in hold.reservations.all():
            _show(kept.period.lower, hold.location)
    return len(found)


def _show(moment: datetime, location: Location) -> None:
    day = clock.local(moment, location.zone).date()
    live.changed(f"schedule:{day.isoformat()}", location)
