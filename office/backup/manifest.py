"""The list of what is in a backup: every file with its SHA-256, the database in numbers, which keys it wants."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from kernel import crypto
from office.backup import Trouble
from office.backup.contents import Contents

FORMAT = 1
NAME, SEAL = "manifest.json", "manifest.seal"
SEALED_FOR = "backup manifest"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Manifest:
    """What `manifest.json` says. No key is in it: only what each key would make of a known word."""

    taken_at: str
    server: str
    migrations: list[list[str]]
    extensions: list[str]
    contents: Contents
    key_marks: dict[str, str]
    files: dict[str, dict[str, Any]]  # path: bytes, sha256

    def write(self, folder: Path) -> None:
        """The seal beside it tells a changed manifest: by a hash, and by a key for whoever has ours."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True)
        (folder / NAME).write_text(text)
        (folder / SEAL).write_text(f"{_hashed(text)}\n{_keyed(text)}\n")


def read(folder: Path) -> Manifest:
    """
    The manifest of a backup, if nobody changed it.

    :raises Trouble: it is missing, changed, or of another format
    """
    try:
        text = (folder / NAME).read_bytes().decode(errors="replace")
        seal = (folder / SEAL).read_bytes().decode(errors="replace").split("\n")
    except OSError:
        raise Trouble(f"{folder} is no whole backup: {NAME} or {SEAL} is missing.") from None
    if len(seal) != 3 or seal[0] != _hashed(text) or seal[2]:
        raise Trouble(f"{NAME} and {SEAL} do not fit: one of them was changed or is damaged.")
    told = json.loads(text)
    if told.pop("format") != FORMAT:
        raise Trouble("This backup has a format that this program does not know.")
    tables = {name: (count, digest) for name, (count, digest) in told["contents"]["tables"].items()}
    told["contents"] = Contents(**{**told["contents"], "tables": tables})
    found = Manifest(**told)
    if not missing_keys(found) and seal[1] != _keyed(text):
        raise Trouble(f"{NAME} was not sealed with our keys: somebody wrote it anew.")
    return found


def list_files(folder: Path) -> dict[str, dict[str, Any]]:
    return {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": digest(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {NAME, SEAL}
    }


def damages(folder: Path, manifest: Manifest) -> list[str]:
    """A sentence for each file that is not as it was written."""
    there = list_files(folder)
    wrong = [f"{name} is missing." for name in manifest.files.keys() - there]
    wrong += [f"{name} does not belong to the backup." for name in there.keys() - manifest.files]
    wrong += [
        f"{name} is not as it was written."
        for name, told in manifest.files.items()
        if name in there and there[name] != told
    ]
    return sorted(wrong)


def missing_keys(manifest: Manifest) -> list[str]:
    """A sentence for each key the backup's fields were sealed with and `FIELD_KEYS` does not have."""
    have = marks()
    return [
        f"FIELD_KEYS has a key “{name}”, but not the one this backup was made with."
        if name in have
        else f"FIELD_KEYS lacks the key “{name}” this backup was made with."
        for name, mark in manifest.key_marks.items()
        if have.get(name) != mark
    ]


def marks() -> dict[str, str]:
    try:
        return crypto.marks()
    except ImproperlyConfigured:
        return {}


def digest(path: Path) -> str:
    running = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            running.update(chunk)
    return running.hexdigest()


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _keyed(text: str) -> str:
    """What only somebody with our field keys can write."""
    return crypto.blind_index(text, purpose=SEALED_FOR) if marks() else ""
