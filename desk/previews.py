"""What one looks at: each page drawn once by the caged child, and kept beside the store for some days."""

import time
from pathlib import Path

from django.conf import settings

from desk import store
from desk.models import DocumentVersion
from desk.safety import checking, kinds

WIDTH = 1000  # pixels
KEPT_FOR = 7 * 24 * 3600  # seconds; drawn again when somebody looks


def picture(version: DocumentVersion, page: int) -> bytes:
    """
    A page, counted from 1, as a PNG.

    :raises checking.Refused: it has no such page, or nothing that can be drawn
    :raises store.Damaged: the file is not what was stored
    """
    last = 1 if version.media_type in kinds.PICTURES else version.page_count
    if not 1 <= page <= last:
        raise checking.Refused("damaged")
    kept = _folder() / f"{version.sha256}-{page}.png"
    try:
        return kept.read_bytes()
    except OSError:
        drawn = checking.picture(store.read(version.sha256), page=page - 1, width=WIDTH)
        store.write(kept, drawn)
        return drawn


def forget(name: str) -> None:
    """Of a file that goes."""
    for each in _folder().glob(f"{name}-*.png"):
        each.unlink(missing_ok=True)


def sweep() -> None:
    oldest = time.time() - KEPT_FOR
    for each in _folder().glob("*.png"):
        if each.stat().st_mtime < oldest:
            each.unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "previews"
