"""
The door for files: a caged child looks at each, and only what it made anew comes in.

The parent believes nothing of what the child says but codes it knows: sentences, types and limits are its
own, and what was written has to begin as its type does.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from desk.safety import kinds, names
from desk.safety.kinds import TAKEN, Kind
from kernel.refusals import Invalid

SECONDS = 10.0  # by the wall; the child's own processor time ends before
PATIENCE = 30.0  # seconds a file waits for its turn
ANSWER = 10_000  # bytes; codes and numbers are short
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")  # nothing of ours: no keys, no addresses

_turns = threading.BoundedSemaphore(2)


class Refused(Invalid):
    """A file that is not taken; the sentence says why and what would be right."""

    code = "file-refused"
    title = "This file was not taken"

    def __init__(self, why: str, limit: object = "") -> None:
        super().__init__(kinds.sentence(why, limit), field="file")
        self.why = why


@dataclass(frozen=True)
class Checked:
    """A file as it will be kept."""

    name: str
    kind: Kind
    body: bytes
    text: str
    pages: int
    removed: tuple[str, ...]
    original: bytes
    kilobytes: int = 0  # the most memory its child had

    @property
    def title(self) -> str:
        return names.stem(self.name)


@dataclass(frozen=True)
class _Made:
    kind: Kind
    body: bytes
    text: str
    pages: int
    removed: tuple[str, ...]
    kilobytes: int


def check(chunks: Iterable[bytes], name: str) -> Checked:
    """
    Look at a file from outside, and make it anew.

    :raises Refused: it is not taken; nothing of it is kept
    """
    with _folder() as place:
        received = Path(place, "received")
        _keep(received, chunks)
        made = _run("check", received, name=_ending(name))
        return Checked(
            names.shown(name), made.kind, made.body, made.text, made.pages, made.removed,
            received.read_bytes(), made.kilobytes,
        )  # fmt: skip


def picture(body: bytes, *, page: int, width: int) -> bytes:
    """
    A page of a kept paper, or a kept picture, as a PNG to look at.

    :raises Refused: there is no such page, or it takes too long
    """
    return again("draw", body, page=page, width=width).body


def again(task: str, body: bytes, **told: Any) -> _Made:
    """What the child makes of something kept: a page drawn, pages turned, a part taken."""
    with _folder() as place:
        kept = Path(place, "kept")
        _keep(kept, [body])
        return _run(task, kept, **told)


def _folder() -> "tempfile.TemporaryDirectory[str]":
    """Nobody else reads there, and it goes with what is in it."""
    above = Path(settings.DATA_DIR) / "checking"
    above.mkdir(mode=0o700, parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(dir=above)


def _keep(path: Path, chunks: Iterable[bytes]) -> None:
    size, limit = 0, settings.DOCUMENT_MAX_BYTES
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise Refused("too-large", limit >> 20)
            out.write(chunk)
    if not size:
        raise Refused("empty")


def _ending(name: str) -> str:
    """Of the name the child is told no more than whether it says it is a table."""
    return "x.csv" if name.lower().rstrip(". ").endswith(".csv") else "x"


def _run(task: str, received: Path, **told: Any) -> _Made:
    bounds = {
        "file_bytes": settings.DOCUMENT_MAX_BYTES,
        "pages": settings.DOCUMENT_MAX_PAGES,
        "megapixels": settings.DOCUMENT_MAX_MEGAPIXELS,
    }
    body, text = received.with_name("body"), received.with_name("text")
    if not _turns.acquire(timeout=PATIENCE):
        raise Refused("busy")
    try:
        said = _child(task, json.dumps(bounds | told), received, body, text)
    finally:
        _turns.release()
    return _believed(said, body, text)


def _child(task: str, words: str, received: Path, body: Path, text: Path) -> bytes:
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with received.open("rb") as given, body.open("xb") as body_to, text.open("xb") as text_to:
        handed = (body_to.fileno(), text_to.fileno())
        running = subprocess.Popen(
            [sys.executable, "-s", "-B", "-m", "desk.safety.child", task, words, *map(str, handed)],
            cwd=settings.BASE_DIR,
            env=env | {"LC_ALL": "C.UTF-8"},
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=handed,
            start_new_session=True,
        )
        try:
            said, _ = running.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            _end(running)
            raise Refused("too-long") from None
        except BaseException:
            _end(running)
            raise
    if running.returncode in {-signal.SIGXCPU, -signal.SIGKILL}:
        raise Refused("too-long")
    if running.returncode == -signal.SIGXFSZ:
        raise Refused("grew", settings.DOCUMENT_MAX_BYTES >> 20)
    return said if running.returncode == 0 else b""


def _end(running: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    if running.stdout:
        running.stdout.close()


def _believed(said: bytes, body: Path, text: Path) -> _Made:
    """
    :raises Refused: the child refused, died, or said something no child of ours says
    """
    try:
        answer = json.loads(said[:ANSWER])
        if code := answer.get("code"):
            raise Refused(str(code), _number(answer.get("limit")))
        kind = TAKEN[answer["media_type"]]
        pages, removed = int(answer["pages"]), tuple(str(each) for each in answer["removed"])
        kilobytes = int(answer.get("kilobytes", 0))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("failed") from None
    made = body.read_bytes()
    if not made.startswith(kind.magic) or not 0 <= pages <= settings.DOCUMENT_MAX_PAGES:
        raise Refused("failed")
    words = _bounded(text.open("rb"))
    known = tuple(each for each in removed if each in kinds.REMOVED)
    return _Made(kind, made, words, pages, known, kilobytes)


def _bounded(file: IO[bytes]) -> str:
    with file:
        return file.read(1 << 20).decode("utf-8", "replace").replace("\x00", " ")


def _number(limit: object) -> object:
    return limit if isinstance(limit, int | float) else ""
