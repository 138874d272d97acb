"""The routines an office starts with: opening, closing, the week, the month. The practice changes them as it likes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group

from desk.models import ChecklistItem, ChecklistTemplate
from desk.models.checklist import Evidence, Rhythm
from office.roles import Role

DESK, NURSE, MANAGER = Role.FRONT_DESK, Role.NURSE, Role.MANAGER


@dataclass(frozen=True)
class Item:
    text: str
    role: Role
    evidence: Evidence = Evidence.NONE
    unit: str = ""
    low: str = ""
    high: str = ""
    is_critical: bool = False


@dataclass(frozen=True)
class Routine:
    name: str
    rhythm: Rhythm
    due: time
    lines: tuple[Item, ...]
    weekday: int | None = None
    day_of_month: int | None = None

    def template(self) -> dict[str, Any]:
        return {
            "name": self.name, "rhythm": self.rhythm, "due_time": self.due, "weekday": self.weekday,
            "day_of_month": self.day_of_month,
        }  # fmt: skip

    def items(self, template: ChecklistTemplate, roles: Mapping[str, Group]) -> list[ChecklistItem]:
        return [
            ChecklistItem(
                template=template, position=10 * place, text=line.text, role=roles.get(line.role),
                evidence=line.evidence, unit=line.unit, low=Decimal(line.low) if line.low else None,
                high=Decimal(line.high) if line.high else None, is_critical=line.is_critical,
            )
            for place, line in enumerate(self.lines, 1)
        ]  # fmt: skip


def _degrees(text: str, low: str, high: str) -> Item:
    return Item(text, NURSE, Evidence.NUMBER, "°C", low, high, is_critical=True)


OPENING = Routine(
    "Opening", Rhythm.DAILY, time(8, 15),
    (
        Item("Alarm off, lights on, doors and restrooms looked at", DESK),
        Item("Phones taken back from the answering service, night messages pulled", DESK, is_critical=True),
        Item("Fax, portal and e-mail of the night handed to those they are for", DESK),
        _degrees("Vaccine refrigerator, temperature now", "2", "8"),
        _degrees("Vaccine freezer, temperature now", "-50", "-15"),
        _degrees("Medicine refrigerator, temperature now", "2", "8"),
        Item("Lab controls run and in range", NURSE, is_critical=True),
        Item("Overnight lab pick-up is gone", NURSE),
        Item("Exam rooms stocked, oxygen and suction ready", NURSE),
        Item("Cash drawer out, counted", DESK, Evidence.NUMBER, "$", "0", "", is_critical=True),
        Item("Today’s schedules and the day sheet are where they are needed", DESK),
    ),
)  # fmt: skip
CLOSING = Routine(
    "Closing", Rhythm.DAILY, time(18, 30),
    (
        Item("Every patient has left, and every visit of today has an end", DESK, is_critical=True),
        Item("Charges of today are in", NURSE),
        Item("No-shows called or written down for tomorrow", DESK),
        Item("Cash drawer counted by two people", DESK, Evidence.NUMBER, "$", "0", ""),
        Item("Second person who counted", DESK, Evidence.SIGNATURE, is_critical=True),
        _degrees("Vaccine refrigerator, temperature now", "2", "8"),
        _degrees("Vaccine freezer, temperature now", "-50", "-15"),
        Item("Medicines and prescription paper locked away", NURSE, is_critical=True),
        Item("Lab specimens picked up or in the lock box", NURSE),
        Item("Tomorrow’s schedules looked at: gaps, interpreters, equipment", DESK),
        Item("Who is on call tonight is known to the answering service, phones forwarded", DESK, is_critical=True),
        Item("Screens signed out, windows shut, alarm on", DESK),
    ),
)  # fmt: skip
WEEKLY = Routine(
    "The week", Rhythm.WEEKLY, time(16), weekday=0, lines=(
        Item("Roster of the next two weeks looked at, holes given to somebody", MANAGER),
        Item("Overdue accounts: each has an owner and a date", MANAGER),
        Item("Overdue tasks of everybody talked over", MANAGER),
        Item("Backup of last night is there, and its check is green", MANAGER, is_critical=True),
        Item("Third next opening written down", MANAGER, Evidence.NUMBER, "days", "0", "10"),
        Item("Supplies counted, order sent", NURSE),
        Item("Autoclave spore test run", NURSE, is_critical=True),
        Item("Eyewash flushed for three minutes", NURSE),
    ),
)  # fmt: skip
MONTHLY = Routine(
    "The month", Rhythm.MONTHLY, time(17), day_of_month=1, lines=(
        Item("Emergency kit: seal, contents and dates checked", NURSE, is_critical=True),
        Item("Defibrillator: light is green, pads and battery in date", NURSE, is_critical=True),
        Item("Oxygen cylinder, pressure", NURSE, Evidence.NUMBER, "psi", "500", "2300"),
        Item("Fire extinguishers and exit lights looked at", MANAGER),
        Item("Medicines and samples: what expires within 60 days is taken out", NURSE),
        Item("Licenses and certificates of the next 90 days have been asked for", MANAGER),
        Item("Exclusion lists looked through for everybody who works here", MANAGER, is_critical=True),
        Item("Who may open what: accounts of those who left are closed", MANAGER),
        Item("A restore of the backup was tried", MANAGER),
    ),
)  # fmt: skip
ROUTINES = (OPENING, CLOSING, WEEKLY, MONTHLY)


def roles() -> dict[str, Group]:
    """The starting roles that the practice still has."""
    return {each.name: each for each in Group.objects.filter(name__in=[DESK, NURSE, MANAGER])}
