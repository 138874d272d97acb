"""
Sending more than was asked for: every field name of every model, to every form and every verb.

What is written with them must be what is written without them. The forms are filled in as the house itself
fills them in: as the page shows them.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from unittest import mock

from django.apps import apps
from django.db import connection, models
from django.forms.forms import BaseForm
from rest_framework.serializers import Serializer

from kernel.rooms import ROOMS
from scheduling.views.picking import KEPT
from tests.authorization import bodies, declared, matrix, watching
from tests.authorization.examples import OWN, UNKNOWN
from tests.authorization.matrix import Cell
from tests.authorization.world import World

ALWAYS = {
    "id": str(UNKNOWN), "pk": str(UNKNOWN), "created_by": str(UNKNOWN), "is_staff": "true", "is_superuser": "true",
    "version": "999", "status": "entered-in-error", "is_active": "false",
}  # fmt: skip
# Written afresh each time, or a trace of what happened.
FRESH = (
    "id",
    "code_digest",
    "code_expires_at",
    "created_at",
    "updated_at",
    "digest",
    "expires_at",
    "fingerprint",
)
KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TRACES = ("signinattempt", "mfa_", "kernel_", "django_session", "_history", "event")


@dataclass
class Came:
    """What a sent form came to."""

    status: int = 0
    written: Counter[str] = field(default_factory=Counter)
    names: set[str] = field(default_factory=set)  # what the form or verb declares to take


def poison(world: World) -> dict[str, str]:
    """Every field name of the house with a value that would do harm."""
    found = dict(ALWAYS)
    for model in apps.get_models():
        if model._meta.app_label in ROOMS:
            for each in model._meta.concrete_fields:
                found.setdefault(each.name, _harm(world, each))
                found.setdefault(each.attname, _harm(world, each))
    return found


def _harm(world: World, column: Any) -> str:
    if isinstance(column, models.ForeignKey | models.UUIDField):
        row = getattr(world.there, column.name.removesuffix("_id"), None)
        return str(getattr(row, "pk", UNKNOWN))
    if isinstance(column, models.BooleanField):
        return "true" if not column.default or column.default is models.NOT_PROVIDED else "false"
    if isinstance(column, models.DateTimeField):
        return "2001-02-03T04:05:06Z"
    if isinstance(column, models.DateField):
        return "2001-02-03"
    if column.choices:
        return str(list(column.choices)[-1][0])
    return "77" if isinstance(column, models.IntegerField | models.DecimalField) else "zqpoison"


class Filled(HTMLParser):
    """What the page's own form would send."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        kind, name = has.get("type", "text"), has.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
        elif tag == "option" and "selected" in has and self._select:
            self._put(self._select, has.get("value", ""))
        elif tag == "input" and name and _is_sent(kind, has):
            self._put(name, has.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._put(self._area, data.strip())
            self._area = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._area = ""

    def _put(self, name: str, value: str) -> None:
        if name != "csrfmiddlewaretoken":
            self.values.setdefault(name, []).append(value)


def _is_sent(kind: str, has: dict[str, str]) -> bool:
    if kind in {"submit", "button", "file"}:
        return False
    return kind not in {"checkbox", "radio"} or "checked" in has


def sent(world: World, cell: Cell) -> dict[str, Any]:
    """What the page shows in its form, and over it what `bodies` says."""
    values: dict[str, Any] = {}
    if not cell.route.pattern.startswith("api/"):
        with watching.undone():
            shown = matrix.send(world, Cell(cell.route, "get", OWN, cell.person))
            page = Filled()
            if shown.status_code == 200 and "html" in shown.get("Content-Type", ""):
                page.feed(shown.content.decode())
        values = {name: each if len(each) > 1 else each[0] for name, each in page.values.items()}
    return values | bodies.body(world, cell)


def do(world: World, cell: Cell, data: dict[str, Any], known: frozenset[str]) -> Came:
    """Send it, and say which rows it leaves behind; then it has not happened."""
    came = Came()
    path = declared.path(cell.route, world, cell.person, cell.relation) + data.get("?", "")
    data = {name: value for name, value in data.items() if name != "?"}
    with watching.undone() as watched, _heard(came.names):
        if path.startswith("/api/"):
            answer = cell.person.client.post(path, data, content_type="application/json")
        else:
            answer = cell.person.client.post(path, data)
        came.status = answer.status_code
        for table in watched.written:
            if not any(each in table for each in TRACES):
                came.written.update(_plain(table, row, known) for row in _rows(table))
    return came


def _rows(table: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
        return [json.loads(row) for (row,) in cursor.fetchall()]


def keys() -> frozenset[str]:
    """The ids of everything there is."""
    with connection.cursor() as cursor:
        tables = [
            each for each in connection.introspection.table_names(cursor) if each.startswith(ROOMS)
        ]
        found: set[str] = set()
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)->>'id' FROM \"{table}\" t")
            found |= {key for (key,) in cursor.fetchall()}
    return frozenset(found)


def _plain(table: str, row: dict[str, Any], known: frozenset[str]) -> str:
    """A row without what is new each time: of ids those that were not there before are just new ones."""
    shown = {name: value for name, value in sorted(row.items()) if name not in FRESH}
    if str(shown.get("medical_record_number", "")).isdigit():
        shown["medical_record_number"] = "the next"
    return KEY.sub(
        lambda each: each.group() if each.group() in known else "new", f"{table} {shown}"
    )


@contextmanager
def _heard(names: set[str]) -> Iterator[None]:
    """Which names the forms and serializers of this answer declare."""
    real_form, real_serializer = BaseForm.__init__, Serializer.__init__

    def form(self: Any, *args: Any, **kwargs: Any) -> None:
        real_form(self, *args, **kwargs)
        names.update(self.add_prefix(name) for name in self.fields)

    def serializer(self: Any, *args: Any, **kwargs: Any) -> None:
        real_serializer(self, *args, **kwargs)
        if "data" in kwargs:
            names.update(self.fields)

    with (
        mock.patch.object(BaseForm, "__init__", form),
        mock.patch.object(Serializer, "__init__", serializer),
    ):
        yield


def cells(world: World) -> list[Cell]:
    """Every POST by somebody with every right: with what `bodies` sends about one's own site, else with nothing."""
    found = []
    for route in matrix.asked_routes():
        if declared.needs(route, "post") is None or route.name in {"account_change_password"}:
            continue
        own = [each for each in bodies.names(route, "post") if each.endswith("here")]
        found.append(Cell(route, "post", OWN, world.everybody(), own[0] if own else ""))
        declared.path(route, world, world.everybody(), OWN)  # makes what the address names
    return found


def problem(world: World, cell: Cell, known: frozenset[str]) -> tuple[str, Came]:
    """What more was written with everything sent than without; empty: nothing."""
    data = sent(world, cell)
    plain = do(world, cell, data, known)
    more = {
        name: value
        for name, value in poison(world).items()
        if name not in data and name not in plain.names and name not in READ
    }
    if plain.status >= 400:
        return "", plain  # nothing is written; the matrix says why
    came = do(world, cell, {**more, **data}, known)
    if came.status != plain.status:
        return f"{cell}: {came.status}, was {plain.status}", plain
    if came.written != plain.written:
        changed = sorted((came.written - plain.written) + (plain.written - came.written))
        return f"{cell}: {changed[:2]}", plain
    return "", plain


# Names that views read without a form: they are what the page is for.
READ = set(KEPT) | {
    "reason",
    "use",
    "at",
    "room",
    "note",
    "version",
    "minutes",
    "location",
    "name",
    "patient",
    "column",
    "start",
}
