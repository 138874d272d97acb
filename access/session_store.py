"""
Sessions: true in Postgres, remembered in the cache for a moment.

Django's `cached_db` leaves a session in the cache as long as it lives, so one that was ended while the
cache did not answer would come back with it. Here no copy outlives a few seconds.
"""

from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import cached_db
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache

REMEMBERED = 5  # seconds: what is ended is dead everywhere after that


class SessionStore(cached_db.SessionStore):
    """The house's sessions."""

    _cache: Any  # Django's, then ours around it

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._cache: Any = _ForAMoment(caches[settings.SESSION_CACHE_ALIAS])


class _ForAMoment:
    """The cache, with every promise cut short."""

    def __init__(self, cache: BaseCache) -> None:
        self._cache = cache

    def set(self, key: str, value: Any, _timeout: float | None = None) -> None:
        self._cache.set(key, value, REMEMBERED)

    async def aset(self, key: str, value: Any, _timeout: float | None = None) -> None:
        await self._cache.aset(key, value, REMEMBERED)

    def __contains__(self, key: str) -> bool:
        return key in self._cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)
