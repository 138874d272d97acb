"""
Stream: words of `kernel.live` on their way to the browsers.

One listener on the broker fans out to every open page; what a page may hear is decided by whoever let it
in. A page that does not keep up is let go: it asks again by itself. A word is a topic, never what changed.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import redis.asyncio
from redis import RedisError

from kernel.live import CHANNEL

log = logging.getLogger(__name__)

QUEUE = 200  # words a slow page may be behind
LONGEST_WAIT = 10.0  # seconds between two tries to reach the broker
SILENCE = 20.0  # the broker says nothing for so long: ask it whether it is there

LOST, FOUND = "lost", "found"
EVERYWHERE = "*"


class Listener:
    """One open page: what it may hear, and the words it has not taken yet."""

    def __init__(self, owner: UUID, places: Iterable[str] = ()) -> None:
        self.owner = owner
        self.places = frozenset(places)
        self.words: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=QUEUE)

    def hears(self, place: str) -> bool:
        return place == EVERYWHERE or place in self.places

    def put(self, word: bytes) -> bool:
        """False when the page is too far behind."""
        try:
            self.words.put_nowait(word)
        except asyncio.QueueFull:
            return False
        return True

    def end(self, last: bytes = b"") -> None:
        """Let the page go: whatever it had not taken is dropped; `last` is what it still hears."""
        while not self.words.empty():
            self.words.get_nowait()
        for word in (last, None) if last else (None,):
            self.words.put_nowait(word)


class Hub:
    """Everybody who listens, and the one connection to the broker."""

    def __init__(self, connect: Callable[[], "redis.asyncio.Redis"]) -> None:
        self.connect = connect
        self.listeners: set[Listener] = set()
        self.is_lost = True
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._listen_for_ever())

    async def stop(self) -> None:
        for each in list(self.listeners):
            each.end()
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @contextmanager
    def listening(self, listener: Listener) -> Any:
        self.listeners.add(listener)
        if self.is_lost:
            listener.put(event(LOST))
        try:
            yield listener
        finally:
            self.listeners.discard(listener)

    def say(self, text: str) -> None:
        """Hand a word to everybody who may hear it."""
        place, _, topic = text.partition(" ")
        if topic:
            word = data({"topic": topic})
            self._hand_out(word, [each for each in self.listeners if each.hears(place)])

    async def _listen_for_ever(self) -> None:
        wait = 0.5
        while True:
            try:
                async for text in self._words():
                    wait = 0.5
                    self.say(text)
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("event stream: the broker is away (%s)", type(error).__name__)
            self._tell(LOST)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    async def _words(self) -> AsyncIterator[str]:
        """
        :raises RedisError: the connection is gone
        """
        async with (
            self.connect() as broker,
            broker.pubsub(ignore_subscribe_messages=True) as channel,
        ):
            await channel.subscribe(CHANNEL)
            self._tell(FOUND)
            asked = False
            while True:
                message = await channel.get_message(timeout=SILENCE)
                if message is None and asked:
                    raise TimeoutError("the broker does not answer")
                if message is None:
                    await asyncio.wait_for(channel.ping(), timeout=5)
                asked = message is None
                if message and message["type"] == "message":
                    yield message["data"].decode(errors="replace")

    def _tell(self, name: str) -> None:
        if (name == LOST) != self.is_lost:
            self.is_lost = name == LOST
            self._hand_out(event(name), list(self.listeners))

    def _hand_out(self, word: bytes, listeners: list[Listener]) -> None:
        for each in listeners:
            if not each.put(word):
                self.listeners.discard(each)
                each.end()


def data(body: dict[str, str]) -> bytes:
    return f"data: {json.dumps(body)}\n\n".encode()


def event(name: str) -> bytes:
    return f"event: {name}\ndata: {{}}\n\n".encode()


COMMENT = b": here\n\n"
