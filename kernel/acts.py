"""
`@act` wraps every write that means something.

It checks the actor's permission and scope once, for pages, API, admin panel, tasks and imports alike;
opens the transaction; writes the audit event. A refusal and its verdicts are written after the rollback.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model

from kernel import audit, durable, gates
from kernel.actors import Actor
from kernel.models import AuditEvent
from kernel.refusals import Forbidden, OutOfScope, Refusal

F = TypeVar("F", bound=Callable[..., Any])
Scope = Callable[[Mapping[str, Any]], Any]

registry: dict[str, "Act"] = {}
_current: ContextVar["Doing | None"] = ContextVar("the act being done", default=None)


@dataclass
class Doing:
    """One act while it is done: what the audit event will say."""

    name: str
    by: Actor
    reason: str = ""
    location_id: UUID | None = None
    subjects: list[Model] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def begin_again(self) -> None:
        self.location_id = None
        self.subjects.clear()
        self.details.clear()

    def subject(self) -> tuple[str, list[UUID]]:
        if not self.subjects:
            return "", []
        kind = self.subjects[0]._meta.label_lower
        return kind, [each.pk for each in self.subjects if each._meta.label_lower == kind]


@dataclass(frozen=True)
class Act:
    """The declaration of an act: an entry of the policy registry."""

    name: str
    permission: str | None
    scope: Scope | None
    function: Callable[..., Any]


def note(*subjects: Model, reason: str = "", **details: Any) -> None:
    """Tell the audit event of the running act more: subjects, a reason, details (ids and codes, never names)."""
    doing = _current.get()
    if doing is None:
        raise RuntimeError("note() outside an act")
    doing.subjects.extend(subjects)
    doing.reason = reason or doing.reason
    doing.details.update(details)


def act(*, permission: str | None, scope: Scope | None = None) -> Callable[[F], F]:
    """
    Declare an action. `permission=None` is for what every known actor may do for themselves.

    `scope` picks the location (or locations) from the arguments; None means the whole practice.
    """

    def declare(function: F) -> F:
        parameters = inspect.signature(function).parameters
        name = f"{function.__module__.split('.')[0]}.{function.__name__}"

        @functools.wraps(function)
        def perform(**asked: Any) -> Any:
            by = asked["by"]
            doing = Doing(name, by, reason=str(asked.get("reason") or ""))

            def body() -> Any:
                doing.begin_again()  # after a deadlock nothing of the first try is true
                token = _current.set(doing)
                try:
                    _authorize(declared, asked, doing)
                    result = function(**asked)
                    _settle(doing, asked, result)
                    audit.record_act(doing)
                    return result
                except Refusal as refusal:
                    refusal.doing = refusal.doing or doing
                    raise
                finally:
                    _current.reset(token)

            return run_recorded(body)

        if "by" not in parameters:
            raise TypeError(f"{name} has no `by`")
        declared = Act(name, permission, scope, perform)
        registry[name] = declared
        perform.act = declared  # type: ignore[attr-defined]
        return perform  # type: ignore[return-value]

    return declare


def run_recorded(body: Callable[[], Any]) -> Any:
    """Run a durable body; when a refusal comes out of the outermost one, write it after the rollback."""
    if durable.is_inside():
        return body()
    try:
        return durable.run(body)
    except Refusal as refusal:
        if refusal.doing:
            durable.run(functools.partial(_record_refusal, refusal, refusal.doing))
        raise


def _record_refusal(refusal: Refusal, doing: Doing) -> None:
    denied = isinstance(refusal, Forbidden)
    doing.details |= {"refusal": refusal.code}
    doing.reason = doing.reason or str(refusal)
    audit.record_act(doing, AuditEvent.Outcome.DENIED if denied else AuditEvent.Outcome.REFUSED)
    gates.record_blocks(refusal, doing)


def _authorize(declared: Act, asked: Mapping[str, Any], doing: Doing) -> None:
    by = doing.by
    if not by.is_known:
        raise Forbidden("Sign in first.")
    if declared.permission is not None and not by.may(declared.permission):
        raise Forbidden(
            f"Your role does not include: {getattr(declared.permission, 'label', declared.permission)}."
        )
    if declared.scope is None:
        return
    places = declared.scope(asked)
    wanted = list(places) if isinstance(places, Iterable) else [places]
    if len(wanted) == 1:
        doing.location_id = getattr(wanted[0], "pk", wanted[0])
    if not by.works_at_all(wanted):
        raise OutOfScope


def _settle(doing: Doing, asked: Mapping[str, Any], result: Any) -> None:
    """Where the action named no subject itself: what it returned, or the first entity it was given."""
    if doing.subjects:
        return
    made = result if isinstance(result, list | tuple) else [result]
    found = [each for each in made if isinstance(each, Model)]
    doing.subjects = found or [each for each in asked.values() if isinstance(each, Model)][:1]
