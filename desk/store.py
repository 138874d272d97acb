"""
Where the files lie: `documents/` in `DATA_DIR`, each under the hash of its contents, outside of every web root.

The same file sent twice lies there once. What is read is compared with its hash; backups take the folder with
checksums (`KEPT_IN_DATA_DIR`). In `documents/quarantine/` wait the files as they were sent, until the scanner
has found them clean.
"""

import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings

from kernel.refusals import Refusal

log = logging.getLogger(__name__)

ORPHAN_AFTER = 2 * 24 * 3600  # seconds a file without a row may lie: its act may still be under way


class Damaged(Refusal):
    """The file is gone, or is not what was stored."""

    code = "file-damaged"
    title = "The file is damaged or missing in the store. Whoever runs the server restores it from the backup"


def root() -> Path:
    return Path(settings.DATA_DIR) / "documents"


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def put(body: bytes) -> str:
    """Keep a file; returns its hash. It is whole on the disk before anything points to it."""
    name = digest(body)
    path = _path(name)
    if path.exists() and _holds(path, name):
        os.utime(path)  # it is needed again: no orphan
    else:
        write(path, body)
    return name


def read(name: str) -> bytes:
    """
    The contents, if they are still what was stored.

    :raises Damaged: gone, or changed
    """
    try:
        body = _path(name).read_bytes()
    except OSError:
        body = b""
    if digest(body) != name:
        log.error("a document's file is damaged or missing: %s", name)
        raise Damaged
    return body


def remove(name: str) -> None:
    _path(name).unlink(missing_ok=True)


def hold(version_id: UUID, body: bytes) -> None:
    """Keep a file as it was sent, for the scanner alone."""
    write(_held(version_id), body)


def held(version_id: UUID) -> bytes:
    """
    The file as it was sent.

    :raises Damaged: it is gone
    """
    try:
        return _held(version_id).read_bytes()
    except OSError:
        log.error("a file in quarantine is missing: %s", version_id)
        raise Damaged from None


def let_go(version_id: UUID) -> None:
    _held(version_id).unlink(missing_ok=True)


def names() -> Iterable[str]:
    """Of every file that lies here."""
    for folder in sorted(root().glob("[0-9a-f][0-9a-f]")):
        yield from (each.name for each in sorted(folder.iterdir()) if len(each.name) == 64)


def is_orphan(name: str) -> bool:
    """It has lain long enough that no act can still be about to point to it."""
    try:
        return _path(name).stat().st_mtime < time.time() - ORPHAN_AFTER
    except OSError:
        return False


def _path(name: str) -> Path:
    if len(name) != 64 or not set(name) <= set("0123456789abcdef"):
        raise ValueError("no hash")
    return root() / name[:2] / name


def _held(version_id: UUID) -> Path:
    return root() / "quarantine" / str(version_id)


def _holds(path: Path, name: str) -> bool:
    return digest(path.read_bytes()) == name


def write(path: Path, body: bytes) -> None:
    """Under another name first: a file is there whole, or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".", dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
