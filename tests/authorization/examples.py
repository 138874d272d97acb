"""
What an address may name: for every id parameter of every route something real at one's own site, something
of somebody else's, and an id of nobody.

A route with a parameter that no line here covers fails the build. What a kind of thing is bound to is said
once, for all roles: at a site, in a personnel file, owned by one person, found by the whole practice.
"""

import fnmatch
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType

from communications import links
from communications.models import SendingSetting
from communications.permissions import Permission as Messages
from desk.permissions import Permission as Desk
from kernel import metrics, policy
from kernel.actors import Actor
from patients.permissions import Permission as Patients
from scheduling.models import Availability, ReminderRule
from scheduling.permissions import Permission as Scheduling
from staff.permissions import Permission as Staff
from tests.authorization.world import Person, World

OWN, ELSEWHERE, NOBODY, REPORT = "own", "elsewhere", "nobody", "report"
UNKNOWN = UUID("01930000-0000-7000-8000-000000000000")
HIDDEN = frozenset({404})

Values = dict[str, Callable[[World, Person], Any]]
Sees = Callable[[Actor, World, Person, str], bool]


@dataclass(frozen=True)
class Kind:
    """One kind of thing: what stands for each relation, who sees it, and how it hides from the others."""

    values: Values
    sees: Sees
    hidden: frozenset[int] = HIDDEN  # the answer where it is not seen
    views: tuple[str, ...] = ()  # what seeing it needs beside the route's own permission
    listed: str = ""  # who has this right knows that it exists: for them it is closed, not hidden
    unknown: frozenset[int] = HIDDEN


def at_a_site(row: str, *views: str, **more: Any) -> Kind:
    """Stands at one site: for those who work there."""

    def sees(actor: Actor, world: World, _person: Person, relation: str) -> bool:
        shelf = {OWN: world.here, ELSEWHERE: world.there}.get(relation)
        return shelf is not None and actor.works_at(shelf.location) and all(map(actor.may, views))

    return Kind(_shelved(row), sees, views=views, **more)


def in_a_file(row: str, everybody: str, *, reports: bool = True, **more: Any) -> Kind:
    """Of one person: theirs, their supervisor's (`reports`), and whoever may see all."""
    name = f" {row}" if row else ""
    values: Values = {
        OWN: lambda _world, person: person.rows[f"file{name}"].pk,
        REPORT: lambda _world, person: person.rows[f"report{name}"].pk,
        ELSEWHERE: lambda world, _person: getattr(world.there, row or "employee").pk,
        NOBODY: _nobody,
    }

    def sees(actor: Actor, _world: World, person: Person, relation: str) -> bool:
        if relation == ELSEWHERE or (relation == REPORT and not reports):
            return actor.may(everybody)
        return relation != NOBODY and (actor.may(everybody) or actor.id == person.user.pk)

    return Kind(values, sees, **more)


def owned(row: str, **more: Any) -> Kind:
    """One person's and nobody else's."""
    values: Values = {
        OWN: lambda _world, person: _key(person.rows[row]),
        ELSEWHERE: lambda world, _person: _key(world.other.rows[row]),
        NOBODY: more.pop("nobody", _nobody),
    }

    def sees(actor: Actor, _world: World, person: Person, relation: str) -> bool:
        return relation == OWN and actor.id == person.user.pk

    return Kind(values, sees, **more)


def of_the_practice(row: str, *views: str, **more: Any) -> Kind:
    """The practice's, wherever it stands: for whoever has the route's permission."""

    def sees(actor: Actor, _world: World, _person: Person, relation: str) -> bool:
        return relation != NOBODY and all(map(actor.may, views))

    return Kind(_shelved(row), sees, views=views, **more)


def only(
    value: Any,
    *views: str,
    needs: Callable[[Actor], bool] = lambda _: True,
    nobody: Any = "no-such-word",
    **more: Any,
) -> Kind:
    """What belongs to no site and nobody: configuration, a word; `needs`: who may use it at all."""
    value = value if callable(value) else (lambda _world, _person, fixed=value: fixed)
    return Kind(
        {OWN: value, NOBODY: lambda _world, _person: nobody},
        lambda actor, _world, _person, relation: relation == OWN and needs(actor),
        views=views,
        **more,
    )


def _shelved(row: str) -> Values:
    return {
        OWN: lambda world, _person: getattr(world.here, row).pk,
        ELSEWHERE: lambda world, _person: getattr(world.there, row).pk,
        NOBODY: _nobody,
    }


def _nobody(_world: World, _person: Person) -> UUID:
    return UNKNOWN


def _key(row: Any) -> Any:
    return getattr(row, "pk", row)


def _figure(actor: Actor) -> bool:
    return metrics.find("wait", actor) is not None


def _first_availability(world: World, _person: Person) -> Any:
    return Availability.objects.filter(location=world.here.location).order_by("pk").first().pk


def _sending() -> SendingSetting:
    return SendingSetting.objects.get_or_create()[0]


# Answers that are the same for a stranger's thing and for nobody's, and change nothing.
SILENT = frozenset({204})
REFUSED = frozenset({302, 409})
LISTED = {"listed": Staff.VIEW_DIRECTORY}
PANEL = {"unknown": frozenset({302, 403, 404})}  # Django's admin leads back to its list

VISIT = at_a_site("visit", Scheduling.VIEW_SCHEDULE)
CHART = at_a_site("patient", Patients.VIEW_PATIENT)
PAPER = at_a_site("document", Desk.VIEW_DOCUMENTS)
PAPER_FOLDER = at_a_site("folder", Desk.VIEW_DOCUMENTS)
TASK = at_a_site("task", Desk.VIEW_ALL_TASKS)  # somebody else's

# A supervisor sees a report's leave; taking it back is the person's, or who decides.
CANCELLED = in_a_file("leave", Staff.DECIDE_TIME_OFF, reports=False, hidden=frozenset({403, 404}))

# A passkey of one's own needs a real authenticator: tests/access has one.
PASSKEY = Kind(
    {
        OWN: lambda *_: 999_998,
        ELSEWHERE: lambda world, _person: world.other.rows["passkey"].pk,
        NOBODY: lambda *_: 999_999,
    },
    lambda *_: False,
)

# route name (pattern), parameter → what it names. The first line that fits holds.
EXAMPLES: tuple[tuple[str, str, Kind], ...] = (
    ("patients:elsewhere", "patient_id", of_the_practice("patient", Patients.FIND_PATIENT)),
    ("patients:bring-here", "patient_id", of_the_practice("patient", Patients.FIND_PATIENT)),
    ("patients:mini", "patient_id", of_the_practice("patient", Patients.FIND_PATIENT)),
    ("patients:*", "patient_id", CHART),
    ("patients:*", "contact_id", at_a_site("contact", Patients.VIEW_PATIENT)),
    ("patients:*", "address_id", at_a_site("address", Patients.VIEW_PATIENT)),
    ("patients:*", "person_id", at_a_site("related", Patients.VIEW_PATIENT)),
    ("patient-*", "pk", CHART),
    ("encounter-*", "pk", at_a_site("encounter", Patients.VIEW_PATIENT)),
    ("appointment-type-*", "pk", only(lambda world, _: world.kind.pk, nobody=UNKNOWN)),
    ("appointment-advance", "pk", at_a_site("arrived", Scheduling.VIEW_SCHEDULE)),
    ("appointment-*", "pk", VISIT),
    ("scheduling:release", "hold_id", owned("hold", hidden=SILENT, unknown=SILENT)),
    ("scheduling:step", "appointment_id", at_a_site("arrived", Scheduling.VIEW_SCHEDULE)),
    ("scheduling:*", "appointment_id", VISIT),
    ("scheduling:settle_answer", "answer_id", at_a_site("answer", Scheduling.VIEW_SCHEDULE)),
    ("communications:*", "message_id", at_a_site("message", Messages.VIEW_MESSAGES)),
    ("communications:*", "broadcast_id", at_a_site("broadcast")),
    ("communications:*", "kind", only("appointment.reminder")),
    ("communications:*", "way", only("sms")),
    ("communications:*", "language", only("en")),
    ("portal:answer", "token", only(lambda world, _: links.token(world.here.message.pk))),
    ("scheduling:step", "to", only("room", unknown=frozenset({404, 422}))),
    ("scheduling:new-patient", "door", only("new", unknown=frozenset({200, 302, 303, 422}))),
    ("practitioner-*", "pk", at_a_site("practitioner")),
    ("location-*", "pk", at_a_site("location")),
    ("employee-time-cancel", "pk", CANCELLED),
    ("employee-time-*", "pk", in_a_file("leave", Staff.DECIDE_TIME_OFF)),
    ("employee-*", "pk", in_a_file("", Staff.VIEW_ALL_FILES)),
    ("credential-*", "pk", in_a_file("credential", Staff.VIEW_ALL_FILES)),
    ("staff:*", "employee_id", in_a_file("", Staff.VIEW_ALL_FILES, **LISTED)),
    ("staff:*", "credential_id", in_a_file("credential", Staff.VIEW_ALL_FILES)),
    ("staff:cancel", "time_id", CANCELLED),
    ("staff:*", "time_id", in_a_file("leave", Staff.DECIDE_TIME_OFF)),
    ("desk:*", "run_id", at_a_site("run")),
    ("desk:checklist_numbers", "item_id", at_a_site("measured")),
    ("desk:*", "item_id", at_a_site("run_item")),
    ("desk:*", "party_id", of_the_practice("party", Desk.VIEW_PARTIES)),
    ("checklist-*", "pk", at_a_site("run")),
    ("party-*", "pk", of_the_practice("party")),
    ("admin:desk_checklisttemplate_*", "object_id", of_the_practice("checklist", **PANEL)),
    ("desk:about_tasks", "kind", Kind({OWN: lambda *_: "patients.patient"}, lambda *_: True)),
    ("desk:about_tasks", "subject_id", CHART),
    ("desk:*", "task_id", TASK),
    ("task-*", "pk", TASK),
    ("desk:*", "folder_id", PAPER_FOLDER),
    ("desk:*", "document_id", PAPER),
    ("desk:*", "number", only(1, nobody=99)),
    ("desk:*", "leaf", only(1, nobody=99)),
    ("document-*", "pk", PAPER),
    ("fhir:*", "job_id", owned("import")),
    ("job*", "pk", owned("job")),
    ("end-session", "pk", owned("browser")),
    ("end-token", "pk", owned("token")),
    ("mfa_*_webauthn", "pk", PASSKEY),
    ("metric-*", "name", only("wait", Scheduling.VIEW_SCHEDULE, needs=_figure)),
    ("reporting:*", "name", only("wait", Scheduling.VIEW_SCHEDULE, needs=_figure)),
    ("rule-change", "name", only("scheduling.same_day")),
    ("set-up-step", "slug", only("practice", unknown=frozenset({404, 302}))),
    ("undo", "token", owned("undo", hidden=REFUSED, unknown=REFUSED, nobody=lambda *_: "x")),
    ("audit-who-looked", "kind", only("patients.patient", unknown=frozenset({200}))),
    ("audit-who-looked", "pk", of_the_practice("patient", unknown=frozenset({200}))),
    ("admin:office_location_*", "object_id", of_the_practice("location", **PANEL)),
    ("admin:office_room_*", "object_id", of_the_practice("room", **PANEL)),
    ("admin:office_device_*", "object_id", of_the_practice("device", **PANEL)),
    ("admin:office_closure_*", "object_id", of_the_practice("closure", **PANEL)),
    ("admin:office_practice_*", "object_id", only(lambda world, _: world.practice.pk, **PANEL)),
    ("admin:kernel_job_*", "object_id", only(lambda world, _: world.other.rows["job"].pk, **PANEL)),
    ("admin:access_device_*", "object_id", at_a_site("screen", hidden=frozenset({302, 404}), **PANEL)),
    ("admin:access_user_*", "object_id", only(lambda world, _: world.other.user.pk, **PANEL)),
    ("admin:auth_group_*", "object_id", only(lambda *_: Group.objects.get(name="Nurse").pk, **PANEL)),
    ("admin:scheduling_appointmenttype_*", "object_id", only(lambda world, _: world.kind.pk, **PANEL)),
    ("admin:scheduling_availability_*", "object_id", only(_first_availability, **PANEL)),
    ("admin:scheduling_availabilityexception_*", "object_id", of_the_practice("exception", **PANEL)),
    ("admin:scheduling_reminderrule_*", "object_id", only(lambda *_: ReminderRule.objects.first().pk, **PANEL)),
    ("admin:communications_sendingsetting_*", "object_id", only(lambda *_: _sending().pk, **PANEL)),
    ("admin:", "object_id", only("x", unknown=frozenset({302, 404}))),  # an old address of the panel
    ("admin:view_on_site", "content_type_id", only(lambda *_: ContentType.objects.first().pk)),
    ("admin:view_on_site", "object_id", only("x")),
    ("admin:app_list", "app_label", only("office")),
    ("admin:", "url", only("no/such/page/")),
    ("account_reset_password_from_key", "uidb36", only("1", unknown=frozenset({200}))),
    ("account_reset_password_from_key", "key", only("no-key", unknown=frozenset({200}))),
)  # fmt: skip

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


def parameters(pattern: str) -> list[str]:
    return [one or other for one, other in PARAMETER.findall(pattern)]


def example(route_name: str, parameter: str) -> Kind | None:
    for wanted, name, kind in EXAMPLES:
        if name == parameter and fnmatch.fnmatchcase(route_name, wanted):
            return kind
    return None


def address(pattern: str, values: dict[str, Any]) -> str:
    """The path of a route with these values in it."""
    filled = PARAMETER.sub(lambda found: str(values[found.group(1) or found.group(2)]), pattern)
    return "/" + re.sub(r"[\^$?\\]|\\Z", "", filled)


def missing() -> Iterator[str]:
    """Routes whose parameter has no example, and lines here that no route needs."""
    used = set()
    for route in policy.routes():
        if route.pattern.startswith("static"):
            continue
        for name in parameters(route.pattern):
            if (kind := example(route.name, name)) is None:
                yield f"{route.name} (/{route.pattern}): no example for <{name}>"
            used.add(id(kind))
    yield from (
        f"{route} <{name}>: no such route" for route, name, kind in EXAMPLES if id(kind) not in used
    )
