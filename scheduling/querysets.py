from typing import Self

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from kernel.actors import Actor
from scheduling.permissions import Permission

HOLDING = ("proposed", "pending", "booked", "arrived", "checked-in", "fulfilled")


class AppointmentQuerySet(models.QuerySet):
    """The questions a front desk asks of the schedule; every answer chains."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.grants.everything:
            return self
        if not actor.may(Permission.VIEW_SCHEDULE):
            return self.none()
        return self.filter(location__in=actor.grants.locations)

    def starting_in(self, span: DateTimeTZRange) -> Self:
        """By start, on a plain index; a visit belongs to the day on which it begins."""
        return self.filter(starts_at__gte=span.lower, starts_at__lt=span.upper)

    def holding_time(self) -> Self:
        return self.filter(status__in=HOLDING)

    def awaiting_arrival(self) -> Self:
        return self.filter(status="booked")

    def shown(self) -> Self:
        return self.exclude(status__in=["cancelled", "entered-in-error"])

    def at_location(self, location: models.Model) -> Self:
        return self.filter(location=location)


class AnswerQuerySet(models.QuerySet):
    """What patients said about their visits."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.grants.everything:
            return self
        if not actor.may(Permission.VIEW_SCHEDULE):
            return self.none()
        return self.filter(appointment__location__in=actor.grants.locations)

    def unsettled(self) -> Self:
        return self.filter(settled_at=None)


class ReservationQuerySet(models.QuerySet):
    """Time that is taken."""

    def live(self) -> Self:
        return self.filter(is_live=True)

    def of(self, resource_id: object) -> Self:
        return self.filter(resource_id=resource_id)

    def touching(self, span: DateTimeTZRange) -> Self:
        return self.filter(period__overlap=span)
