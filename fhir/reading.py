"""
Reading FHIR files as a stream: one bundle or one line at a time, so that a thousand patients need no more
memory than one. Whatever cannot be read becomes a refusal with its place and its reason; reading goes on.
"""

import json
import lzma
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

MAX_FILE = 64 * 1024 * 1024  # a bundle is read whole; larger ones come as NDJSON
MAX_LINE = 8 * 1024 * 1024
SUFFIXES = (".json", ".ndjson", ".tar.xz")
# NDJSON exports have a file for each kind: those that others refer to come first.
ORDER = (
    "Organization",
    "Location",
    "Practitioner",
    "PractitionerRole",
    "Patient",
    "RelatedPerson",
    "Encounter",
    "Appointment",
)

Key = tuple[str, str]  # resource type, id


@dataclass(frozen=True)
class Entry:
    """One resource and where it stood; `aliases` are the bundle's own names (fullUrl) for its resources."""

    origin: str
    kind: str
    id: str
    resource: Mapping[str, Any]
    aliases: Mapping[str, Key] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> Key:
        return self.kind, self.id


@dataclass(frozen=True)
class Unreadable:
    """A file, a line or an entry that is no FHIR resource, and why."""

    origin: str
    reason: str


class Progress:
    """How far the reading is, between 0 and 1."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.total = sum(path.stat().st_size for path in paths if path.is_file()) or 1
        self.before = self.within = 0

    def file_done(self, path: Path) -> None:
        self.before += path.stat().st_size
        self.within = 0

    @property
    def share(self) -> float:
        return min(1.0, (self.before + self.within) / self.total)


def files_in(paths: Sequence[Path]) -> list[Path]:
    """The files to read, those that others refer to first; links are not followed."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (each for each in path.rglob("*") if each.is_file() and not each.is_symlink())
            found += [each for each in inside if each.name.endswith(SUFFIXES)]
        else:
            found.append(path)
    return sorted(found, key=lambda path: (_rank(path.name), str(path)))


def read(files: Sequence[Path], progress: Progress) -> Iterator[Entry | Unreadable]:
    """Every resource of the files, one after the other."""
    for path in files:
        try:
            yield from _read_file(path, progress)
        except (OSError, EOFError, lzma.LZMAError, tarfile.TarError) as error:
            yield Unreadable(path.name, f"The file cannot be read to its end: {_plain(error)}.")
        if path.is_file():
            progress.file_done(path)


def _read_file(path: Path, progress: Progress) -> Iterator[Entry | Unreadable]:
    if not path.is_file():
        yield Unreadable(path.name, "There is no such file.")
    elif path.name.endswith(".tar.xz"):
        yield from _read_archive(path, progress)
    elif path.name.endswith((".json", ".ndjson")):
        with path.open("rb") as stream:
            yield from _read_stream(stream, path.name, path.stat().st_size, progress)
    else:
        yield Unreadable(path.name, "Only .json, .ndjson and .tar.xz of them are read.")


def _read_archive(path: Path, progress: Progress) -> Iterator[Entry | Unreadable]:
    """Members are read out of the stream and never written anywhere, so their names can do no harm."""
    with (
        path.open("rb") as packed,
        lzma.LZMAFile(packed) as unpacked,
        tarfile.open(fileobj=unpacked, mode="r|") as archive,
    ):
        for member in archive:
            name = member.name.rsplit("/", 1)[-1]
            if not member.isfile() or not name.endswith((".json", ".ndjson")):
                continue
            stream = archive.extractfile(member)
            if stream is not None:
                yield from _read_stream(stream, name, member.size, None)
            progress.within = packed.tell()
        while unpacked.read(
            1 << 20
        ):  # to the end mark: a torn archive must not pass for a whole one
            pass


def _read_stream(
    stream: IO[bytes], name: str, size: int, progress: Progress | None
) -> Iterator[Entry | Unreadable]:
    if name.endswith(".ndjson"):
        yield from _read_lines(stream, name, progress)
    elif size > MAX_FILE:
        yield Unreadable(
            name, f"The file is larger than {MAX_FILE >> 20} MB. Ask for NDJSON instead."
        )
    else:
        yield from _read_document(stream.read(), name, progress)


def _read_lines(
    stream: IO[bytes], name: str, progress: Progress | None
) -> Iterator[Entry | Unreadable]:
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        origin = f"{name}:{number}"
        size = len(line)
        if size == MAX_LINE and not line.endswith(b"\n"):
            size += _skip_rest(stream)
            yield Unreadable(origin, f"The line is longer than {MAX_LINE >> 20} MB.")
        elif line.strip():
            found = _parse(line, origin)
            yield found if isinstance(found, Unreadable) else _entry(found, origin, "", {})
        if progress is not None:
            progress.within += size


def _skip_rest(stream: IO[bytes]) -> int:
    skipped = 0
    while part := stream.readline(1 << 20):
        skipped += len(part)
        if part.endswith(b"\n"):
            break
    return skipped


def _read_document(
    content: bytes, name: str, progress: Progress | None
) -> Iterator[Entry | Unreadable]:
    found = _parse(content, name)
    if isinstance(found, Unreadable):
        yield found
    elif found.get("resourceType") != "Bundle":
        yield _entry(found, name, "", {})
    else:
        yield from _read_bundle(found, name, len(content), progress)


def _read_bundle(
    bundle: Mapping[str, Any], name: str, size: int, progress: Progress | None
) -> Iterator[Entry | Unreadable]:
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        yield Unreadable(name, "The bundle has no list of entries.")
        return
    aliases = dict(filter(None, map(_alias, entries)))
    for place, each in enumerate(entries, start=1):
        origin = f"{name}#{place}"
        inside = each.get("resource") if isinstance(each, dict) else None
        if isinstance(inside, dict):
            url = each.get("fullUrl")
            yield _entry(inside, origin, url if isinstance(url, str) else "", aliases)
        else:
            yield Unreadable(origin, "The entry holds no resource.")
        if progress is not None:
            progress.within = size * place // len(entries)


def _alias(entry: Any) -> tuple[str, Key] | None:
    """What the bundle calls a resource, beside its type and id."""
    if not isinstance(entry, dict) or not isinstance(entry.get("resource"), dict):
        return None
    url, inside = entry.get("fullUrl"), entry["resource"]
    if not isinstance(url, str) or not isinstance(inside.get("resourceType"), str):
        return None
    return url, (inside["resourceType"], _id_of(inside, url))


def _entry(
    resource: Mapping[str, Any], origin: str, url: str, aliases: Mapping[str, Key]
) -> Entry | Unreadable:
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or not kind:
        return Unreadable(origin, "There is no resourceType: this is not a FHIR resource.")
    return Entry(origin, kind[:60], _id_of(resource, url), resource, aliases)


def _id_of(resource: Mapping[str, Any], url: str) -> str:
    """The resource's id; one that a transaction is only to give an id yet goes by its urn."""
    own = resource.get("id")
    if isinstance(own, str) and own:
        return own
    return url.rsplit(":", 1)[-1] if url.startswith("urn:") else ""


def _parse(content: bytes, origin: str) -> Mapping[str, Any] | Unreadable:
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return Unreadable(origin, "The text is not UTF-8.")
    except json.JSONDecodeError as error:
        return Unreadable(
            origin, f"This is not JSON, from line {error.lineno}, column {error.colno}."
        )
    except RecursionError:
        return Unreadable(origin, "The JSON is nested too deep.")
    except ValueError:
        return Unreadable(origin, "The JSON holds a number that is too long.")
    return found if isinstance(found, dict) else Unreadable(origin, "This is not a JSON object.")


def _rank(name: str) -> int:
    """By the kind in the name of an NDJSON file (`Patient.000.ndjson`); bundles come after them."""
    kind = name.split(".")[0].split("-")[0]
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _plain(error: BaseException) -> str:
    return type(error).__name__
