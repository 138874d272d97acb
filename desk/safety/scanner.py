"""
The office's virus scanner: clamd over TCP or a socket, asked by its INSTREAM command.

`SCANNER_URL` is `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`; empty: there is none, and the pages say
so. A scanner that does not answer, answers something strange or takes only smaller files has not said that a
file is clean (clamd calls a file above its own limits OK unless told to alarm: docs/operations.md).
"""

import re
import socket
import struct
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SECONDS = 10.0  # without a sign of life
CHUNK = 1 << 16
ANSWER = 4096
FOUND = re.compile(rb"^stream: (.{1,200}) FOUND$")
PORT = 3310


class ScannerAway(Exception):
    """It did not say whether the file is clean; the file stays where nobody opens it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


@dataclass(frozen=True)
class Infected:
    """It found something; `what` is the name of the signature."""

    what: str


def is_configured() -> bool:
    return bool(settings.SCANNER_URL)


def scan(body: bytes) -> Infected | None:
    """
    Ask about one file; None: it is clean.

    :raises ScannerAway: it did not answer, or nothing that can be relied on
    """
    if len(body) > settings.SCANNER_MAX_BYTES:
        raise ScannerAway("The file is larger than the scanner takes (SCANNER_MAX_MB).")
    try:
        with _connected() as line:
            _send(line, body)
            said = _answer(line)
    except OSError as error:
        raise ScannerAway("The scanner does not answer.") from error
    if said == b"stream: OK":
        return None
    if (found := FOUND.match(said)) and not found.group(1).startswith(
        b"Heuristics.Limits.Exceeded"
    ):
        return Infected(found.group(1).decode("ascii", "replace"))
    raise ScannerAway("The scanner could not say whether the file is clean.")


def _connected() -> socket.socket:
    told = urlsplit(settings.SCANNER_URL)
    if told.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        try:
            line.connect(told.path)
        except OSError:
            line.close()
            raise
        return line
    if told.scheme != "tcp" or not told.hostname:
        raise ImproperlyConfigured("SCANNER_URL is tcp://host:port or unix:///path.")
    return socket.create_connection((told.hostname, told.port or PORT), timeout=SECONDS)


def _send(line: socket.socket, body: bytes) -> None:
    line.sendall(b"zINSTREAM\0")
    for start in range(0, len(body), CHUNK):
        piece = body[start : start + CHUNK]
        line.sendall(struct.pack("!I", len(piece)) + piece)
    line.sendall(struct.pack("!I", 0))


def _answer(line: socket.socket) -> bytes:
    said = b""
    while b"\0" not in said and len(said) < ANSWER:
        piece = line.recv(ANSWER)
        if not piece:
            break
        said += piece
    return said.partition(b"\0")[0].strip()
