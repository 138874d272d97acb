"""
A gateway for messages on the loopback, speaking the JSON of `communications.adapters.http`.

It counts what it delivered. `keys`: one key is delivered once, however often it is handed over. `hangs`: of so
many in a thousand it takes the message and closes the connection without a word, as a network does.
"""

import json
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen


class Gateway(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, keys: bool, hangs: int = 0, seed: int = 1, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.keys, self.hangs = keys, hangs
        self.lock, self.chance = threading.Lock(), random.Random(seed)
        self.delivered: Counter[str] = Counter()
        self.texts: dict[str, dict[str, str]] = {}
        self.handed = self.hung = 0
        self.answer = 202  # what it says to the next ones

    def __enter__(self) -> "Gateway":
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def address(self) -> str:
        keys = "keys=1&" if self.keys else ""
        return f"http://127.0.0.1:{self.server_port}/send?{keys}tells=1"

    def tally(self) -> dict[str, int]:
        with self.lock:
            return {
                "delivered": len(self.delivered),
                "twice": sum(1 for times in self.delivered.values() if times > 1),
                "handed": self.handed,
                "hung": self.hung,
            }

    def take(self, said: dict[str, str]) -> bool:
        """Deliver; False: taken, and nobody is told."""
        with self.lock:
            self.handed += 1
            if not (self.keys and said["key"] in self.delivered):
                self.delivered[said["key"]] += 1
                self.texts[said["key"]] = said
            if self.hangs and self.chance.randrange(1000) < self.hangs:
                self.hung += 1
                return False
            return True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gateway
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.answer >= 300:
            self._say(self.server.answer, {})
        elif self.server.take(said):
            self._say(202, {"ref": f"g-{said['key'][-12:]}"})
        else:
            self.close_connection = True

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path == "/tally":
            self._say(200, self.server.tally())
            return
        key = parse_qs(asked.query).get("key", [""])[0]
        found = key in self.server.delivered
        self._say(200 if found else 404, {"ref": f"g-{key[-12:]}"} if found else {})

    def _say(self, status: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Quiet: the tally says it."""


@contextmanager
def running(kind: str, hangs: int) -> Iterator[str]:
    """In a process of its own, so that what it costs is not the office's."""
    command = [sys.executable, "-m", "benchmarks.gateway", kind, str(hangs), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield child.stdout.readline().strip()
        finally:
            child.terminate()


def tally(address: str) -> dict[str, int]:
    """What the gateway itself has counted."""
    with urlopen(address.partition("/send")[0] + "/tally", timeout=10) as answer:  # noqa: S310  our own
        return dict(json.load(answer))


def main() -> None:
    """`python -m benchmarks.gateway keys|blind HANGS PORT`: until it is ended."""
    kind, hangs, port = sys.argv[1:4]
    with Gateway(keys=kind == "keys", hangs=int(hangs), port=int(port)) as gateway:
        print(gateway.address, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
