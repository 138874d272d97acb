"""Answers that may be a few seconds old: configuration, grants."""

import functools
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

_all: list["for_a_moment"] = []


def forget_all() -> None:
    """After a change of configuration or rights in this process: ask the tables again."""
    for each in _all:
        each.forget()


class for_a_moment:  # noqa: N801  used as a decorator
    """
    Remember a function's answer in this process for `settings.MEMO_SECONDS` (5; 0 in tests).

    For configuration that every request needs and nobody changes by the minute. A change is seen at once
    by the process that made it (`forget()`), and by the others when the moment is over.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self._kept: dict[Any, tuple[float, Any]] = {}
        _all.append(self)

    def __call__(self, *key: Any) -> Any:
        kept = self._kept.get(key)
        now = time.monotonic()
        if kept and kept[0] > now:
            return kept[1]
        answer = self.function(*key)
        if len(self._kept) > 10_000:
            self._kept.clear()
        self._kept[key] = (now + settings.MEMO_SECONDS, answer)
        return answer

    def forget(self) -> None:
        self._kept.clear()
