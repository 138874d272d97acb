"""
Every act without a page around it: its permission, its scope, and what it checks itself where it has neither.

An act that declares no permission or no scope stands here by name, with the reason.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from demo import seed  # noqa: F401  its acts are acts too
from kernel.actors import NOBODY, Actor
from kernel.acts import Act, registry
from kernel.refusals import Forbidden, OutOfScope
from patients.permissions import Permission as Patients
from scheduling.permissions import Permission as Scheduling
from tests.authorization import declared, watching
from tests.authorization.shelves import Shelf
from tests.authorization.world import World

NO_PERMISSION = {
    "first_run.claim_office": "nobody has an account yet: it asks for the machine's code, once",
    "access.enroll_device": "nobody signs in at a machine: it asks for the code that was shown for it, once",
    "access.end_own_session": "one's own browsers are everybody's to sign out",
    "access.end_other_sessions": "one's own browsers are everybody's to sign out",
    "access.give_up_token": "one's own token is everybody's to give up",
}

_PRACTICE = "configuration of the whole practice, as its permission says"
_ACCOUNTS = "accounts and roles are the practice's; rights over rights are checked in the act"
_FILE = "a personnel file goes by relationship, not by site: the act reads it again as its actor sees it"
_OWN = "one's own only, wherever one works"
_HOUSE = "an inner step of an import that has been scoped"

NO_SCOPE = {
    **dict.fromkeys(
        ("office.configure", "office.remove", "office.add_federal_holidays", "office.change_gate_setting",
         "office.set_up_practice", "office.finish_set_up", "office.add_location", "office.set_hours",
         "office.add_room", "office.add_device", "scheduling.configure_schedule", "scheduling.set_week",
         "scheduling.remove_from_schedule", "first_run.claim_office", "first_run.set_up_location",
         "first_run.add_rooms", "first_run.add_visit_types", "first_run.set_weeks",
         "desk.configure_checklist", "desk.add_party", "desk.change_party", "desk.retire_party",
         "desk.restore_party"), _PRACTICE,
    ),
    **dict.fromkeys(
        ("access.create_user", "access.change_user", "access.change_rights", "access.close_account",
         "access.reopen_account", "access.reset_second_step", "access.add_role", "access.change_role",
         "access.issue_token", "access.revoke_token", "access.require_second_step",
         "access.end_sessions_of", "access.send_password_letter"), _ACCOUNTS,
    ),
    **dict.fromkeys(
        ("access.end_own_session", "access.end_other_sessions", "access.give_up_token"), _OWN,
    ),
    **dict.fromkeys(
        ("staff.add_credential", "staff.renew_credential", "staff.change_credential", "staff.void_credential",
         "staff.change_employee", "staff.part_employee", "staff.keep_employee", "staff.change_practitioner",
         "staff.request_time_off", "staff.enter_time_off", "staff.approve_time_off", "staff.decline_time_off",
         "staff.cancel_time_off", "staff.reopen_time_off", "staff.restore_time_off"), _FILE,
    ),
    "access.enroll_device": "the code belongs to one machine at one site",
    **dict.fromkeys(
        ("communications.opt_in", "communications.opt_out", "communications.write_template",
         "communications.configure_sending"), _PRACTICE,
    ),
    "demo.make_practice": "a demo is a practice of its own",
    "demo.play_on": "the days since the demo was last open, by the house itself",
    "scheduling.release_hold": _OWN,
    "fhir.import_future_visit": _HOUSE,
    "fhir.exempt_history": _HOUSE,
}  # fmt: skip

# What a scope is computed from: the argument, and the row of a shelf.
ARGUMENTS: dict[str, Callable[[Shelf], Any]] = {
    "location": lambda shelf: shelf.location,
    "locations": lambda shelf: [shelf.location],
    "patient": lambda shelf: shelf.patient,
    "appointment": lambda shelf: shelf.visit,
    "contact": lambda shelf: shelf.contact,
    "kept": lambda shelf: shelf.contact,
    "address": lambda shelf: shelf.address,
    "person": lambda shelf: shelf.related,
    "device": lambda shelf: shelf.screen,
    "message": lambda shelf: shelf.message,
    "broadcast": lambda shelf: shelf.broadcast,
    "answer": lambda shelf: shelf.answer,
    "task": lambda shelf: shelf.task,
    "run": lambda shelf: shelf.run,
    "item": lambda shelf: shelf.run_item,
    "document": lambda shelf: shelf.document,
    "folder": lambda shelf: shelf.folder,
    "waiting": lambda shelf: shelf.version,
    "frame": lambda shelf: SimpleNamespace(location=shelf.location),
}

# Acts that go by relationship: all they need, about somebody else's row.
RELATED: dict[str, Callable[[World], dict[str, Any]]] = {
    "access.end_own_session": lambda w: {"session": w.other.rows["browser"]},
    "access.give_up_token": lambda w: {"token": w.other.rows["token"], "at": w.now},
    "staff.add_credential": lambda w: {"employee": w.there.employee, "kind": "license"},
    "staff.renew_credential": lambda w: {
        "credential": w.there.credential, "version": w.there.credential.version,
        "expires_date": w.there.credential.expires_date + timedelta(days=365),
    },
    "staff.change_credential": lambda w: {
        "credential": w.there.credential, "version": w.there.credential.version, "number": "mine now",
    },
    "staff.void_credential": lambda w: {"credential": w.there.credential, "reason": "Tried", "at": w.now},
    "staff.change_employee": lambda w: {
        "employee": w.there.employee, "version": w.there.employee.version, "position": "Gone",
    },
    "staff.part_employee": lambda w: {
        "employee": w.there.employee, "parted_date": w.now.date(), "at": w.now,
    },
    "staff.keep_employee": lambda w: {"employee": w.there.employee},
    "staff.change_practitioner": lambda w: {
        "practitioner": w.there.practitioner, "version": w.there.practitioner.version, "is_bookable": False,
    },
    "staff.request_time_off": lambda w: {
        "employee": w.there.employee, "leave_type": "vacation", "period": w.there.leave.period,
    },
    "staff.cancel_time_off": lambda w: {"time": w.there.leave, "at": w.now},
    "staff.restore_time_off": lambda w: {
        "time": w.there.leave, "version": w.there.leave.version, "at": w.now,
    },
    # Moving somebody out of a site where one does not work, or into one.
    "staff.change_employee, site": lambda w: {
        "employee": w.there.employee, "version": w.there.employee.version, "locations": [w.here.location],
    },
    "staff.change_practitioner, site": lambda w: {
        "practitioner": w.here.practitioner, "version": w.here.practitioner.version,
        "locations": [w.here.location, w.there.location],
    },
}  # fmt: skip
# Whoever decides sees every leave; these take nobody else's row: there is no stranger to try.
NOBODY_ELSES = {f"staff.{verb}_time_off" for verb in ("enter", "approve", "decline", "reopen")} | {
    "scheduling.release_hold",
    "access.end_other_sessions",
}


def acts() -> dict[str, Act]:
    """The house's own: tests declare some as well. Loading the routes loads every room's acts."""
    assert declared.routes()
    ours = (name for name in registry if not name.startswith(("tests.", "demo.make_large")))
    return {name: registry[name] for name in sorted(ours)}


def problems(world: World, only: str = "") -> list[str]:
    """What is wrong with the acts, or with one of them."""
    return [
        f"{name}: {problem}"
        for name, act in acts().items()
        if only in ("", name)
        for problem in _of(world, act)
    ]


def _of(world: World, act: Act) -> Iterator[str]:
    permission, scope = DECLARED.get(act.name) or (act.permission, act.scope)
    if permission is not None:
        if (came := _came_of(act, world.lacking(str(permission)).actor)) != "denied":
            yield f"by somebody without {permission}: {came}"
        if scope is not None:
            yield from _at_sites(world, act, str(permission))
    if (came := _came_of(act, NOBODY)) != "denied":
        yield f"by nobody: {came}"
    for what, about in RELATED.items():
        if what.partition(",")[0] == act.name:
            yield from _related(world, act, what, about(world))


def _at_sites(world: World, act: Act, permission: str) -> Iterator[str]:
    """Done where one works; elsewhere it does not exist."""
    actor = world.having([permission], f"who may only {permission}").actor
    for shelf, wanted in ((world.here, "done"), (world.there, "hidden")):
        asked = {name: make(shelf) for name, make in ARGUMENTS.items()}
        if (came := _came_of(act, actor, **asked)) != wanted:
            yield f"at {shelf.location}: {came}, should be {wanted}"


def _related(world: World, act: Act, what: str, asked: dict[str, Any]) -> Iterator[str]:
    rights = {act.permission or "", Patients.VIEW_PATIENT, Scheduling.VIEW_SCHEDULE}
    if "site" in what:
        rights |= {"staff.view_all_files"}
    actor = world.having(map(str, rights - {""}), f"who may only {act.permission}, and look").actor
    if (came := _came_of(act, actor, **asked)) not in {"denied", "hidden"}:
        yield f"{what}, about somebody else's row: {came}"


def _came_of(act: Act, by: Actor, **asked: Any) -> str:
    """How far the act goes: a TypeError is the function itself, called without what it needs: past the guards."""
    try:
        with watching.undone():
            act.function(by=by, **asked)
    except OutOfScope:
        return "hidden"
    except Forbidden:
        return "denied"
    except Exception:  # whatever comes after the guards
        return "done"
    return "done"


# What the acts declared when they were loaded: a guard that is dropped later is still expected.
DECLARED: dict[str, tuple[str | None, Any]] = {}


def remember() -> None:
    """Before guards are dropped."""
    DECLARED.update({name: (act.permission, act.scope) for name, act in acts().items()})
