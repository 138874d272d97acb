"""A closed loop: each client sends its next request when the answer to the last one is there."""

import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from benchmarks.house import House


@dataclass
class Tally:
    """What the clients saw."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter = field(default_factory=Counter)

    def line(self, **more: Any) -> dict[str, Any]:
        """The measured part of a bench line; times in milliseconds."""
        ordered = sorted(self.times)
        count = len(ordered)

        def share(part: float) -> float:
            return round(ordered[min(count - 1, int(count * part))] * 1000, 2) if count else 0.0

        return {
            "n": count,
            "p50_ms": round(statistics.median(ordered) * 1000, 2) if count else 0.0,
            "p95_ms": share(0.95),
            "p99_ms": share(0.99),
            "per_s": round(count / self.seconds, 1) if self.seconds else 0.0,
            **more,
        }


class Client:
    """One keep-alive connection."""

    def __init__(self, house: House) -> None:
        self.house, self.sock, self.rest = house, None, b""

    def send(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/json"
    ) -> tuple[int, bytes]:
        lines = [
            f"{method} {path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Cookie: {self.house.cookie}",
            "Accept-Encoding: identity",
        ]
        if method == "POST":
            lines += [
                f"X-CSRFToken: {self.house.csrf}",
                f"Content-Type: {kind}",
                f"Content-Length: {len(body)}",
            ]
        raw = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        for attempt in (1, 2):  # the server may close an idle connection between two requests
            try:
                if self.sock is None:
                    self.sock = socket.create_connection(("127.0.0.1", self.house.port), 30)
                    self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.sock.sendall(raw)
                return self._read()
            except (ConnectionError, BrokenPipeError):
                self.sock, self.rest = None, b""
                if attempt == 2 or method == "POST":
                    raise
        raise AssertionError("unreachable")

    def _read(self) -> tuple[int, bytes]:
        data = self.rest
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, data = data.partition(b"\r\n\r\n")
        fields = head.lower()
        length = int(fields.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        while len(data) < length:
            data += self._more()
        self.rest = data[length:]
        return int(head[9:12]), data[:length]

    def _more(self) -> bytes:
        chunk = self.sock.recv(262_144)
        if not chunk:
            raise ConnectionError("closed")
        return chunk


Ask = Callable[[Client], int]


def drive(house: House, asks: Iterator[Ask], clients: int, seconds: float) -> Tally:
    """`clients` loops for so many seconds, or until the asks run out."""
    tally, lock = Tally(), threading.Lock()
    stop = time.perf_counter() + seconds

    def loop() -> None:
        client, times, statuses = Client(house), [], Counter()
        while time.perf_counter() < stop:
            with lock:
                ask = next(asks, None)
            if ask is None:
                break
            began = time.perf_counter()
            statuses[ask(client)] += 1
            times.append(time.perf_counter() - began)
        with lock:
            tally.times += times
            tally.statuses.update(statuses)

    threads = [threading.Thread(target=loop) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.seconds = time.perf_counter() - began
    return tally


def raw(
    connect: Callable[[], Any], works: Iterator[Callable[[Any], None]], clients: int, seconds: float
) -> Tally:
    """The limit: the same loop over database connections, without a house."""
    tally, lock = Tally(), threading.Lock()
    stop = time.perf_counter() + seconds

    def loop() -> None:
        connection, times = connect(), []
        while time.perf_counter() < stop:
            with lock:
                work = next(works, None)
            if work is None:
                break
            began = time.perf_counter()
            work(connection)
            times.append(time.perf_counter() - began)
        connection.close()
        with lock:
            tally.times += times

    threads = [threading.Thread(target=loop) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally.seconds = time.perf_counter() - began
    return tally


def statements(house: House, method: str, path: str, body: dict | None = None) -> int:
    """SQL statements of one warm request, savepoints not counted, in this process."""
    from django.db import connection
    from django.test import Client as InProcess
    from django.test.utils import CaptureQueriesContext

    inside = InProcess(HTTP_HOST="localhost")
    inside.cookies.load(house.cookie)
    extra = {"content_type": "application/json", "data": body} if method == "POST" else {}
    if method != "POST":
        inside.get(path)
    with CaptureQueriesContext(connection) as asked:
        answer = inside.post(path, **extra) if method == "POST" else inside.get(path)
    if answer.status_code >= 400:
        raise SystemExit(f"{method} {path} answered {answer.status_code}: {answer.content[:300]!r}")
    return len([each for each in asked if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])
