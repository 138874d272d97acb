"""What waits for who looks after the people: papers that lapse, time off to decide."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from kernel import clock, work
from kernel.actors import Actor
from kernel.work import WorkItem
from staff.permissions import Permission
from staff.queries import leave, people
from staff.queries.away import zone_of
from staff.queries.credentials import Lapse, expiring_credentials

URGENT_DAYS = 30
SOON = 7  # a request for days nearer than this is urgent


@work.source(Permission.KEEP_CREDENTIALS)
def lapsing_credentials(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    """Expired, or within 30 days."""
    today = people.practice_today(at)
    return [_renewal(each) for each in expiring_credentials(actor, today, URGENT_DAYS)]


def _renewal(lapse: Lapse) -> WorkItem:
    stops = lapse.credential.is_required
    why = lapse.says + ("; nobody may be booked with them." if stops and lapse.is_expired else ".")
    if stops and not lapse.is_expired:
        why = f"{lapse.says}; without it nobody may be booked with them."
    return WorkItem(
        what=f"Renew {lapse.employee.called}: {lapse.credential.spoken}",
        why=why,
        verb="Renew",
        url=reverse("staff:renew", args=[lapse.credential.pk]),
        icon="license",
        severity="act" if stops and lapse.days <= URGENT_DAYS // 2 else "look",
        due_at=None,
        due_text=lapse.says,
        rank=max(0, 20 + lapse.days),
        about=("staff.employee", lapse.employee.pk),
    )


@work.source(Permission.DECIDE_TIME_OFF)
def requests_for_time_off(actor: Actor, at: datetime) -> Iterable[WorkItem]:
    return [_decision(each, at) for each in leave.requests_to_decide(actor)]


def _decision(request: leave.Request, at: datetime) -> WorkItem:
    days = (request.starts - clock.today(at, zone_of(()))).days
    others = f"Also away: {', '.join(request.also_away)}." if request.also_away else ""
    return WorkItem(
        what=f"Decide {request.employee.called}’s time off",
        why=f"{request.span}. {others or 'Nobody else is away then.'}",
        verb="Decide",
        url=reverse("staff:time", args=[request.time.pk]),
        icon="beach",
        severity="look" if days <= SOON else "plain",
        due_at=request.time.period.lower,
        rank=max(0, 30 + days),
        panel="time-off",
        about=("staff.employee", request.employee.pk),
    )
