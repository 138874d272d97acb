"""
What no reviewer should have to look for: each rule reads one file's syntax and names the lines that break it.

semgrep could say the same in YAML; it is a hundred megabytes that need an account for half of their use,
and these rules know our own words (`visible_to`, rooms, views).
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.apps import apps

from kernel.models import DataClass
from kernel.rooms import ROOMS
from launch.paths import ROOT

SQL_TAKERS = {"execute", "executemany", "raw", "RawSQL", "extra", "stream", "copy"}
# Whom a question is asked for: what they may see or find, the place they work at, or their own.
SCOPED = re.compile(
    r"visible_to|findable_by|listed_for|at_location\(|\.none\(\)|\b(owner_id|user|user_id|actor_id)="
)
LOG_WORDS = {"debug", "info", "warning", "error", "exception", "critical", "log"}


@dataclass(frozen=True)
class Finding:
    rule: str
    line: int


@dataclass(frozen=True)
class Source:
    """One file, and who stands around each node of it."""

    path: str
    text: str

    @property
    def is_door(self) -> bool:
        """Views and the API: they load rows for somebody."""
        return "/views" in self.path or "/api/" in self.path or self.path.endswith("/api.py")

    def tree(self) -> ast.Module:
        tree = ast.parse(self.text)
        for parent in ast.walk(tree):
            for child in ast.iter_child_nodes(parent):
                child.parent = parent  # type: ignore[attr-defined]
        return tree


def files() -> Iterator[Source]:
    for room in sorted(set(ROOMS) - {"demo"}):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield Source(str(path.relative_to(ROOT)), path.read_text())


def templates() -> Iterator[Path]:
    yield from sorted((ROOT / "templates").rglob("*.html"))


def findings(source: Source) -> list[Finding]:
    found = [
        Finding(rule, node.lineno)
        for node in ast.walk(source.tree())
        for rule, breaks in RULES.items()
        if breaks(node, source)
    ]
    return sorted(found, key=lambda each: (each.line, each.rule))


# ---- rules: each answers whether this node breaks it


def sql_put_together(node: ast.AST, _source: Source) -> bool:
    """Values go beside the statement, never into it; names of tables by `psycopg.sql` or `quote_name`."""
    return (
        isinstance(node, ast.Call)
        and name_of(node.func) in SQL_TAKERS
        and bool(node.args)
        and is_put_together(node.args[0])
    )


def markup_declared_safe(node: ast.AST, _source: Source) -> bool:
    """`format_html` escapes what it is given; these do not."""
    return (
        isinstance(node, ast.Call)
        and name_of(node.func) in {"mark_safe", "SafeString", "SafeText"}
        and bool(node.args)
    )


def request_as_keywords(node: ast.AST, _source: Source) -> bool:
    """Whoever writes the request would choose the lookups (CVE-2025-64459)."""
    return (
        isinstance(node, ast.keyword)
        and node.arg is None
        and any(
            name_of(part) == "request" for part in ast.walk(node.value)
        )
        and any(
            isinstance(part, ast.Attribute)
            and part.attr in {"GET", "POST", "data", "query_params", "FILES", "headers", "COOKIES", "META"}
            for part in ast.walk(node.value)
        )
    )  # fmt: skip


def rows_of_everybody(node: ast.AST, source: Source) -> bool:
    """A view that asks for rows about people asks for somebody: `visible_to(actor)` in the same breath."""
    is_personal = (
        isinstance(node, ast.Attribute)
        and node.attr == "objects"
        and isinstance(node.value, ast.Name)
        and node.value.id in personal()
    )
    if not (source.is_door and is_personal):
        return False
    return not SCOPED.search(ast.get_source_segment(source.text, statement(node)) or "")


@cache
def personal() -> frozenset[str]:
    """Models whose rows are about somebody, by their own word."""
    delicate = {DataClass.PHI, DataClass.PERSONNEL, DataClass.FINANCIAL}
    return frozenset(
        model.__name__
        for model in apps.get_models()
        if getattr(model, "data_class", None) in delicate
    )


def object_of_everybody(node: ast.AST, _source: Source) -> bool:
    """`get_object_or_404(Patient, …)` finds what the asker may not see."""
    return (
        isinstance(node, ast.Call)
        and name_of(node.func) in {"get_object_or_404", "get_list_or_404"}
        and bool(node.args)
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id[:1].isupper()
    )


def trigger_ignored(node: ast.AST, _source: Source) -> bool:
    """`pgtrigger.ignore` leaks past its block in the same transaction."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "ignore"
        and isinstance(node.value, ast.Name)
        and node.value.id == "pgtrigger"
    )


def set_for_the_session(node: ast.AST, _source: Source) -> bool:
    """Behind a pool the next person has the connection: `SET LOCAL`, or `set_config(…, true)`."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    text = node.value.lstrip()
    return bool(
        re.match(r"SET\s+(SESSION\s+)?(?!LOCAL\b)\w[\w.]*\s*(=|TO\b)", text)
        or re.search(r"set_config\([^)]*,\s*false\s*\)", text, re.IGNORECASE)
    ) and not is_docstring(node)


def message_put_together(node: ast.AST, _source: Source) -> bool:
    """A log's message is a constant; the formatter trusts it for that (`kernel/logs.py`)."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LOG_WORDS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"log", "logger", "logging"}
        and bool(node.args)
        and not isinstance(node.args[0], ast.Constant)
    )


RULES = {
    each.__name__: each
    for each in (
        sql_put_together, markup_declared_safe, request_as_keywords, rows_of_everybody,
        object_of_everybody, trigger_ignored, set_for_the_session, message_put_together,
    )
}  # fmt: skip


def name_of(function: ast.AST) -> str:
    return getattr(function, "attr", getattr(function, "id", ""))


def is_put_together(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod) and not (
            isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant)
        )
    # sql.SQL("…").format() composes safely; "…".format() does not.
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and not (isinstance(node.func.value, ast.Call) and name_of(node.func.value.func) == "SQL")
    )


def statement(node: ast.AST) -> ast.AST:
    while not isinstance(node, ast.stmt):
        node = node.parent  # type: ignore[attr-defined]
    return node


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node.parent, ast.Expr)  # type: ignore[attr-defined]
