"""Politeness before the constraint: whoever wants the same owner's time waits a moment instead of deadlocking."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

LOCK = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(name, 0) AS key FROM unnest(%s::text[]) AS name ORDER BY key OFFSET 0
) AS sorted
"""


def lock_in_order(owners: Iterable[tuple[str, UUID]]) -> None:
    """
    Take the transaction locks of all owners, sorted, in one statement.

    A composite act computes its whole set first: taking a second set later could meet another's in the
    wrong order. The lock is only polite; the constraint is the guarantee.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_in_order outside a transaction")
    names = sorted({f"{kind}:{owner}" for kind, owner in owners})
    if names:
        with connection.cursor() as cursor:
            cursor.execute(LOCK, [names])
