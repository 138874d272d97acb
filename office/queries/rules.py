"""The rules of the office as their page shows them: how strict, and what they did."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import Permission as PermissionRow
from django.db.models import Count, Q, QuerySet

from kernel import gates, permissions
from kernel.actors import Actor
from kernel.models import GateSetting, GateVerdict

LOOKS_BACK = timedelta(days=30)
A_WEEK = timedelta(days=7)
SHOWN = 50
LEVELS = {"block": "Blocks", "warn": "Warns", "off": "Off"}


@dataclass(frozen=True)
class RuleLine:
    """One rule: what it is about, what it does now and from when on, and how often it spoke."""

    name: str
    title: str
    asked_when: str
    point: str
    level: str
    does: str
    who_overrides: str
    fired: int
    overridden: int
    later: str
    version: int
    override_permission: str
    starts_at: datetime | None

    @property
    def room(self) -> str:
        return self.name.split(".")[0]


@dataclass(frozen=True)
class Fired:
    """One time a rule spoke."""

    at: datetime
    who: str
    sentence: str
    outcome: str
    reason: str
    subject_kind: str
    subject_id: object


def rule_lines(actor: Actor, now: datetime) -> list[RuleLine]:
    """Every registered rule; counts are of the last thirty days where the actor works."""
    counts = _counts(actor, now)
    holders = _roles_by_permission()
    stored = gates.settings_now()
    return [
        _line(each, stored.get(each.name), counts, holders, now)
        for each in sorted(gates.all_rules(), key=lambda rule: (rule.point, rule.title))
    ]


def fired(rule: str, actor: Actor) -> list[Fired]:
    """The latest times a rule spoke, newest first."""
    rows = _verdicts(actor).filter(rule=rule).order_by("-at", "-id")[:SHOWN]
    return [
        Fired(row.at, row.actor_name, row.sentence, row.outcome, row.reason, row.subject_kind, row.subject_id)
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Override:
    """One time somebody went past a block. Why stands on the rules' page, which is audited."""

    rule: str
    title: str
    who: str
    at: datetime


def latest_overrides(actor: Actor, now: datetime, limit: int) -> tuple[list[Override], int]:
    """Of the last seven days where the actor works, the newest first, and how many there were."""
    rows = _verdicts(actor).filter(outcome=GateVerdict.Outcome.OVERRIDDEN, at__gt=now - A_WEEK)
    titles = {rule.name: rule.title for rule in gates.all_rules()}
    found = [
        Override(row.rule, titles.get(row.rule, row.rule), row.actor_name, row.at)
        for row in rows.order_by("-at", "-id")[:limit]
    ]
    return found, rows.count() if len(found) == limit else len(found)


def _verdicts(actor: Actor) -> QuerySet[GateVerdict]:
    rows = GateVerdict.objects.all()
    if actor.grants.everything:
        return rows
    return rows.filter(Q(location_id=None) | Q(location_id__in=actor.grants.locations))


def _counts(actor: Actor, now: datetime) -> Counter[tuple[str, str]]:
    rows = (
        _verdicts(actor)
        .filter(at__gt=now - LOOKS_BACK)
        .values("rule", "outcome")
        .annotate(times=Count("id"))
    )
    return Counter({(row["rule"], row["outcome"]): row["times"] for row in rows})


def _roles_by_permission() -> dict[str, list[str]]:
    rows = PermissionRow.objects.filter(group__isnull=False).values_list(
        "content_type__app_label", "codename", "group__name"
    )
    holders: dict[str, list[str]] = {}
    for room, codename, role in rows.order_by("group__name"):
        holders.setdefault(f"{room}.{codename}", []).append(role)
    return holders


def _line(
    rule: gates.Rule,
    stored: GateSetting | None,
    counts: Counter[tuple[str, str]],
    holders: dict[str, list[str]],
    now: datetime,
) -> RuleLine:
    current = gates.under(rule, stored)
    waits = bool(stored and stored.starts_at and stored.starts_at > now)
    times = {outcome: counts[rule.name, outcome] for outcome in GateVerdict.Outcome.values}
    return RuleLine(
        name=rule.name,
        title=rule.title,
        asked_when=gates.asked_when(rule.point),
        point=rule.point,
        level=current.level,
        does=LEVELS[current.level],
        who_overrides=_who(current, holders),
        fired=sum(times.values()),
        overridden=times["overridden"],
        later=LEVELS[stored.level] if stored and waits else "",
        version=stored.version if stored else 0,
        override_permission=stored.override_permission if stored else rule.override,
        starts_at=stored.starts_at if stored and waits else None,
    )


def _who(rule: gates.Rule, holders: dict[str, list[str]]) -> str:
    if rule.level != "block":
        return "–"
    if not rule.override:
        return "Nobody"
    roles = holders.get(rule.override, [])
    return f"{', '.join(roles)}, with reason" if roles else "Nobody has the right yet"


def override_choices() -> list[tuple[str, str]]:
    """Rights that may let somebody go past a rule."""
    return sorted(((str(each), each.label) for each in permissions.declared()), key=lambda c: c[1])
