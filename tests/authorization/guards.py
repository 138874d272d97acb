"""
Every guard, dropped one at a time: whether the matrix reports it.

A guard is a permission or scope of an act, a permission of a page or of a verb of the API, or one place
where a queryset or the actor is asked what may be seen. A guard whose loss nobody notices is a missing
test, or stands here by name as one of two that guard the same thing.
"""

import ast
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

from communications.querysets import BroadcastQuerySet, MessageQuerySet
from desk.document_querysets import DocumentQuerySet, FolderQuerySet
from desk.querysets import ChecklistRunQuerySet, PartyQuerySet, TaskQuerySet
from kernel.actors import Actor
from kernel.acts import Act
from kernel.policy import Policy
from kernel.rooms import ROOMS
from office.querysets import LocationQuerySet, PlacedQuerySet
from patients.querysets import EncounterQuerySet, PatientQuerySet
from scheduling.querysets import AnswerQuerySet, AppointmentQuerySet
from staff.querysets import (
    CredentialQuerySet,
    EmployeeQuerySet,
    EmployeeTimeQuerySet,
    PractitionerQuerySet,
)
from tests.authorization import apart, declared, doing, matrix
from tests.authorization.examples import OWN
from tests.authorization.matrix import Cell
from tests.authorization.world import World

ROOT = Path(__file__).resolve().parents[2]
ASKS = {"visible_to", "listed_for", "findable_by", "works_at", "works_at_all"}
QUERYSETS = (
    LocationQuerySet, PlacedQuerySet, EncounterQuerySet, PatientQuerySet, AppointmentQuerySet,
    CredentialQuerySet, EmployeeQuerySet, EmployeeTimeQuerySet, PractitionerQuerySet,
    MessageQuerySet, BroadcastQuerySet, AnswerQuerySet,
    TaskQuerySet,
    ChecklistRunQuerySet, PartyQuerySet,
    DocumentQuerySet, FolderQuerySet,
)  # fmt: skip
MANAGER = "django/db/models/manager.py"

_SITE = "the rows are narrowed to a site that was chosen among the actor's own"
_ACT = "the act behind it asks again"
_DOOR = "the page asks for the same right"
_DESK = "tried by tests/desk/test_scopes.py"

# Places whose loss changes nothing that leaves the house, because another guard stands beside them.
DOUBLE = {
    "access.admin_devices.formfield_for_foreignkey: works_at": _ACT,
    "fhir.actions.importing.import_future_visit: works_at": "tried by tests/fhir/test_importing.py",
    "communications.queries.outbox.needing_a_person: visible_to": "a number; tests/communications counts it",
    "communications.queries.outbox.outbox: visible_to": _SITE,
    "patients.actions.checks.where_known: works_at": "it only picks which site is asked about",
    "patients.api.patients.answer: visible_to": _ACT,
    "patients.queries.finder.finder_rows: findable_by": "the ids come from what was found before",
    "patients.queries.profile.family: visible_to": "it only decides whether a name is a link",
    "patients.views.finder.elsewhere: findable_by": _DOOR,
    "patients.views.finder.elsewhere: visible_to": "it only leads on to the profile, which asks again",
    "patients.views.finder.mini: findable_by": _DOOR,
    "scheduling.api.appointments._location: works_at": _ACT,
    "scheduling.api.appointments.advance: visible_to": _ACT,
    "scheduling.api.appointments.answer: visible_to": _ACT,
    "scheduling.queries.confirmations.confirmations: visible_to": _SITE,
    "scheduling.queries.daybook.read_day: visible_to": _SITE,
    "scheduling.queries.figures.visits: visible_to": _SITE,
    "scheduling.queries.third_next.third_next: works_at": _SITE,
    "scheduling.queries.visits.day_visits: visible_to": _SITE,
    "scheduling.work._next_day: visible_to": "the sites are the actor's own, asked one line before",
    "scheduling.work.visits_not_confirmed: works_at": "the visits are asked for as the actor sees them",
    "staff.queries.leave._to_decide: visible_to": "whoever decides sees every leave",
    "staff.queries.people.directory: listed_for": _DOOR,
    "staff.views.answers.colleagues: visible_to": _ACT,
    "scheduling.queries.of_patient.expected_today: visible_to": _SITE,
    "scheduling.views.sheet._context: visible_to": "a colleague's name; their visits are asked for again",
    "scheduling.views.today._chosen_room: visible_to": _ACT,
    "staff.actions.time_off._known: visible_to": _ACT,
    "staff.api.people.answer: listed_for": _ACT,
    "staff.subjects.labels: listed_for": "names of colleagues, which the directory shows",
    "staff.subjects.labels: visible_to": "names of colleagues, which the directory shows",
    "staff.views.files._places: works_at": _ACT,
    "desk.actions.checklists._reopen: visible_to": _ACT,
    "desk.actions.checklists._untick: visible_to": _ACT,
    "desk.actions.parties._restore: visible_to": _ACT,
    "desk.actions.tasks._reopen: visible_to": _ACT,
    "desk.api.parties.get_queryset: visible_to": _DOOR,
    "desk.api.tasks.answer: visible_to": _ACT,
    "desk.api.tasks.list: visible_to": "whom the lines that were shown tell of, for the trail",
    "desk.queries.checklists.measured_items: visible_to": _SITE,
    "desk.queries.checklists.numbers: visible_to": _SITE,
    "desk.queries.checklists.overdue: visible_to": _DESK,
    "desk.queries.figures.due_runs: visible_to": _DESK,
    "desk.queries.figures.open_tasks: visible_to": _DESK,
    "desk.queries.parties.directory: visible_to": _DOOR,
    "desk.queries.parties.emergency_sheet: visible_to": _DOOR,
    "desk.queries.tasks.counts: visible_to": "each of the lists it counts asks as well",
    "desk.queries.tasks.next_ones: visible_to": _DESK,
    "desk.queries.tasks.open_count: visible_to": _DESK,
    "desk.subjects.labels: visible_to": _DESK,
    "desk.subjects.search: visible_to": _DESK,
    "desk.views.checklists.item_of: visible_to": _ACT,
    "desk.work.own_tasks_overdue: visible_to": _DESK,
    "desk.work.tasks_nobody_took: visible_to": _DESK,
}


@dataclass(frozen=True)
class Guard:
    """One guard: how to do without it, and whether somebody notices."""

    name: str
    without: Callable[[], AbstractContextManager[Any]]
    noticed: Callable[[World], bool]


# ---- declarations


@contextmanager
def _without(owner: Any, name: str, nothing: Any) -> Iterator[None]:
    """A frozen declaration, for a moment without its right."""
    kept = getattr(owner, name)
    object.__setattr__(owner, name, nothing)
    try:
        yield
    finally:
        object.__setattr__(owner, name, kept)


def of_acts() -> Iterator[Guard]:
    for name, act in doing.acts().items():
        for what in ("permission", "scope"):
            if getattr(act, what) is not None:
                yield Guard(f"{name}: {what}", _dropping(act, what, None), _act_noticed(name))


def _dropping(owner: Act | Policy, what: str, nothing: Any) -> Callable[[], Any]:
    return lambda: _without(owner, what, nothing)


def _act_noticed(name: str) -> Callable[[World], bool]:
    return lambda world: bool(doing.problems(world, name))


def of_pages() -> Iterator[Guard]:
    """Each `@page` and each declaration by name; asked by somebody with every right but the one."""
    seen: set[int] = set()
    for route in matrix.asked_routes():
        policy = route.policy
        if policy is None or not policy.permission or id(policy) in seen:
            continue
        seen.add(id(policy))
        cells = _cells(route.name, lambda each, policy=policy: each.policy is policy)
        yield Guard(f"page {route.name}", _dropping(policy, "permission", ""), cells)


def of_verbs() -> Iterator[Guard]:
    """Each verb of the API."""
    views = {route.view.cls for route in declared.routes() if hasattr(route.view, "actions")}
    for view in sorted(views, key=lambda each: each.__name__):
        for verb, permission in view.permissions.items():
            if permission:
                open_to_all = mock.patch.dict(view.permissions, {verb: ""})
                yield Guard(
                    f"{view.__name__}.{verb}",
                    lambda patch=open_to_all: patch,
                    _cells("", lambda each, view=view, verb=verb: _is_verb(each, view, verb)),
                )


def _is_verb(route: Any, view: Any, verb: str) -> bool:
    return getattr(route.view, "cls", None) is view and verb in route.view.actions.values()


def _cells(_name: str, wanted: Callable[[Any], bool]) -> Callable[[World], bool]:
    def noticed(world: World) -> bool:
        return any(
            EXPECTED.get(str(cell)) and asked.problems
            for route in matrix.asked_routes()
            if wanted(route)
            for cell in lacking(world, route)
            for asked in [matrix.ask(world, cell, EXPECTED[str(cell)])]
        )

    return noticed


def lacking(world: World, route: Any) -> Iterator[Cell]:
    """A route asked for by whoever has every right but one of its own."""
    for method in ("get", "post"):
        for right in sorted(NEEDS.get((route, method), ())):
            yield Cell(route, method, OWN, world.lacking(right))


# What was declared before anything was dropped.
EXPECTED: dict[str, declared.Expected] = {}
NEEDS: dict[tuple[Any, str], frozenset[str]] = {}


def remember(world: World) -> None:
    """Before the first guard is dropped."""
    doing.remember()
    for route in matrix.asked_routes():
        for method in ("get", "post"):
            NEEDS[route, method] = declared.needs(route, method) or frozenset()
        for cell in lacking(world, route):
            EXPECTED[str(cell)] = matrix.expected(world, cell)


# ---- places where it is asked what may be seen


Place = tuple[str, int]


@cache
def places() -> dict[Place, str]:
    """Every call of `visible_to` and its like in the house: file and line → what it is called here."""
    found: dict[Place, str] = {}
    for room in sorted(set(ROOMS) - {"demo"}):
        for path in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(path.read_text())
            for function in ast.walk(tree):
                if isinstance(function, ast.FunctionDef) and function.name not in ASKS:
                    found |= _asked_in(function, path)
    return found


def _asked_in(function: ast.FunctionDef, path: Path) -> dict[Place, str]:
    calls = [
        each
        for each in ast.walk(function)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in ASKS
    ]
    where = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return {
        (str(path), line): f"{where}.{function.name}: {call.func.attr}"  # type: ignore[attr-defined]
        for call in calls
        for line in {call.lineno, call.func.end_lineno or call.lineno}
    }


class Watch:
    """Sees who asks what may be seen; at one place, chosen by name, everything may be."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self.open_at = ""

    def may_all(self) -> bool:
        frame = sys._getframe(2)
        if frame.f_code.co_filename.endswith(MANAGER):
            frame = frame.f_back  # type: ignore[assignment]
        name = places().get((frame.f_code.co_filename, frame.f_lineno), "")
        self.asked.add(name)
        return bool(name) and name == self.open_at

    @contextmanager
    def on(self) -> Iterator["Watch"]:
        with (
            mock.patch.multiple(Actor, **self._instead(Actor, lambda *_: True)),
            self._querysets(QUERYSETS),
        ):
            yield self

    @contextmanager
    def _querysets(self, left: Iterable[type]) -> Iterator[None]:
        first, *rest = left
        with mock.patch.multiple(first, **self._instead(first, lambda rows, *_: rows)):
            if rest:
                with self._querysets(rest):
                    yield
            else:
                yield

    def _instead(self, owner: type, everything: Callable[..., Any]) -> dict[str, Any]:
        return {
            name: self._asking(vars(owner)[name], everything)
            for name in ASKS
            if name in vars(owner)
        }

    def _asking(self, real: Callable[..., Any], everything: Callable[..., Any]) -> Any:
        def ask(*given: Any) -> Any:
            return everything(*given) if self.may_all() else real(*given)

        return ask


Noticed = Callable[[], bool]


def meet(
    world: World, watch: Watch, cells: Iterable[Cell]
) -> tuple[dict[str, list[Noticed]], list[str]]:
    """
    Ask everything there is to ask, and say what passes by each place, and what was wrong already.

    `cells`, every act without a page, and the pages that must not change when the other site is empty.
    """
    met: dict[str, list[Noticed]] = {}
    wrong: list[str] = []

    def passed(again: Noticed) -> None:
        for name in watch.asked:
            met.setdefault(name, []).append(again)
        watch.asked.clear()

    watch.asked.clear()
    for asked in matrix.run(world, cells):
        wrong += [f"{asked.cell}: {problem}" for problem in asked.problems]
        passed(lambda asked=asked: bool(matrix.ask(world, asked.cell, asked.expected).problems))
    for name in doing.acts():
        wrong += doing.problems(world, name)
        passed(lambda name=name: bool(doing.problems(world, name)))
    without = apart.as_if_empty(world, looks := apart.looks(world))
    watch.asked.clear()
    for cell in looks:
        wrong += apart.differences(world, [cell], without)
        passed(lambda cell=cell: bool(apart.differences(world, [cell], without)))
    return met, wrong


def survivors(watch: Watch, met: dict[str, list[Noticed]], wanted: Iterable[str]) -> list[str]:
    """Of these places those whose loss nothing notices."""
    return [name for name in wanted if not _place_noticed(watch, met.get(name, []), name)]


def single() -> list[str]:
    """The places beside which nothing stands."""
    return [name for name in names() if name not in DOUBLE]


def some(wanted: Iterable[str], one_of: int) -> list[str]:
    """The same part each time, spread over the house."""
    return [name for name in wanted if zlib.crc32(name.encode()) % one_of == 0]


def names() -> list[str]:
    return sorted(set(places().values()))


def _place_noticed(watch: Watch, passing: list[Noticed], name: str) -> bool:
    watch.open_at = name
    try:
        return any(noticed() for noticed in passing)
    finally:
        watch.open_at = ""
