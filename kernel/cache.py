"""The cache: Django's Redis backend that is quiet when the server is away. Nothing true lives only here."""

import logging
import time
from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache

log = logging.getLogger(__name__)

AWAY_FOR = 2.0  # seconds it is not asked again: a page asks several times, and each would wait
_away_until = 0.0


class HouseCache(RedisCache):
    """A miss instead of an error: pages become slower, never wrong."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return _or(default, super().get, key, default, version)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return dict(_or({}, super().get_many, *args, **kwargs))

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_or(False, super().has_key, *args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        _or(None, super().set, *args, **kwargs)

    def set_many(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> list[str]:
        return list(_or(list(data), super().set_many, data, *args, **kwargs))

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_or(False, super().add, *args, **kwargs))

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_or(False, super().touch, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return bool(_or(False, super().delete, *args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        _or(None, super().delete_many, *args, **kwargs)


def _or(otherwise: Any, ask: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    global _away_until  # noqa: PLW0603
    if time.monotonic() < _away_until:
        return otherwise
    try:
        return ask(*args, **kwargs)
    except redis.RedisError:
        _away_until = time.monotonic() + AWAY_FOR
        log.warning("cache away")
        return otherwise
