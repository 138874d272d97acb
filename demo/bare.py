"""Tables filled bare: indexes and keys are put on again afterward, and check every row then."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.models import Model

# Constraints that own an index, and keys to other tables; primary keys stay, others refer to them.
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('f', 'x', 'u')
    AND NOT EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = pg_constraint.conindid
                    AND pg_constraint.contype = 'u')
ORDER BY contype = 'f', conname
"""
INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i
WHERE i.indrelid = ANY (%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype <> 'f')
ORDER BY 1
"""
OWNED = (
    "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid = ANY (%s::regclass[])"
)


def is_ours(models: Sequence[type[Model]]) -> bool:
    """Whether this role may take the indexes off."""
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [_tables(models)])
        return bool(cursor.fetchone()[0])


@contextmanager
def bare(models: Sequence[type[Model]]) -> Iterator[None]:
    """
    Without indexes and keys inside; all are back at the end, or the transaction is not.

    Run it in a transaction, as the owner of the tables.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for a check bars the table
        cursor.execute(CONSTRAINTS, [_tables(models)])
        constraints = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(INDEXES, [_tables(models)])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _tables(models: Sequence[type[Model]]) -> list[str]:
    return [model._meta.db_table for model in models]
