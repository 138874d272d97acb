"""
The child that looks: one file from standard input, one answer to the descriptors it was given.

Started as `python -m desk.safety.child TASK WORDS BODY TEXT` (the last two are descriptors), without our
settings, keys or addresses in its environment. It tells by the first bytes what it will need, imports that,
closes the cage, and only then reads on. It answers with codes and numbers; sentences, names and what becomes
of the file are the parent's business.
"""

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from desk.safety import cage, kinds, sniffing, texts
from desk.safety.report import Bounds, Clean, NotTaken

# Once closed in, nothing can be opened: whoever reads a kind of file comes, and warms up, before.
READERS = {
    "pdf": ("papers",), "tiff": ("images", "papers"), "png": ("images",), "jpeg": ("images",),
    "zip": ("office_files",), "text": (),
}  # fmt: skip
PICTURES = {"png", "jpeg"}
_STATUS = os.open("/proc/self/status", os.O_RDONLY) if os.path.exists("/proc/self/status") else -1
ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-8-sig",
    "cp1252",
    "cp437",
    "latin-1",
    "ascii",
    "idna",
)


def check(body: bytes, found: str, told: dict[str, Any]) -> Clean:
    """What is it, and what of it may stay?"""
    bounds = bounds_of(told)
    if found == "pdf":
        return reader("papers").clean(body, bounds)
    if found == "tiff":
        made = reader("papers").of_pictures(reader("images").pages_of_tiff(body, bounds))
    elif found in PICTURES:
        made = reader("images").clean_picture(body, found, bounds)
    elif found == "zip":
        made = reader("office_files").clean(body, bounds)
    else:
        made = texts.clean(body, told["name"], bounds)
    if len(made.body) > bounds.file_bytes:
        raise NotTaken("grew", bounds.megabytes)
    return made


def draw(body: bytes, found: str, told: dict[str, Any]) -> Clean:
    """One page, or a picture, as a PNG to look at."""
    if found == "pdf":
        return Clean(kinds.PNG, reader("papers").drawn(body, told["page"], told["width"]))
    if found not in PICTURES:
        raise NotTaken("not-text")
    return Clean(kinds.PNG, reader("images").smaller(body, found, told["width"], bounds_of(told)))


def turn(body: bytes, found: str, told: dict[str, Any]) -> Clean:
    papers = reader("papers")
    made = papers.turned(body, told["turned"], told["by"])
    return Clean(kinds.PDF, made, text=papers.words(made), pages=papers.count(made))


def take_part(body: bytes, found: str, told: dict[str, Any]) -> Clean:
    papers = reader("papers")
    made = papers.part(body, told["first"], told["last"])
    return Clean(kinds.PDF, made, text=papers.words(made), pages=papers.count(made))


TASKS: dict[str, Callable[[bytes, str, dict[str, Any]], Clean]] = {
    "check": check, "draw": draw, "turn": turn, "part": take_part,
}  # fmt: skip


def bounds_of(told: dict[str, Any]) -> Bounds:
    return Bounds(told["file_bytes"], told["pages"], told["megapixels"])


def reader(name: str) -> Any:
    return sys.modules[f"desk.safety.{name}"]


def main(task: str, words: str, body_to: int, text_to: int) -> None:
    told = json.loads(words)
    answer: dict[str, Any]
    try:
        body = sys.stdin.buffer.read()
        found = sniffing.kind_of(body)  # compares bytes, parses nothing
        _make_ready(found)
        cage.close(told["file_bytes"] + (4 << 20))
        made = TASKS[task](body, found, told)
        _send(text_to, made.text.encode("utf-8", "replace"))
        _send(body_to, made.body)
        answer = {"media_type": made.kind.media_type, "pages": made.pages, "removed": made.removed}
    except NotTaken as refused:
        answer = {"code": refused.code, "limit": refused.limit}
    except MemoryError:
        answer = {"code": "too-much"}
    except RecursionError:
        answer = {"code": "bomb"}
    except Exception as error:  # whatever a parser stumbles over, the file is at fault
        answer = {"code": "damaged", "error": type(error).__name__}
    answer["kilobytes"] = memory()
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # nothing of a parser's own is run at the end


def memory() -> int:
    """The most there was, in kilobytes; 0 where nobody tells. (Of `getrusage` the parent's part would count.)"""
    try:
        told = os.pread(_STATUS, 4096, 0).decode()
        return int(told.partition("VmHWM:")[2].split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def _make_ready(found: str) -> None:
    for name in ENCODINGS:
        "".encode(name)
    for name in READERS[found]:
        importlib.import_module(f"desk.safety.{name}").warm_up()


def _send(descriptor: int, body: bytes) -> None:
    left = memoryview(body)
    while left:
        left = left[os.write(descriptor, left) :]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
