"""Route × method × who × relation: each cell asked, and the answer held against the declarations."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from kernel.actors import Actor, Grants
from kernel.models import AuditEvent
from kernel.policy import Route
from office.roles import Role
from patients.permissions import Permission as Patients
from tests.authorization import bodies, declared, watching
from tests.authorization.declared import Expected, Outcome
from tests.authorization.examples import ELSEWHERE, NOBODY, OWN
from tests.authorization.world import Person, World

# They end the session with which the next cell would ask.
NOT_ASKED = {"account_logout", "admin:logout"}
# Pages on which one looks for, or has just chosen, somebody of the whole practice.
FINDERS = {
    "palette", "patients:duplicates", "patients:register", "patients:quick", "patient-list", "patient-search",
    "audit-find", "scheduling:new", "scheduling:look", "scheduling:book", "scheduling:walk_in", "desk:find_subject",
    "desk:add_task", "desk:find_document_subject",
}  # fmt: skip
# What a request refuses before it looks at the id: the method, and what was not sent.
BEFORE = frozenset({405, 422})


@dataclass(frozen=True)
class Cell:
    """One question: who asks for what, how, and how it stands to them."""

    route: Route
    method: str
    relation: str
    person: Person
    body: str = ""  # the name of a body in `bodies`; empty: nothing is sent
    client: Client | None = None  # another door than the person's own session
    rights: Actor | None = None  # what that door may

    def __str__(self) -> str:
        sent = f", {self.body}" if self.body else ""
        who = f"{self.person.name}{' by token' if self.rights else ''}"
        where = f"/{self.route.pattern} ({self.route.name})"
        return f"{self.method.upper()} {where} as {who}, {self.relation}{sent}"

    @property
    def actor(self) -> Actor:
        return self.rights or self.person.actor


@dataclass
class Asked:
    """What came of a cell."""

    cell: Cell
    expected: Expected
    status: int
    size: int
    statements: int
    problems: list[str] = field(default_factory=list)


def expected(world: World, cell: Cell) -> Expected:
    return declared.expected(cell.route, cell.method, cell.relation, world, cell.person, cell.actor)


def ask(world: World, cell: Cell, wanted: Expected | None = None) -> Asked:
    """Ask it, undo what it did, and say what is wrong with the answer."""
    wanted = wanted or expected(world, cell)
    declared.path(cell.route, world, cell.person, cell.relation)  # makes what the address names
    before = _theirs(world) if cell.method == "post" else []
    with watching.undone() as watched:
        answer = send(world, cell)
        told = watching.text_of(answer)
        untold = wanted.outcome is Outcome.DENIED and not _in_the_trail(cell)
        moved = bool(before and watched.written) and _theirs(world) != before
    asked = Asked(
        cell, wanted, answer.status_code, watching.size_of(answer), len(watched.statements)
    )
    asked.problems += _wrong_status(cell, wanted, answer.status_code)
    if wanted.outcome is not Outcome.OPEN and watched.written:
        asked.problems.append(f"{wanted.outcome}, but wrote to {', '.join(watched.written)}")
    if untold:
        asked.problems.append("denied, and the trail does not say so")
    if moved:
        asked.problems.append("changed what stands at the other site")
    if bodies.must_be_refused(cell) and (answer.status_code < 400 or watched.written):
        asked.problems.append(f"{answer.status_code} to what names another site's rows")
    asked.problems += _told(world, cell, wanted, told)
    return asked


def _in_the_trail(cell: Cell) -> bool:
    """A page that a right is missing for says so in the trail, by its own name: the door refused, not the act."""
    outcome, action = AuditEvent.objects.order_by("-pk").values_list("outcome", "action")[0]
    if cell.route.name in {
        "admin:",
        "admin:app_list",
    }:  # several of the panel's addresses have one name
        return outcome == "denied" and action.startswith("admin:")
    return (outcome, action) == ("denied", cell.route.name or cell.route.pattern)


def _wrong_status(cell: Cell, wanted: Expected, status: int) -> Iterator[str]:
    if wanted.fits(status):
        return
    foreign = bodies.asks_for_more(cell)
    if (
        wanted.outcome in {Outcome.HIDDEN, Outcome.KNOWN}
        and status in BEFORE
        and (foreign or not cell.body)
    ):
        return  # the same for nobody's id: `run` compares them
    if wanted.outcome is Outcome.OPEN and foreign and status in {403, 404}:
        return  # what was sent names another site's rows, or does more than the page itself
    yield f"{status}, should be {wanted.outcome}"


def _told(world: World, cell: Cell, wanted: Expected, told: str) -> Iterator[str]:
    """The words in the answer that this actor may not read, and did not send."""
    may_find = wanted.outcome is Outcome.OPEN and cell.actor.may(Patients.FIND_PATIENT)
    finds = cell.route.name if may_find and finder(cell.route) else ""
    sent = bodies.words(world, cell)
    for word in world.unseen(cell.actor, finds=finds):
        if word in told and word not in sent:
            yield f"tells “{word}”"


def finder(route: Route) -> bool:
    """Whether the page looks through the whole practice: name, birth date and chart number of everybody."""
    return route.name in FINDERS or str(route.policy.permission) == Patients.FIND_PATIENT


def _theirs(world: World) -> list[Any]:
    """What may not change from here: everything that stands at the other site only."""
    there = world.there.location.pk
    queries = [
        f"SELECT count(*), coalesce(sum(version), 0) FROM {table} WHERE location_id = %s"  # noqa: S608  constants
        for table in (
            "scheduling_appointment",
            "scheduling_hold",
            "patients_encounter",
            "desk_task",
            "desk_checklistrun",
            "desk_folder",
        )
    ]
    queries += [
        f"SELECT count(*), 0 FROM {table} WHERE location_id = %s"  # noqa: S608  constants
        for table in (
            "patients_patientlocation",
            "staff_employee_locations",
            "staff_practitioner_locations",
        )
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(queries), [there] * len(queries))
        return cursor.fetchall()


def send(world: World, cell: Cell) -> HttpResponse:
    client = cell.client or cell.person.client
    client.cookies.pop("messages", None)  # what the last act said is not this page's business
    ask: Any = getattr(client, cell.method)
    path = declared.path(cell.route, world, cell.person, cell.relation)
    if cell.method in {"get", "head", "options"}:
        return ask(path + bodies.query(world, cell))
    data = bodies.body(world, cell)
    path += data.pop("?", "")
    if path.startswith("/api/"):
        return ask(path, data, content_type="application/json")
    return ask(path, data) if cell.method == "post" else ask(path)


def run(world: World, cells: Iterable[Cell]) -> Iterator[Asked]:
    """Every cell; then that somebody else's thing and nobody's cannot be told apart."""
    kept: dict[Any, dict[str, Asked]] = {}
    for cell in cells:
        asked = ask(world, cell)
        if asked.expected.outcome is Outcome.HIDDEN:
            key = (cell.route, cell.method, cell.person.name, cell.body)
            kept.setdefault(key, {})[cell.relation] = asked
        yield asked
    for pair in kept.values():
        if pair.keys() >= {ELSEWHERE, NOBODY}:
            yield from _alike(pair[ELSEWHERE], pair[NOBODY])


def _alike(theirs: Asked, nobodys: Asked) -> Iterator[Asked]:
    told = [
        f"{what} {one}, but {other} for nobody's id: it tells that it exists"
        for what in ("status", "size", "statements")
        if (one := getattr(theirs, what)) != (other := getattr(nobodys, what))
    ]
    if told:
        yield Asked(theirs.cell, theirs.expected, theirs.status, theirs.size, 0, told)


def problems(world: World, cells: Iterable[Cell]) -> list[str]:
    """What a test asserts to be empty."""
    return [f"{asked.cell}: {problem}" for asked in run(world, cells) for problem in asked.problems]


# ---- which cells


RARE = ("put", "delete")


def by_role(person: Person, role: Role, one_of: int = 1) -> Iterator[Cell]:
    """Pages at one's own site (one in so many), asked for as this role; as one of the roles by rarer methods too."""
    methods = ("get", *RARE) if role is Role.BILLER else ("get",)
    for route in asked_routes():
        if zlib.crc32(f"{role}{route.pattern}".encode()) % one_of:
            continue
        for method in methods:
            yield Cell(route, method, OWN, person)


def by_right(world: World) -> Iterator[Cell]:
    """
    Each route by who has exactly the rights it declares, in every relation and with all that may be sent;
    and by who has every right but the one.
    """
    for route in asked_routes():
        for method in ("get", "post"):
            if (wanted := declared.needs(route, method)) is None:
                continue
            views = {view for kind in declared.kinds(route).values() for view in kind.views}
            name = f"who has only {', '.join(sorted({*wanted, *views})) or 'nothing'}"
            yield from cells_of(route, world.having({*wanted, *views}, name), [method])
            for right in sorted({*wanted, *views}):
                yield Cell(route, method, OWN, world.lacking(right))


def everything(world: World) -> Iterator[Cell]:
    """All that does not depend on which roles the office has."""
    yield from by_right(world)
    yield from by_reach(world)


def by_program(world: World) -> Iterator[Cell]:
    """The API by a token of somebody who may do everything, narrowed to one right."""
    person = world.everybody()
    for right in ("patients.view_patient", "scheduling.view_schedule", "staff.view_file"):
        rights = replace(
            person.actor, grants=Grants(frozenset([right]), person.actor.grants.locations)
        )
        door = {"client": world.narrowed(person, [right]), "rights": rights}
        for route in asked_routes():
            if route.pattern.startswith("api/v1/"):
                yield from cells_of(route, person, ("get", "post"), **door)


def by_reach(world: World) -> Iterator[Cell]:
    """By somebody with every right, at one site: only the site, the file and the owner are in the way."""
    person = world.everybody()
    for route in asked_routes():
        for cell in cells_of(route, person, ("get", "post")):
            if cell.body.endswith("there") or cell.relation == ELSEWHERE:
                yield cell


def asked_routes() -> list[Route]:
    """The routes that need a person's sign-in; a machine's pages are tried in tests/access/test_devices.py."""
    return [
        route
        for route in declared.routes()
        if route.policy
        and not route.policy.public
        and not route.policy.device
        and route.name not in NOT_ASKED
    ]


def cells_of(
    route: Route,
    person: Person,
    methods: Iterable[str],
    relations: Iterable[str] | None = None,
    **door: Any,
) -> Iterator[Cell]:
    for relation in relations or declared.relations(route):
        for method in methods:
            yield Cell(route, method, relation, person, **door)
            for body in bodies.names(route, method):
                yield Cell(route, method, relation, person, body, **door)
