"""
What is sent: searches for what may not be found, and forms and documents that name other sites' rows.

A route without a line here is asked with nothing in its hands. The words that were sent may come back.
"""

import fnmatch
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.files.uploadedfile import SimpleUploadedFile

from patients.permissions import Permission as Patients
from staff.permissions import Permission as Staff
from tests.authorization.shelves import Shelf
from tests.authorization.world import Person, World

Make = Callable[[World, Person, Shelf], dict[str, Any]]


def _day(shelf: Shelf) -> str:
    return f"{shelf.at:%Y-%m-%d}"


def _start(shelf: Shelf) -> str:
    return (shelf.at.replace(hour=19, minute=0)).isoformat()


def _booking(_world: World, _person: Person, shelf: Shelf) -> dict[str, Any]:
    """Of the API: everything by id."""
    return {
        "patient": shelf.patient.pk,
        "practitioner": shelf.practitioner.pk,
        "location": shelf.location.pk,
        "appointment_type": _world.kind.pk,
        "start": _start(shelf),
        "room": shelf.room.pk,
    }


def _drawer(world: World, _person: Person, shelf: Shelf) -> dict[str, Any]:
    """Of the booking drawer: opened at a site."""
    return {
        "at": shelf.location.pk,
        "patient": shelf.patient.pk,
        "practitioner": shelf.practitioner.pk,
        "appointment_type": world.kind.pk,
        "day": _day(shelf),
        "time": "15:00",
        "minutes": "30",
        "room": shelf.room.pk,
    }


def _dropped(_world: World, _person: Person, shelf: Shelf) -> dict[str, Any]:
    return {
        "?": f"?day={_day(shelf)}", "column": shelf.practitioner.pk, "start": "15:00", "minutes": "30",
        "version": shelf.visit.version,
    }  # fmt: skip


def _hired(_world: World, _person: Person, shelf: Shelf) -> dict[str, Any]:
    return {
        "family_name": "New", "given_name": "Ida", "position": "Clerk", "hired_date": "2026-11-02",
        "fte": "1", "locations": [shelf.location.pk],
    }  # fmt: skip


def _registered(_world: World, _person: Person, shelf: Shelf) -> dict[str, Any]:
    return {
        "family_name": "New", "given_name": "Ida", "birth_date": "1970-01-02", "gender": "female",
        "location": shelf.location.pk, "at": shelf.location.pk,
    }  # fmt: skip


def _namesake(world: World, person: Person, shelf: Shelf) -> dict[str, Any]:
    """Somebody new who has the name and birth date of a patient."""
    names = {name: getattr(shelf.patient, name) for name in ("family_name", "given_name")}
    return _registered(world, person, shelf) | names | {"birth_date": shelf.patient.birth_date}


def _finding(_world: World, _person: Person, shelf: Shelf) -> dict[str, Any]:
    return {"q": shelf.word("family"), "at": shelf.location.pk}


def _leave(_world: World, person: Person, shelf: Shelf) -> dict[str, Any]:
    return {
        "employee": shelf.employee.pk, "leave_type": "vacation", "first_date": "2026-12-14",
        "last_date": "2026-12-15", "start": "2026-12-14T08:00:00-05:00", "end": "2026-12-15T08:00:00-05:00",
    }  # fmt: skip


def _task(_world: World, person: Person, shelf: Shelf) -> dict[str, Any]:
    """About a patient of a site, for somebody who works there."""
    owner, patient = shelf.task.owner_id, shelf.patient.pk
    return {
        "at": shelf.location.pk, "location": shelf.location.pk, "title": "Call", "to": f"user:{owner}",
        "owner": str(owner),
    } | ({"about": f"patients.patient:{patient}"} if person.actor.may(Patients.VIEW_PATIENT) else {})  # fmt: skip


def _task_by_program(world: World, person: Person, shelf: Shelf) -> dict[str, Any]:
    given = _task(world, person, shelf)
    if "about" in given:
        given["about"] = {"kind": "patients.patient", "id": str(shelf.patient.pk)}
    return given


def _papers(_world: World, _person: Person, shelf: Shelf) -> dict[str, Any]:
    """A file for a folder of a site."""
    file = SimpleUploadedFile("words.txt", b"Some words.")
    return {"folder": shelf.folder.pk, "files": file, "tags": "", "expires_date": ""}


REASON = {"reason": "Tried by a test", "cancelled_by": "practice"}

# route name (pattern) → name of the body → how it is made, with which site's rows.
SENT: tuple[tuple[str, str, Make], ...] = (
    ("palette", "search", _finding),
    ("palette", "paper", lambda w, p, s: {"q": s.word("lettertitle")}),
    ("patients:finder", "search", _finding),
    ("patients:suggest", "search", _finding),
    ("patients:duplicates", "search", _namesake),
    ("patients:related-add", "form", lambda w, p, s: {"relationship": "aunt", "other_patient_id": s.patient.pk}),
    ("palette", "colleague", lambda w, p, s: {"q": f"Clinician {s.side}"}),
    ("patients:register", "form", _registered),
    ("patients:quick", "form", _registered),
    ("patients:bring-here", "form", lambda w, p, s: {"location": s.location.pk}),
    ("patient-search", "search", lambda w, p, s: {"q": s.word("family"), "location": s.location.pk}),
    ("patient-list", "form", _registered),
    ("audit-find", "search", _finding),
    ("scheduling:patients", "search", _finding),
    ("scheduling:picked", "form", _drawer),
    ("scheduling:new", "slot", lambda w, p, s: _drawer(w, p, s) | {"column": s.practitioner.pk, "start": "15:00"}),
    ("scheduling:look", "form", _drawer),
    ("scheduling:book", "form", _drawer),
    ("scheduling:walk_in", "form", _drawer),
    ("scheduling:move-here", "form", _dropped),
    ("scheduling:resize", "form", _dropped),
    ("scheduling:cancel", "form", lambda *_: REASON),
    ("scheduling:step", "room", lambda w, p, s: {"room": s.room.pk}),
    ("appointment-list", "form", _booking),
    ("appointment-walk-in", "form", _booking),
    ("appointment-move", "form", lambda w, p, s: {"start": _start(s), "practitioner": s.practitioner.pk}),
    ("appointment-advance", "form", lambda w, p, s: {"step": "room", "room": s.room.pk}),
    ("appointment-cancel", "form", lambda *_: REASON),
    ("credential-list", "form", lambda w, p, s: {"employee": s.employee.pk, "kind": "license"}),
    ("credential-void", "form", lambda *_: REASON),
    ("credential-renew", "form", lambda w, p, s: {"version": 1, "expires_date": "2031-01-01"}),
    ("employee-time-list", "form", _leave),
    ("employee-time-decline", "form", lambda *_: REASON),
    ("staff:hire", "form", _hired),
    ("staff:change", "form", lambda w, p, s: _hired(w, p, s) | {"version": 1}),
    ("staff:practitioner", "form", _hired),
    ("staff:enter_time_off", "form", _leave),
    ("staff:decline", "form", lambda *_: REASON),
    ("staff:void", "form", lambda *_: REASON),
    ("staff:renew", "form", lambda w, p, s: {"version": 1, "expires_date": "2031-01-01"}),
    ("communications:give_up", "form", lambda *_: REASON),
    ("communications:new_broadcast", "form", lambda w, p, s: {
        "audience": "scheduling.booked", "first": _day(s), "channel": "any", "text": "Closed"}),
    ("communications:template", "form", lambda *_: {"text": "Hello {first_name}", "seen_number": 0}),
    ("scheduling:confirmation", "form", lambda *_: {"confirmation": "confirmed"}),
    ("portal:answer", "form", lambda *_: {"answer": "confirm"}),
    ("desk:find_subject", "search", _finding),
    ("desk:tick", "form", lambda *_: {"note": "Tried"}),
    ("desk:end_checklist", "form", lambda *_: REASON),
    ("desk:add_party", "form", lambda *_: {"name": "Northgate", "kind": "lab"}),
    ("desk:change_party", "form", lambda *_: {"name": "Northgate", "kind": "lab", "version": 1}),
    ("desk:add_task", "form", _task),
    ("desk:hand_over_task", "form", lambda w, p, s: {"to": f"user:{s.task.owner_id}"}),
    ("desk:change_task", "form", lambda *_: {"title": "Other", "version": 1}),
    ("desk:comment_on_task", "form", lambda *_: {"text": "Tried"}),
    ("desk:drop_task", "form", lambda *_: REASON),
    ("task-list", "form", _task_by_program),
    ("task-hand-over", "form", lambda w, p, s: {"owner": str(s.task.owner_id)}),
    ("task-change", "form", lambda *_: {"title": "Other", "version": 1}),
    ("task-comment", "form", lambda *_: {"text": "Tried"}),
    ("task-drop", "form", lambda *_: REASON),
    ("desk:search_documents", "words", lambda w, p, s: {"q": s.word("letterwords")}),
    ("desk:find_document_subject", "search", _finding),
    ("desk:add_documents", "form", _papers),
    ("desk:change_document", "form", lambda w, p, s: {"title": "Other", "folder": s.folder.pk, "version": 1}),
    ("desk:place_hold", "form", lambda *_: REASON),
    ("desk:lift_hold", "form", lambda *_: REASON),
    ("desk:set_retention", "form", lambda *_: {"retention_class": "hipaa", "version": 1}),
    ("desk:add_folder", "form", lambda w, p, s: {
        "name": "Mine", "parent": s.folder.pk, "location": s.location.pk, "retention_class": "hipaa",
    }),
    ("desk:change_folder", "form", lambda *_: {"name": "Mine", "retention_class": "hipaa", "version": 1}),
    ("desk:share_folder", "form", lambda *_: {"is_closed": "on"}),
    ("me-place", "form", lambda w, p, s: {"location": s.location.pk}),
)  # fmt: skip

# route name (pattern) → name → what the address asks for beside its path.
ASKED: tuple[tuple[str, str, Make], ...] = (
    ("scheduling:day", "list", lambda *_: {"view": "list"}),
    ("scheduling:day", "rooms", lambda *_: {"view": "rooms"}),
    ("scheduling:day", "whose", lambda w, p, s: {"who": s.practitioner.pk}),
    ("scheduling:sheet", "whose", lambda w, p, s: {"who": s.practitioner.pk}),
    ("scheduling:sheet_pdf", "whose", lambda w, p, s: {"who": s.practitioner.pk}),
    ("scheduling:new", "patient", lambda w, p, s: {"patient": s.patient.pk, "practitioner": s.practitioner.pk}),
    ("scheduling:find", "whose", lambda w, p, s: {"practitioner": s.practitioner.pk, "type": w.kind.pk}),
    ("desk:checklist_history", "place", lambda w, p, s: {"location": s.location.pk, "template": s.checklist.pk}),
    ("desk:parties", "place", lambda w, p, s: {"location": s.location.pk}),
    ("desk:tasks", "place", lambda w, p, s: {"view": "all", "location": s.location.pk}),
    ("desk:tasks", "all", lambda *_: {"view": "all"}),
    ("desk:tasks", "team", lambda *_: {"view": "team"}),
    ("desk:tasks", "waiting", lambda *_: {"view": "waiting"}),
    ("desk:tasks", "done", lambda *_: {"view": "done"}),
    ("desk:add_task", "about", lambda w, p, s: {"about": f"patients.patient:{s.patient.pk}"}),
    ("task-list", "all", lambda *_: {"view": "all"}),
    ("staff:directory", "place", lambda w, p, s: {"location": s.location.pk}),
    ("staff:enter_time_off", "whose", lambda w, p, s: {"employee": s.employee.pk}),
    ("appointment-list", "place", lambda w, p, s: {"location": s.location.pk}),
    ("appointment-list", "patient", lambda w, p, s: {"patient": s.patient.pk}),
    ("encounter-list", "patient", lambda w, p, s: {"patient": s.patient.pk}),
    ("opening-list", "place", lambda w, p, s: {"location": s.location.pk, "type": w.kind.pk}),
    ("metric-*", "place", lambda w, p, s: {"location": s.location.pk}),
    ("reporting:figure", "place", lambda w, p, s: {"location": s.location.pk}),
    ("rules", "fired", lambda *_: {"rule": "scheduling.same_day"}),
    ("audit", "about", lambda w, p, s: {"about": s.patient.pk}),
    ("admin:*_changelist", "search", lambda w, p, s: {"q": s.word("family")}),
    ("admin:search", "search", lambda w, p, s: {"s": s.word("family")}),
)  # fmt: skip

# Whoever may see every file may mean anybody's.
SEES_EVERYBODY = (Staff.VIEW_ALL_FILES, Staff.DECIDE_TIME_OFF)

SIDES = ("here", "there")


def names(route: Any, method: str) -> list[str]:
    """The bodies (or questions) to try on a route: `name` with one's own site's rows, `name there` with others'."""
    return [f"{name} {side}" for name, _ in _fitting(route, method) for side in SIDES]


# Sending this does more than the page needs the right for: leave for somebody else is entered, not asked for.
DOES_MORE = {("employee-time-list", "form")}
# What may name another site's rows: whoever looks through the whole practice, brings a patient here, asks a
# clinician of another site; and questions to which the answer is an empty page.
MAY_NAME = {
    "palette", "patients:finder", "patients:suggest", "patients:duplicates", "patients:bring-here", "audit-find",
    "scheduling:cancel", "scheduling:resize", "appointment-cancel", "appointment-move", "credential-void",
    "communications:give_up", "communications:new_broadcast", "communications:template", "scheduling:confirmation",
    "portal:answer", "credential-renew", "employee-time-decline", "staff:decline", "staff:void", "staff:renew",
    "desk:find_subject", "desk:change_task", "desk:comment_on_task", "desk:drop_task", "task-change", "task-comment",
    "task-drop", "desk:tick", "desk:end_checklist", "desk:add_party", "desk:change_party",
    "desk:search_documents", "desk:find_document_subject", "desk:place_hold", "desk:lift_hold",
    "desk:set_retention", "desk:change_folder", "desk:share_folder",
}  # fmt: skip
# Questions in an address that name a site are refused as well; the others are answered with what one may see.
NAMES_A_SITE = {"opening-list", "metric-list", "metric-detail"}


def asks_for_more(cell: Any) -> bool:
    """Whether what is sent names another site's rows, or needs a right of its own; refusing it is right."""
    name, _, side = cell.body.rpartition(" ")
    return side == "there" or (cell.route.name, name) in DOES_MORE


def must_be_refused(cell: Any) -> bool:
    """Whether what is sent means rows that this actor cannot mean."""
    if not cell.body.endswith(" there"):
        return False
    if cell.method == "get":
        return cell.route.name in NAMES_A_SITE
    if cell.route.name == "patients:related-add":  # anybody whom one finds may be family
        return not cell.actor.may(Patients.FIND_PATIENT)
    return cell.route.name not in MAY_NAME and not any(map(cell.actor.may, SEES_EVERYBODY))


def _fitting(route: Any, method: str) -> list[tuple[str, Make]]:
    table = {"post": SENT, "get": ASKED}.get(method, ())
    return [(name, make) for wanted, name, make in table if fnmatch.fnmatchcase(route.name, wanted)]


def _values(world: World, cell: Any) -> dict[str, Any]:
    if not cell.body:
        return {}
    name, side = cell.body.rsplit(" ", 1)
    makes = dict(_fitting(cell.route, cell.method))
    return makes[name](world, cell.person, getattr(world, side))


def body(world: World, cell: Any) -> dict[str, Any]:
    return _values(world, cell) if cell.method == "post" else {}


def query(world: World, cell: Any) -> str:
    values = _values(world, cell) if cell.method == "get" else {}
    return f"?{urlencode(values)}" if values else ""


def words(world: World, cell: Any) -> str:
    """What was sent, in small letters: it may come back as it was typed."""
    return " ".join(map(str, _values(world, cell).values())).lower()
