"""The routines of the demo: four weeks of ticks and temperatures behind, and today as far as the clock has come."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from access.models import User
from demo.people import DOMAIN
from demo.places import Places
from desk import starting
from desk.actions.rhythm import make_runs
from desk.models import ChecklistItem, ChecklistRun, ChecklistTemplate, RunItem
from desk.models.checklist import Asking, Evidence
from kernel import clock
from office import queries
from office.models import Location
from office.roles import Role

BACK_DAYS = 28
# What is measured: (the usual value, how far it strays); by the words of the item.
USUAL = {
    "Vaccine refrigerator": (4.6, 0.7), "Vaccine freezer": (-21.5, 1.4), "Medicine refrigerator": (5.1, 0.8),
    "Cash drawer": (200, 0), "Third next": (5, 2), "Oxygen": (1700, 150),
}  # fmt: skip
WARM = (9, "Vaccine refrigerator")  # so many days ago at the first site the door stood open
WARM_NOTE = "Door was ajar. Closed it, 4.9 °C after 40 minutes; vaccines moved meanwhile."
BEGINS = time(7, 5)


def make_checklists(places: Places, today: date, now: datetime, past_days: int) -> None:
    """The starting set at all three sites, as if they had used it since four weeks."""
    days = min(past_days, BACK_DAYS)
    for routine in starting.ROUTINES:
        template = ChecklistTemplate.objects.create(**routine.template())
        template.locations.set(places.all)
        ChecklistItem.objects.bulk_create(routine.items(template, starting.roles()))
    since = now - timedelta(days=days + 1)
    ChecklistTemplate.objects.update(created_at=since)
    _tell(places, [today - timedelta(days=back) for back in range(days, -1, -1)], now)


def play_checklists(places: Places, last: date, today: date, now: datetime) -> None:
    """The days since; what users ticked stays."""
    days = [last + timedelta(days=ahead) for ahead in range((today - last).days + 1)]
    _tell(places, days[-BACK_DAYS:], now)


def _tell(places: Places, days: Iterable[date], now: datetime) -> None:
    queries.forget_configuration()
    for day in days:
        noon = clock.from_rule(day, time(12), places.lane.zone)
        make_runs(min(noon, now) if day == clock.today(now, places.lane.zone) else noon)
    people = _people()
    open_runs = ChecklistRun.objects.open().filter(due_at__gte=now - timedelta(days=BACK_DAYS + 2))
    ticked, ended = [], []
    for run in open_runs.select_related("template", "location").prefetch_related("items__role"):
        chance = Random(f"{run.template.name} {run.location.name} {run.date}")
        if _is_forgotten(run, chance, clock.today(now, run.location.zone), places.west):
            continue
        rows = _tick(run, people, now, chance, places.lane)
        ticked += rows
        if all(each.done_at for each in run.items.all()):
            run.state, run.closed_at = (
                ChecklistRun.State.CLOSED,
                max(each.done_at for each in run.items.all()),
            )
            run.closed_by = max(run.items.all(), key=lambda each: each.done_at).done_by
            ended.append(run)
    RunItem.objects.bulk_update(
        ticked,
        ["done_at", "done_by", "done_by_name", "number", "signature", "note"],
        batch_size=500,
    )
    ChecklistRun.objects.bulk_update(ended, ["state", "closed_at", "closed_by"], batch_size=500)


def _is_forgotten(run: ChecklistRun, chance: Random, today: date, west: Location) -> bool:
    """Now and then one; and yesterday's closing at the smallest site, for somebody to find."""
    if run.location == west and run.template.name == "Closing":
        return run.date == today - timedelta(days=1)
    return chance.random() < 0.03 and run.date < today - timedelta(days=3)


def _people() -> dict[str, User]:
    accounts = {"frontdesk": Role.FRONT_DESK, "nurse": Role.NURSE, "manager": Role.MANAGER}
    found = User.objects.filter(email__in=[f"{each}@{DOMAIN}" for each in accounts])
    return {accounts[each.email.partition("@")[0]]: each for each in found}


def _tick(
    run: ChecklistRun, people: dict[str, User], now: datetime, chance: Random, first: Location
) -> list[RunItem]:
    """Item after item in the hour and a quarter before it is due, as far as the clock has come."""
    items = sorted(run.items.all(), key=lambda each: each.position)
    at = run.due_at - timedelta(minutes=75)
    rows = []
    for item in items:
        at += timedelta(minutes=chance.uniform(1.5, 75 / len(items)))
        if at > now or item.done_at is not None:
            continue
        who = (
            people[item.role.name]
            if item.role and item.role.name in people
            else people[Role.MANAGER]
        )
        item.done_at, item.done_by, item.done_by_name = at, who, who.name
        _evidence(item, run, chance, run.location == first, who, now)
        rows.append(item)
    return rows


def _evidence(
    item: RunItem, run: ChecklistRun, chance: Random, is_first: bool, who: User, now: datetime
) -> None:
    if item.evidence == Evidence.SIGNATURE:
        item.signature = who.name
    if item.evidence != Evidence.NUMBER:
        return
    item.number = _within(item, _usual(item, chance))
    ago = (clock.today(now, run.location.zone) - run.date).days
    if (
        is_first
        and ago == WARM[0]
        and item.text.startswith(WARM[1])
        and run.template.name == "Opening"
    ):
        item.number, item.note = Decimal("9.30"), WARM_NOTE


def _usual(item: RunItem, chance: Random) -> Decimal:
    middle, spread = next(
        (each for words, each in USUAL.items() if item.text.startswith(words)), (1, 0)
    )
    return Decimal(str(round(chance.gauss(middle, spread), 1)))


def _within(item: Asking, value: Decimal) -> Decimal:
    low = item.low if item.low is not None else value
    high = item.high if item.high is not None else value
    return max(low, min(high, value))
