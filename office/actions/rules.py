"""How strict the practice is about a rule."""

from datetime import datetime
from typing import Any

from django.db import transaction

from kernel import acts, gates, memo, permissions, undo
from kernel.actors import Actor
from kernel.acts import act
from kernel.models import GateSetting
from kernel.refusals import Invalid, StaleVersion
from office.permissions import Permission


@act(permission=Permission.CONFIGURE_OFFICE)
def change_gate_setting(
    *,
    rule: str,
    level: str,
    override_permission: str,
    by: Actor,
    starts_at: datetime | None = None,
    version: int | None = None,
    until_then: tuple[str, str] | None = None,
) -> tuple[GateSetting, str]:
    """
    Set a rule's level, who may go on all the same, and from when; returns it and the right to undo.

    `version` is of the setting one has seen, 0 where there was none; None does not compare.
    `until_then` is the level and override until `starts_at`; None means what holds now.

    :raises Invalid: no such rule, level or permission
    :raises StaleVersion: somebody else changed it since
    """
    known = next((each for each in gates.all_rules() if each.name == rule), None)
    if known is None:
        raise Invalid("There is no such rule.", field="rule")
    if level not in GateSetting.Level.values:
        raise Invalid("A rule is off, warns or blocks.", field="level")
    if override_permission and permissions.find(override_permission) is None:
        raise Invalid("There is no such permission.", field="override_permission")
    row = GateSetting.objects.select_for_update().filter(rule=rule).first()
    if version is not None and version != (row.version if row else 0):
        raise StaleVersion(theirs=row)
    before = _as_it_was(row, known)
    now = gates.under(known, row)
    if until_then is None:
        until_then = (now.level, now.override) if starts_at else ("", "")
    wanted = {
        "level": level,
        "override_permission": override_permission,
        "starts_at": starts_at,
        "until_then_level": until_then[0],
        "until_then_override": until_then[1],
    }
    if row is None:
        row = GateSetting.objects.create(rule=rule, **wanted)
    else:
        row.save_changes(**wanted)
    acts.note(row, rule=rule, level=level, before=before["level"])
    transaction.on_commit(memo.forget_all)
    token = undo.offer("office.change_gate_setting", by=by, **before, seen=row.version)
    return row, token


def _as_it_was(row: GateSetting | None, known: gates.Rule) -> dict[str, Any]:
    if row is None:
        return {"rule": known.name, "level": known.level, "override_permission": known.override}
    return {
        "rule": row.rule,
        "level": row.level,
        "override_permission": row.override_permission,
        "starts_at": row.starts_at.isoformat() if row.starts_at else None,
        "until_then": [row.until_then_level, row.until_then_override],
    }


@undo.reverses("office.change_gate_setting")
def put_back(
    *, by: Actor, at: datetime, seen: int, starts_at: str | None = None, **before: Any
) -> Any:
    """The rule is as strict as it was, if nobody touched it since."""
    try:
        return change_gate_setting(
            **before,
            starts_at=datetime.fromisoformat(starts_at) if starts_at else None,
            version=seen,
            by=by,
        )
    except StaleVersion as error:
        raise undo.CannotUndo("Somebody changed this rule in the meantime.") from error
