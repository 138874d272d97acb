"""What people at the three sites have to do: their own, their teams', done and overdue; and a little more each day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.contrib.auth.models import Group

from access.models import User
from demo.people import DOMAIN
from demo.places import Places
from desk.models import Task, TaskEntry
from desk.queries import due
from kernel import clock
from office.roles import Role
from scheduling.models import Appointment


@dataclass(frozen=True)
class Told:
    """One line of the list: whose it is (an account, or a role for the team), made by whom, due when."""

    title: str
    to: str | Role
    by: str
    days: int | None = None
    at: time | None = None
    text: str = ""
    urgency: str = "routine"
    repeat: tuple[str, int] | None = None
    about: bool = False  # a patient of today
    said: tuple[str, str] | None = None  # by whom, what
    site: int = 0


TASKS = (
    Told("Call back about the lab result", "nurse", "frontdesk", 0, time(15), about=True, urgency="urgent",
         said=("frontdesk", "She is home after two. Prefers her mobile.")),
    Told("Fax the referral letter to the cardiologist", "frontdesk", "physician", 0, about=True),
    Told("Order nitrile gloves, size M", Role.NURSE, "frontdesk", 1, text="Two boxes left in the supply room."),
    Told("Ask about the allergy that came with the old records", Role.NURSE, "physician", 0, about=True),
    Told("Send the signed lease to the landlord", "manager", "manager", -2),
    Told("Compare the three offers for the copier", "manager", "manager", 6),
    Told("Approve the time sheets", "manager", "hr", 0, time(16), repeat=("week", 2)),
    Told("Write the agenda of the staff meeting", "manager", "manager", 2, repeat=("week", 1)),
    Told("Update the phone greeting for the holiday week", "frontdesk", "manager", 3),
    Told("Find out why statements came back from Westbrook", "biller", "manager", 1,
         said=("biller", "Eleven so far, all with the old ZIP code.")),
    Told("Ask the payer about the bundled claims", "biller", "biller", -1, time(11), urgency="urgent"),
    Told("Collect the missing I-9 page", "hr", "hr", 1),
    Told("Review who may open restricted charts", "privacy", "privacy", 9, repeat=("month", 3)),
    Told("Try the restore on the spare machine", "admin", "manager", 12, repeat=("month", 1)),
    Told("Read the letter from the specialist and say what is next", "physician", "frontdesk", 0, about=True),
    Told("Sign the school form", "physician", "nurse", 1, about=True),
    Told("Check the expiry dates in the emergency cart", Role.NURSE, "nurse", 4, repeat=("month", 1)),
    Told("Move the waiting room chairs back after the painters", Role.FRONT_DESK, "manager", 0, site=1),
    Told("Get the ultrasound gel from Lane", Role.NURSE, "nurse", 2, site=1),
    Told("Ask the landlord about the leaking tap in room 2", Role.FRONT_DESK, "manager", None, site=2),
)  # fmt: skip
DONE = (
    Told(
        "Call the patient who left without the prescription", "frontdesk", "nurse", -1, about=True
    ),
    Told("Return the borrowed nebulizer", Role.NURSE, "frontdesk", -1),
    Told("Send the quarter's figures to the accountant", "manager", "manager", -3),
    Told("Print new intake forms", "frontdesk", "frontdesk", -2),
)
DAILY = (
    Told("Call back about the refill", Role.NURSE, "frontdesk", 0, time(16), about=True),
    Told("Ask for the old records", "frontdesk", "physician", 2, about=True),
    Told("Answer the question about the bill", "biller", "frontdesk", 1, about=True),
    Told("Confirm the interpreter for tomorrow", "frontdesk", "manager", 0, time(14)),
)
SOURCE = "demo.task"


def make_tasks(places: Places, today: date, now: datetime) -> int:
    """The first day's: nothing that happened happened after now."""
    writer = _Writer(places, today, now)
    for number, told in enumerate((*TASKS, *DONE)):
        writer.write(told, f"first {number}", is_done=told in DONE)
    return writer.keep()


def play_tasks(places: Places, today: date, now: datetime) -> int:
    """On a later day: two more, and what the team had since yesterday is done by somebody."""
    keys = {f"{today} {number}" for number in range(2)}
    if Task.objects.filter(source=SOURCE, source_key__in=keys).exists():
        return 0
    writer = _Writer(places, today, now)
    chance = Random(f"tasks {today}")
    for number, told in enumerate(chance.sample(DAILY, 2)):
        writer.write(told, f"{today} {number}")
    return writer.keep() + _finish_some(today, now, chance)


def _finish_some(today: date, now: datetime, chance: Random) -> int:
    """Of the demo's own that nobody has touched, as far as their day is over."""
    left = Task.objects.open().filter(source=SOURCE, version=1, due_date__lt=today, repeat_unit="")
    done = [
        each
        for each in left.select_related("owner", "created_by", "location")
        if chance.random() < 0.7
    ]
    for task in done:
        who = task.owner or task.created_by
        closed = min(now, max(task.due_at or now, task.created_at)) - timedelta(
            minutes=chance.randrange(5, 200)
        )
        task.save_changes(state="done", closed_at=closed, closed_by=who)
    TaskEntry.objects.bulk_create(
        TaskEntry(task=each, code="done", at=each.closed_at, actor_id=each.closed_by_id,
                  actor_name=str(each.closed_by)) for each in done
    )  # fmt: skip
    return len(done)


class _Writer:
    """Gathers rows, and writes them at once."""

    def __init__(self, places: Places, today: date, now: datetime) -> None:
        self.places, self.today, self.now = places, today, now
        accounts = User.objects.filter(email__endswith=f"@{DOMAIN}")
        self.accounts = {each.email.partition("@")[0]: each for each in accounts}
        self.teams = {each.name: each for each in Group.objects.all()}
        self.tasks: list[Task] = []
        self.entries: list[TaskEntry] = []
        self.patients = self._patients_of_today()

    def _patients_of_today(self) -> list[object]:
        """Whose visit is today at the first site: both desk and nurse may see them."""
        span = clock.day(self.today, self.places.lane.zone)
        visits = Appointment.objects.starting_in(span).filter(location=self.places.lane)
        return list(visits.order_by("starts_at", "pk").values_list("patient", flat=True)[3:40:3])

    def write(self, told: Told, key: str, *, is_done: bool = False) -> None:
        location = self.places.all[told.site]
        maker = self.accounts[told.by]
        day = None if told.days is None else self.today + timedelta(days=told.days)
        made = self.now - timedelta(
            days=1 if day is None else max(1, (self.today - day).days + 1), minutes=37
        )
        task = Task(
            location=location, title=told.title, text=told.text, created_by=maker, urgency=told.urgency,
            owner=None if isinstance(told.to, Role) else self.accounts[told.to],
            team=self.teams[told.to] if isinstance(told.to, Role) else None,
            source=SOURCE, source_key=key, due_date=day, due_time=told.at if day else None,
            due_at=due.by_rule(day, told.at, location.zone) if day else None,
        )  # fmt: skip
        if told.repeat and day:
            task.repeat_unit, task.repeat_every = told.repeat
            task.repeat_on = {"week": day.weekday(), "month": day.day}.get(task.repeat_unit)
        if told.about and self.patients:
            task.about_kind, task.about_id = "patients.patient", self.patients.pop(0)
        self.tasks.append(task)
        whose = str(task.owner) if task.owner else f"the team: {task.team}"
        self._say(task, "added", maker, made, whose=whose)
        if told.said:
            self._say(
                task,
                "commented",
                self.accounts[told.said[0]],
                made + timedelta(minutes=20),
                text=told.said[1],
            )
        if is_done:
            self._finish(task, made + timedelta(hours=5))

    def _finish(self, task: Task, at: datetime) -> None:
        who = task.owner or self.accounts["nurse"]
        task.state, task.closed_at, task.closed_by = Task.State.DONE, at, who
        self._say(task, "done", who, at)

    def _say(self, task: Task, code: str, who: User, at: datetime, **more: str) -> None:
        self.entries.append(
            TaskEntry(task=task, code=code, at=at, actor_id=who.pk, actor_name=who.name, **more)
        )

    def keep(self) -> int:
        Task.objects.bulk_create(self.tasks)
        TaskEntry.objects.bulk_create(self.entries)
        return len(self.tasks)
