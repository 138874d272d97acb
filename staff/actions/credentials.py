"""Licenses, registrations and certificates: entered, renewed, corrected, voided."""

from datetime import date, datetime
from typing import Any

from kernel import acts, clock, live, outbox
from kernel.actors import Actor
from kernel.acts import act
from kernel.keeping import cleaned, read_again, same_version, saved
from kernel.refusals import Invalid, Refusal
from staff.models import Credential, Employee
from staff.permissions import Permission

CHANGEABLE = {"kind", "name", "number", "state", "issued_date", "expires_date", "is_required"}
REFUSED = {
    "credential_kind_known": ("Choose one of the kinds.", "kind"),
    "credential_expires_after_issue": (
        "It cannot expire on or before the day it was issued.", "expires_date"
    ),
}  # fmt: skip


class CredentialVoid(Refusal):
    """It has been voided; a voided entry does not change any more."""

    code = "credential-void"
    title = "This credential has been voided"


@act(permission=Permission.KEEP_CREDENTIALS)
def add_credential(
    *,
    employee: Employee,
    kind: str,
    by: Actor,
    name: str = "",
    number: str = "",
    state: str = "",
    issued_date: date | None = None,
    expires_date: date | None = None,
    is_required: bool = False,
) -> Credential:
    """
    Enter a credential.

    :raises Invalid: the dates do not fit
    """
    person = read_again(employee, by)
    values = _sensible(
        {"kind": kind, "name": name, "number": number, "state": state, "issued_date": issued_date,
         "expires_date": expires_date, "is_required": is_required}
    )  # fmt: skip
    credential = Credential(employee=person, **values)
    saved(lambda: credential.save(force_insert=True), REFUSED)
    return _announced(credential)


@act(permission=Permission.KEEP_CREDENTIALS)
def renew_credential(
    *,
    credential: Credential,
    version: int,
    expires_date: date,
    by: Actor,
    issued_date: date | None = None,
    number: str = "",
) -> Credential:
    """
    It holds again, until a later date; what it was before stays in its history.

    :raises CredentialVoid: it has been voided
    :raises Invalid: not later than it is now
    :raises StaleVersion: somebody else changed it since the form was opened
    """
    changes: dict[str, Any] = {"expires_date": expires_date}
    if issued_date:
        changes["issued_date"] = issued_date
    if number:
        changes["number"] = number
    row = _changeable(credential, version, changes, by)
    if row.expires_date and expires_date <= row.expires_date:
        raise Invalid(
            f"A renewal holds longer than now: after {row.expires_date:%-d %b %Y}.",
            field="expires_date",
        )
    changes = _sensible(changes)
    saved(lambda: row.save_changes(**changes), REFUSED)
    return _announced(row)


@act(permission=Permission.KEEP_CREDENTIALS)
def change_credential(
    *, credential: Credential, version: int, by: Actor, **changes: Any
) -> Credential:
    """
    Correct what was entered.

    :raises CredentialVoid: it has been voided
    :raises StaleVersion: somebody else changed it since the form was opened
    """
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"change_credential() does not change {sorted(unknown)}")
    row = _changeable(credential, version, changes, by)
    changes = _sensible(changes)
    changed = saved(lambda: row.save_changes(**changes), REFUSED)
    acts.note(row, changed=changed)
    return _announced(row)


@act(permission=Permission.KEEP_CREDENTIALS)
def void_credential(*, credential: Credential, reason: str, by: Actor, at: datetime) -> Credential:
    """
    It was entered in error or taken away; it stays in the file, crossed out, with the reason.

    :raises CredentialVoid: it has been voided already
    :raises Invalid: no reason
    """
    row = read_again(credential, by)
    if row.is_void:
        raise CredentialVoid
    why = cleaned({"reason": reason})["reason"]
    if not why:
        raise Invalid("Say why it is voided; the reason is kept.", field="reason")
    row.save_changes(voided_at=at, void_reason=why[:200])
    return _announced(row)


def _changeable(
    credential: Credential, version: int, changes: dict[str, Any], by: Actor
) -> Credential:
    row = read_again(credential, by)
    if row.is_void:
        raise CredentialVoid
    same_version(row, version, changes)
    return row


def _sensible(values: dict[str, Any]) -> dict[str, Any]:
    values = cleaned(values)
    for name in ("issued_date", "expires_date"):
        if values.get(name) and not clock.reasonable(values[name]):
            raise Invalid("Enter a date of these times.", field=name)
    if "state" in values:
        values["state"] = values["state"].upper()
    return values


def _announced(credential: Credential) -> Credential:
    outbox.publish(
        "credential.changed", credential_id=credential.pk, employee_id=credential.employee_id
    )
    live.changed("staff.credentials")
    acts.note(credential)
    return credential
