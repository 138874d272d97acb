"""Rows into a table by COPY: constraints, triggers and indexes hold, only the statements are saved."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault
from django.utils import timezone

Row = Sequence[Any]


def copy_rows(model: type[Model], attnames: Sequence[str], rows: Iterable[Row]) -> None:
    """Write plain rows; columns that are not named take the database's defaults."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(model._meta.get_field(name).column) for name in attnames)
    statement = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def refresh_statistics() -> None:
    """
    Tell the planner how full the tables are now, instead of a minute later.

    Only an owner may; for anybody else Postgres passes the tables over with a warning.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copy_objects(objects: Sequence[Model]) -> None:
    """Write unsaved objects of one model, as `bulk_create` would."""
    if not objects:
        return
    model, now = type(objects[0]), timezone.now()
    fields = [field for field in model._meta.concrete_fields if _is_written(field, objects[0])]
    stamped = {field.attname for field in fields if _is_stamped(field)}
    names = [field.attname for field in fields]
    copy_rows(
        model,
        names,
        (
            [now if name in stamped else plain(getattr(each, name)) for name in names]
            for each in objects
        ),
    )
    for each in objects:
        each._state.adding = False


def plain(value: Any) -> Any:
    """As COPY's text format has it."""
    if isinstance(value, DateTimeTZRange):
        return span(value.lower, value.upper)
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return value


def span(begins: datetime, ends: datetime | None) -> str:
    """A half-open tstzrange."""
    return f"[{begins.isoformat()},{ends.isoformat() if ends else ''})"


def _is_written(field: Field, example: Model) -> bool:
    if field.generated:
        return False
    value = getattr(example, field.attname)
    return not (isinstance(value, DatabaseDefault) or (field.primary_key and value is None))


def _is_stamped(field: Field) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
