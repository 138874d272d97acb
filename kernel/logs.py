"""
Logs that say nothing about anybody: one JSON object a line, made of what is on a list.

A message is its template; of the values in it only numbers and ids are kept. An exception is its kind and
where it came from, never its text (which quotes rows) and never local values. Nothing here needs Django:
the web server uses it too, before there is one.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kernel.rooms import ROOMS

# Programs that say only what they themselves do.
TALKERS = {
    "_granian",
    "granian",
    "celery.beat",
    "celery.apps.worker",
    "celery.worker.consumer.connection",
}
EXTRAS = (
    "route", "method", "status", "ms", "actor", "job", "delivery", "count", "part", "rule", "error",
)  # fmt: skip
FRAMES = 15
HIDDEN = "…"

request_id: ContextVar[str] = ContextVar("which request this is", default="")


class JsonLines(logging.Formatter):
    """The formatter of production."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message(record),
            "where": f"{record.module}:{record.funcName}:{record.lineno}",
        }
        if asked := request_id.get():
            line["request"] = asked
        for name in EXTRAS:
            if (value := getattr(record, name, None)) is not None:
                line[name] = value if isinstance(value, int | float) else str(value)[:120]
        if record.exc_info and record.exc_info[1]:
            line["exception"] = exception(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def message(record: logging.LogRecord) -> str:
    """The template, with the values that cannot be about a person."""
    template = str(record.msg)
    if not record.args:
        # Ours are constants (tests/house_rules); what others have put together may hold anything.
        known = record.name.partition(".")[0] in ROOMS or record.name in TALKERS
        return template if known else HIDDEN
    args = record.args
    try:
        if isinstance(args, dict):
            return template % {name: harmless(value) for name, value in args.items()}
        return template % tuple(harmless(value) for value in args)
    except (TypeError, ValueError, KeyError):  # `%d` for what we hid
        return template


def harmless(value: object) -> object:
    return value if isinstance(value, int | float | UUID | None) else HIDDEN


def exception(error: BaseException) -> dict[str, Any]:
    """Its kind, the constraint of Postgres behind it, and the way it took."""
    told: dict[str, Any] = {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "from": [
            f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)[-FRAMES:]
        ],
    }
    if state := getattr(error, "sqlstate", None):
        told["sqlstate"] = state
        told["constraint"] = getattr(getattr(error, "diag", None), "constraint_name", None)
    if (cause := error.__cause__) is not None:
        told["because"] = exception(cause)
    return told
