"""
What is in a database, in numbers: rows and a hash for each table, where each sequence stands, and a hash
over constraints, indexes, triggers and functions.

A table's hash is the sum of its rows' hashes: no order, no memory, one pass; two copies have the same one.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

OURS = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname NOT LIKE 'pg\\_temp%'"
TABLES = f"""
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND {OURS} ORDER BY 1, 2
"""  # noqa: S608  constants
ROWS = """
SELECT count(*), coalesce(sum(('x' || left(hash, 16))::bit(64)::bigint::numeric), 0),
       coalesce(sum(('x' || right(hash, 16))::bit(64)::bigint::numeric), 0)
FROM (SELECT md5(row::text) AS hash FROM {table} row) hashes
"""
SEQUENCES = """
SELECT schemaname || '.' || sequencename, coalesce(last_value, 0) FROM pg_sequences ORDER BY 1
"""
# Conditions are left out: Postgres spells the same one differently once it has read it back.
SCHEMA = f"""
SELECT md5(coalesce(string_agg(words, E'\\n' ORDER BY words COLLATE "C"), '')) FROM (
  SELECT concat_ws(' ', c.relname, k.conname, k.contype, k.convalidated, k.condeferrable) AS words
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}
  UNION ALL
  SELECT concat_ws(' ', c.relname, o.relname, i.indisunique, i.indisvalid, i.indnkeyatts,
      i.indpred IS NOT NULL)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class o ON o.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS}
  UNION ALL
  SELECT concat_ws(' ', c.relname, t.tgname, t.tgtype, t.tgenabled, p.proname, md5(p.prosrc))
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND {OURS}
  UNION ALL
  SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
      a.atthasdef)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r' AND {OURS}
) named
"""  # noqa: S608  constants


@dataclass(frozen=True)
class Contents:
    """Two databases with the same contents are copies of each other."""

    tables: dict[str, tuple[int, str]]
    sequences: dict[str, int]
    schema: str

    @property
    def rows(self) -> int:
        return sum(count for count, _ in self.tables.values())

    def differences(self, restored: "Contents") -> list[str]:
        """A sentence for each place where a restored database is not what was backed up."""
        wrong = [
            f"Table {name} has {restored.tables[name][0]} rows, the backup has {count}."
            if restored.tables[name][0] != count
            else f"Table {name}: the rows differ from those in the backup."
            for name, (count, digest) in self.tables.items()
            if name in restored.tables and restored.tables[name] != (count, digest)
        ]
        wrong += [f"Table {name} is missing." for name in self.tables.keys() - restored.tables]
        wrong += [
            f"Table {name} is not in the backup." for name in restored.tables.keys() - self.tables
        ]
        # A number drawn while the dump ran may be in it or not; a lower one would be drawn twice.
        wrong += [
            f"Sequence {name} stands at {restored.sequences.get(name, 0)}, before {value}."
            for name, value in self.sequences.items()
            if restored.sequences.get(name, 0) < value
        ]
        if self.schema != restored.schema:
            wrong.append("Constraints, indexes, triggers or columns differ from the backup.")
        return wrong


def tables_of(link: "psycopg.Connection[Any]") -> list[tuple[str, str]]:
    return link.execute(TABLES).fetchall()


def read(link: "psycopg.Connection[Any]") -> Contents:
    """Everything that the transaction of this connection sees."""
    found: dict[str, tuple[int, str]] = {}
    for schema, name in tables_of(link):
        asked = sql.SQL(ROWS).format(table=sql.Identifier(schema, name))
        row = link.execute(asked).fetchone()
        assert row
        found[f"{schema}.{name}"] = (int(row[0]), f"{row[1]}:{row[2]}")
    sequences = {str(name): int(value) for name, value in link.execute(SEQUENCES).fetchall()}
    schema_row = link.execute(SCHEMA).fetchone()
    assert schema_row
    return Contents(found, sequences, str(schema_row[0]))
