"""
Messages that are wanted: planned set-based, once each, however often it is asked.

`message_once` is the memory: the same subject, kind, occasion, rule and channel is planned once. Whoever plans
need not know what was planned before, so a rule that is edited or a visit that is moved leaves nothing to cancel.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

COLUMNS = (
    "subject_id, about_id, occasion, rule, channel, location_id, broadcast_id, due_at, expires_at"
)

PLAN = """
INSERT INTO communications_message (
  id, created_at, updated_at, version, kind, subject_kind, is_urgent, state, reason, attempts, resends,
  way, gateway, gateway_ref, address, language, subject_line, text,
  {columns}
)
SELECT gen_random_uuid(), now(), now(), 1, %s, %s, %s, 'due', '', 0, 0, '', '', '', '', '', '', '', {columns}
FROM ({wanted}) AS wanted
ON CONFLICT (subject_id, kind, occasion, rule, channel) DO NOTHING
"""


def plan(
    wanted: str, values: Sequence[Any], *, kind: str, subject_kind: str, is_urgent: bool = False
) -> int:
    """
    Plan a message for each row of a query that brings `COLUMNS`; returns how many are new.

    `wanted` is the house's own SQL; everything that comes from outside stands in `values`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            PLAN.format(columns=COLUMNS, wanted=wanted), [kind, subject_kind, is_urgent, *values]
        )
        return cursor.rowcount
