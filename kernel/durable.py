"""The one place where a transaction begins: durable, retried, and followed by what a refusal leaves behind."""

import random
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import TypeVar

from django.db import DatabaseError, transaction

T = TypeVar("T")

RETRIED = {"40P01", "40001"}  # deadlock, serialization failure: the database asks to try again
ATTEMPTS = 3

_inside: ContextVar[bool] = ContextVar("inside a durable transaction", default=False)


def sqlstate(error: BaseException) -> str:
    """The five-letter state Postgres gave, or an empty string."""
    return getattr(error.__cause__ or error, "sqlstate", None) or ""


def violated_constraint(error: BaseException) -> str:
    """The name of the constraint that refused, or an empty string."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def is_inside() -> bool:
    """True while an outer act, delivery or import already holds the transaction: join it."""
    return _inside.get()


def run(body: Callable[[], T]) -> T:
    """
    Run the body in a durable transaction; deadlocks and serialization failures are tried again.

    Inside another `run` the body simply joins. The callers of `run` write what must survive a refusal
    themselves, after it has come out: at that moment the transaction is gone.
    """
    if is_inside():
        return body()
    for attempt in range(1, ATTEMPTS + 1):
        token = _inside.set(True)
        try:
            with transaction.atomic(durable=True):
                return body()
        except DatabaseError as error:
            if sqlstate(error) not in RETRIED or attempt == ATTEMPTS:
                raise
        finally:
            _inside.reset(token)
        time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311  jitter, not a secret
    raise AssertionError("unreachable")
