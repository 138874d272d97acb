"""
The event stream's door: who may listen to what, and until when.

A plain ASGI application beside the pages, because a thread per open page would be one too many. It reads
the same session cookie as they do, looks again every half minute, and never keeps a session awake.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import Any

import redis.asyncio
from django.conf import settings
from django.db import close_old_connections
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from access import second_step, sessions
from access.grants import Standing
from access.session_store import SessionStore
from kernel.stream import COMMENT, Hub, Listener, event

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

HEARTBEAT = 15  # seconds between two signs of life
PER_PERSON = 20  # open streams; one browser needs one
OVER = event("over")
# Sessions are asked in threads: two are enough for a look every half minute, and each holds one connection.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sessions")


def broker() -> "redis.asyncio.Redis":
    """No silent reconnecting: between two connections words are lost, and pages must hear of it."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
    )


class EventStream:
    """`GET /events`: server-sent events; `GET /health/live`: is this server ours?"""

    def __init__(self) -> None:
        self.hub = Hub(broker)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.hub.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.hub.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/")
        if scope["method"] != "GET":
            return await reply(send, 405, {"detail": "Only GET."})
        if path == "/health/live":
            return await reply(send, 200, {"status": "ok", "instance": settings.INSTANCE_TOKEN})
        if path != "/events":
            return await reply(send, 404, {"detail": "There is nothing here."})
        origin = header(scope, b"origin")
        if origin and not is_ours(origin, header(scope, b"host")):
            return await reply(send, 403, {"detail": "This page does not belong to the office."})
        key = session_key(header(scope, b"cookie"))
        standing = await look(key) if key else None
        cors = headers_for(origin)
        if key is None or standing is None:
            return await reply(send, 401, {"detail": "Sign in first."}, cors)
        if self._streams_of(standing) >= PER_PERSON:
            return await reply(send, 429, {"detail": "Too many open streams."}, cors)
        return await self._stream(key, standing, cors, receive, send)

    def _streams_of(self, standing: Standing) -> int:
        return sum(each.owner == standing.user_id for each in self.hub.listeners)

    async def _stream(
        self, key: str, standing: Standing, cors: list[Any], receive: Receive, send: Send
    ) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS + cors})
        listener = Listener(owner=standing.user_id)
        hear_as(listener, standing)
        with self.hub.listening(listener):
            parts = [
                asyncio.create_task(part)
                for part in (write(listener, send), watch(key, listener), gone(receive))
            ]
            try:
                await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for part in parts:
                    part.cancel()
                await asyncio.gather(*parts, return_exceptions=True)
        with suppress(Exception):  # whoever has gone does not hear the end
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def write(listener: Listener, send: Send) -> None:
    """Until the page is let go: words, and a sign of life when there are none."""
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})
    while True:
        try:
            word = await asyncio.wait_for(listener.words.get(), HEARTBEAT)
        except TimeoutError:
            word = COMMENT
        if word is None:
            return
        await send({"type": "http.response.body", "body": word, "more_body": True})


async def watch(key: str, listener: Listener) -> None:
    """Until the session is over; meanwhile the page hears what its person may hear now."""
    while True:
        await asyncio.sleep(settings.EVENTS_LOOK_AGAIN)
        standing = await look(key)
        if standing is None or standing.user_id != listener.owner:
            listener.end(OVER)
            await asyncio.sleep(HEARTBEAT)  # the writer ends first, having said so
            return
        hear_as(listener, standing)


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def hear_as(listener: Listener, standing: Standing) -> None:
    listener.places = frozenset(str(each) for each in standing.grants.locations)


async def look(key: str) -> Standing | None:
    return await asyncio.get_running_loop().run_in_executor(_threads, _look, key)


def _look(key: str) -> Standing | None:
    """None also when the database does not answer: a stream is closed rather than left open."""
    close_old_connections()
    try:
        found = sessions.standing_of(SessionStore(key))
        return None if found and second_step.is_missing(found) else found
    except Exception:  # whatever keeps us from knowing who this is
        log.exception("event stream: could not look at a session")
        return None
    finally:
        close_old_connections()


def is_ours(origin: str, host: str) -> bool:
    """The page's own origin: the same host behind the proxy, or one that the settings name."""
    if origin.rstrip("/") in settings.EVENTS_ORIGINS:
        return True
    return bool(host) and origin in {f"https://{host}", f"http://{host}"}


def headers_for(origin: str) -> list[tuple[bytes, bytes]]:
    if not origin:
        return []
    return [
        (b"access-control-allow-origin", origin.encode()),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def session_key(cookies: str) -> str | None:
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    return found.value if found else None


EVERY_ANSWER = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
STREAM_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"x-accel-buffering", b"no"),  # proxies that gather answers would hold words back
    *EVERY_ANSWER,
]


async def reply(
    send: Send, status: int, body: dict[str, str], more: list[tuple[bytes, bytes]] | None = None
) -> None:
    headers = [(b"content-type", b"application/json"), *EVERY_ANSWER]
    await send({"type": "http.response.start", "status": status, "headers": headers + (more or [])})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


application = EventStream()
