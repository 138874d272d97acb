"""
Gates: a point in the work where the office's rules are asked.

A rule looks at all the questions at once (set-based) and answers for each with nothing, or with a
`Finding`: a sentence, the facts behind it, and the way out. Whether that warns or blocks, and who may
go on all the same, is the practice's configuration; the rule only brings a default.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from kernel.actors import Actor
from kernel.memo import for_a_moment
from kernel.models import GateSetting, GateVerdict
from kernel.refusals import Refusal

if TYPE_CHECKING:
    from kernel.acts import Doing

log = logging.getLogger(__name__)

SLOW_SECONDS = 0.2
Question = Mapping[str, Any]


@dataclass(frozen=True)
class Remedy:
    """The way out: a verb with its object, where to do it, and the right it takes; others are not sent there."""

    label: str
    url: str
    permission: str = ""


@dataclass(frozen=True)
class Finding:
    """What a rule found: the whole sentence, the facts behind it, the remedy."""

    sentence: str
    facts: tuple[tuple[str, str], ...] = ()
    remedy: Remedy | None = None


@dataclass(frozen=True)
class Verdict:
    """A finding with the practice's strictness: `level` is warn or block."""

    rule: str
    title: str
    level: str
    finding: Finding
    override_permission: str = ""
    reason: str = ""

    @property
    def blocks(self) -> bool:
        return self.level == "block" and not self.reason

    def may_override(self, by: Actor) -> bool:
        return bool(self.override_permission) and by.may(self.override_permission)

    def shown_to(self, by: Actor) -> "Verdict":
        """Without a remedy that would lead this actor to a closed door."""
        remedy = self.finding.remedy
        if remedy is None or not remedy.permission or by.may(remedy.permission):
            return self
        return replace(self, finding=replace(self.finding, remedy=None))


RuleFunction = Callable[[Sequence[Question]], Sequence[Finding | None]]


@dataclass(frozen=True)
class Rule:
    point: str
    name: str
    title: str
    level: str
    override: str
    function: RuleFunction = field(compare=False)


class Blocked(Refusal):
    """A gate said no; carries every verdict with its remedy."""

    code = "blocked"
    title = "A rule of the office stops this"

    def __init__(self, point: str, verdicts: Sequence[Verdict], question: Question) -> None:
        blocks = [verdict for verdict in verdicts if verdict.blocks]
        super().__init__(" ".join(verdict.finding.sentence for verdict in blocks), point=point)
        self.point = point
        self.question = question
        self.verdicts = tuple(verdicts)


_rules: dict[str, list[Rule]] = {}
_points: dict[str, bool] = {}
_asked_when: dict[str, str] = {}


def point(name: str, *, asked_when: str = "", closed: bool = False) -> str:
    """
    Name a question; `asked_when` says on the page of rules what somebody is doing then.

    At a closed point a rule that fails to answer counts as a no.
    """
    _points[name] = closed
    _asked_when[name] = asked_when or name
    return name


def asked_when(name: str) -> str:
    return _asked_when.get(name, name)


def rule(
    at: str, name: str, title: str, *, level: str = "block", override: str = ""
) -> Callable[[RuleFunction], RuleFunction]:
    """Register a rule at a point, with its default level and who may override it."""

    def register(function: RuleFunction) -> RuleFunction:
        rules = _rules.setdefault(at, [])
        if any(each.name == name for each in rules):
            raise ValueError(f"rule {name} stands twice at {at}")
        rules.append(Rule(at, name, title, level, str(override), function))
        return function

    return register


def all_rules() -> list[Rule]:
    return [each for rules in _rules.values() for each in rules]


def ask(
    at: str, *, by: Actor, overrides: Mapping[str, str] | None = None, **question: Any
) -> tuple[Verdict, ...]:
    """
    Ask every rule at a point, inside the act it guards, and keep what was said.

    :param overrides: rule name → reason, for blocks this actor may and wants to go past
    :raises Blocked: if a block remains
    """
    verdicts = tuple(_overridden(each, by, overrides or {}) for each in look(at, **question))
    if any(each.blocks for each in verdicts):
        raise Blocked(at, verdicts, question)
    _keep(at, verdicts, by, question)
    return verdicts


def look(at: str, **question: Any) -> tuple[Verdict, ...]:
    """What the rules would say now; nothing is kept. Blocks first."""
    return look_many(at, [question])[0]


def look_many(at: str, questions: Sequence[Question]) -> list[tuple[Verdict, ...]]:
    """`look` for many questions at once: each rule is called once."""
    active = rules_at(at)
    try:
        # One savepoint for all rules: a failed query must not take the act with it.
        with transaction.atomic():
            found = [_findings(each, questions) for each in active]
    except DatabaseError:
        found = [_findings_alone(each, questions) for each in active]
    answers: list[list[Verdict]] = [[] for _ in questions]
    for each, findings in zip(active, found, strict=True):
        for verdicts, finding in zip(answers, findings, strict=True):
            if finding is FAILED:
                verdicts.append(_unanswered(each))
            elif finding is not None:
                verdicts.append(Verdict(each.name, each.title, each.level, finding, each.override))
    return [
        tuple(sorted(verdicts, key=lambda verdict: verdict.level != "block"))
        for verdicts in answers
    ]


def rules_at(at: str) -> list[Rule]:
    """The rules that are asked at a point, as strict as the practice has set them."""
    return [each for each in map(as_configured, _rules.get(at, [])) if each.level != "off"]


def level_of(name: str) -> str:
    """How strict the practice has set a rule: warn, block or off; off too when no room brings it."""
    found = next((each for each in all_rules() if each.name == name), None)
    return as_configured(found).level if found else "off"


FAILED = Finding("")


def as_configured(asked: Rule) -> Rule:
    """The rule as strict as the practice wants it now."""
    return under(asked, settings_now().get(asked.name))


def under(asked: Rule, setting: GateSetting | None) -> Rule:
    """The rule under a setting: what holds now, and what was before while the setting waits for its day."""
    if setting is None:
        return asked
    if setting.starts_at and setting.starts_at > timezone.now():
        if not setting.until_then_level:
            return asked
        return replace(asked, level=setting.until_then_level, override=setting.until_then_override)
    return replace(asked, level=setting.level, override=setting.override_permission)


def _findings(asked: Rule, questions: Sequence[Question]) -> Sequence[Finding | None]:
    began = time.perf_counter()
    try:
        found = asked.function(questions)
    except DatabaseError:
        raise
    except Exception:  # whatever a rule trips over, the desk goes on working, and somebody is told
        log.exception("gate rule failed", extra={"rule": asked.name})
        return [FAILED] * len(questions)
    if time.perf_counter() - began > SLOW_SECONDS:
        log.warning("gate rule slow", extra={"rule": asked.name})
    return found


def _findings_alone(asked: Rule, questions: Sequence[Question]) -> Sequence[Finding | None]:
    """The slow way, after one of the rules broke the shared savepoint: find out which."""
    try:
        with transaction.atomic():  # a savepoint of its own
            return _findings(asked, questions)
    except DatabaseError:
        log.exception("gate rule failed", extra={"rule": asked.name})
        return [FAILED] * len(questions)


def _unanswered(asked: Rule) -> Verdict:
    level = "block" if _points.get(asked.point) else "warn"
    sentence = (
        f"The rule “{asked.title}” could not be checked just now. Look yourself before you go on."
    )
    return Verdict(asked.name, asked.title, level, Finding(sentence))


def _overridden(verdict: Verdict, by: Actor, overrides: Mapping[str, str]) -> Verdict:
    reason = overrides.get(verdict.rule, "").strip()
    if verdict.level == "block" and reason and verdict.may_override(by):
        return replace(verdict, reason=reason)
    return verdict


@for_a_moment
def settings_now() -> dict[str, GateSetting]:
    """What the practice has configured, also for later."""
    return {row.rule: row for row in GateSetting.objects.all()}


def _keep(at: str, verdicts: Iterable[Verdict], by: Actor, question: Question) -> None:
    rows = [_row(at, each, by, question) for each in verdicts]
    if rows:
        GateVerdict.objects.bulk_create(rows)


def exempt(at: str, *, by: Actor, sentence: str, reason: str) -> None:
    """Keep that the rules of a point were not asked at all, and why: one verdict for an import of history."""
    GateVerdict.objects.create(
        point=at,
        rule="",
        outcome=GateVerdict.Outcome.EXEMPT,
        sentence=sentence,
        reason=reason,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:200],
    )


def record_blocks(refusal: Refusal, doing: "Doing") -> None:
    """After the rollback: keep what stopped the act."""
    if isinstance(refusal, Blocked):
        _keep(refusal.point, refusal.verdicts, doing.by, refusal.question)


def _row(at: str, verdict: Verdict, by: Actor, question: Question) -> GateVerdict:
    outcome = (
        "overridden" if verdict.reason else "blocked" if verdict.level == "block" else "warned"
    )
    location, patient = question.get("location"), question.get("patient")
    return GateVerdict(
        point=at,
        rule=verdict.rule,
        outcome=outcome,
        sentence=verdict.finding.sentence,
        reason=verdict.reason,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:200],
        location_id=getattr(location, "pk", None),
        subject_kind=patient._meta.label_lower if patient else "",
        subject_id=getattr(patient, "pk", None),
    )
