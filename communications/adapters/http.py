"""
A gateway that speaks plain JSON: `POST {key, to, text}` with the key in `Idempotency-Key`, `GET ?key=`.

`https://TOKEN@host/path?keys=1&tells=1`: `keys`, it sends once what is handed over twice; `tells`, it answers
what became of a key.
"""

import json
import select
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import local
from urllib.parse import parse_qs, quote, urlsplit

from communications import gateways
from communications.gateways import Busy, NoAnswer, Outgoing, Refused

SECONDS = 10


class JsonGateway:
    name = "http"

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        asked = parse_qs(parts.query)
        self.host, self.port, self.path = parts.hostname or "", parts.port, parts.path or "/"
        self.token = parts.username or ""
        self.knows_keys, self.can_tell = "keys" in asked, "tells" in asked
        self._connects = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._open = local()

    def send(self, out: Outgoing) -> str:
        body = {"key": out.key, "to": out.address, "subject": out.subject_line, "text": out.text}
        answer, text = self._ask("POST", self.path, json.dumps(body).encode(), out.key)
        if 200 <= answer.status < 300:
            return _reference(text)
        if answer.status in {429, 503}:
            raise Busy(f"The gateway takes nothing now ({answer.status}).")
        if 400 <= answer.status < 500:
            raise Refused(f"The gateway refused it ({answer.status}).")
        raise NoAnswer(f"The gateway failed ({answer.status}).")

    def find(self, key: str) -> str | None:
        answer, text = self._ask("GET", f"{self.path}?key={quote(key)}", None, "")
        if answer.status == 404:
            return None
        if 200 <= answer.status < 300:
            return _reference(text)
        raise NoAnswer(f"The gateway does not tell ({answer.status}).")

    def close(self) -> None:
        if connection := getattr(self._open, "connection", None):
            connection.close()

    def _ask(
        self, method: str, path: str, body: bytes | None, key: str
    ) -> tuple[HTTPResponse, bytes]:
        """One connection is kept open; nothing is tried twice here, that is the sender's to decide."""
        connection = self._connected()
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer, answer.read(65_536)
        except (OSError, HTTPException) as error:
            self._open.connection = None
            connection.close()
            raise NoAnswer("The gateway did not answer.") from error

    def _connected(self) -> HTTPConnection:
        connection: HTTPConnection | None = getattr(self._open, "connection", None)
        if connection is not None and _is_stale(connection):
            connection.close()
            connection = None
        if connection is None:
            connection = self._connects(self.host, self.port, timeout=SECONDS)
            try:
                connection.connect()
            except OSError as error:
                raise Busy("The gateway cannot be reached.") from error
            self._open.connection = connection
        return connection


def _is_stale(connection: HTTPConnection) -> bool:
    """The other side closed it while nobody spoke; what is written there would get no answer."""
    return connection.sock is None or bool(select.select([connection.sock], [], [], 0)[0])


def _reference(text: bytes) -> str:
    try:
        return str(json.loads(text).get("ref", ""))[:120]
    except (ValueError, AttributeError):
        return ""


@gateways.adapter("https")
@gateways.adapter("http")
def make(address: str) -> JsonGateway:
    return JsonGateway(address)
