"""Taking values out of FHIR JSON that may be anything: what has the wrong shape is absent, never a crash."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from fhir.reading import Entry, Key
from kernel import clock
from kernel.text import clean

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[^/]+)?$")
CONDITIONAL = re.compile(r"([A-Z][A-Za-z]+)\?identifier=([^|]*)\|(.+)")
EARLIEST, LATEST = date(1850, 1, 1), date(2199, 12, 31)


class Unmappable(Exception):
    """A resource that we cannot keep, and why; `str()` is the reason in the report."""


@dataclass(frozen=True)
class Ref:
    """Another resource that this one names: by type and id, or by an identifier of it."""

    kind: str
    id: str = ""
    system: str = ""
    raw: str = ""

    def __str__(self) -> str:
        return (
            f"{self.kind}/{self.id}" if not self.system else f"{self.kind} {self.system}|{self.id}"
        )

    @property
    def key(self) -> Key:
        return self.kind, self.id


def text(value: Any, longest: int) -> str:
    """A line of text, as we keep it; cut where it is longer than we keep."""
    return clean(value)[:longest] if isinstance(value, str) else ""


def name_part(value: Any, what: str, longest: int = 100) -> str:
    """
    A name is kept whole or not at all.

    :raises Unmappable: it is longer than any name we keep
    """
    found = text(value, longest + 1)
    if len(found) > longest:
        raise Unmappable(f"The {what} is longer than {longest} characters.")
    return found


def dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; nothing, if it is none."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def strings(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def inner(value: Any, *path: str) -> Any:
    """`inner(resource, "class", "code")`, or None where the way ends."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def concept(value: Any, longest: int) -> str:
    """The words of a CodeableConcept: its text, else how its first coding is displayed or called."""
    said = text(inner(value, "text"), longest)
    if said:
        return said
    for coding in dicts(inner(value, "coding")):
        if found := text(coding.get("display"), longest) or text(coding.get("code"), longest):
            return found
    return ""


def code(value: Any, system: str = "") -> str:
    """The first code of a CodeableConcept, of one system if it is named."""
    for coding in dicts(inner(value, "coding")):
        if not system or coding.get("system") == system:
            return text(coding.get("code"), 40)
    return ""


def day(value: Any, what: str) -> date | None:
    """
    A FHIR date. Half a date (only the year) is not known to us.

    :raises Unmappable: no date, or none that can be true
    """
    if not isinstance(value, str) or not value.strip():
        return None
    if re.fullmatch(r"\d{4}(-\d{2})?", value.strip()):
        return None
    try:
        found = date.fromisoformat(value.strip()[:10])
    except ValueError as error:
        raise Unmappable(f"The {what} is not a date.") from error
    if not EARLIEST <= found <= LATEST:
        raise Unmappable(f"The {what} lies in the year {found.year}, which cannot be right.")
    return found


def moment(value: Any, what: str, zone: str) -> datetime | None:
    """
    A FHIR dateTime or instant; one that only has a day means its noon, so that no zone makes it another day.

    :raises Unmappable: no date, or none that can be true
    """
    if not isinstance(value, str) or not value.strip():
        return None
    plain = value.strip()
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", plain):
        first = plain + "-01" * (2 - plain.count("-"))
        only = day(first, what)
        return clock.from_rule(only, time(12), zone) if only else None
    try:
        found = datetime.fromisoformat(plain)
    except ValueError as error:
        raise Unmappable(f"The {what} is not a time.") from error
    if not EARLIEST <= found.date() <= LATEST:
        raise Unmappable(f"The {what} lies in the year {found.year}, which cannot be right.")
    return found if found.tzinfo else found.replace(tzinfo=clock.zone(zone))


def ref(entry: Entry, value: Any, kinds: Sequence[str], what: str) -> Ref | None:
    """
    What a Reference names, by its type and id. It is looked up, never followed to an address.

    :raises Unmappable: it names something contained, of another kind, or nothing that can be named
    """
    said = inner(value, "reference")
    if not isinstance(said, str) or not said:
        return _by_identifier(value, kinds)
    if said.startswith("#"):
        raise Unmappable(
            f"The {what} is contained in the resource; contained ones are not imported."
        )
    if found := CONDITIONAL.fullmatch(said):
        return _of_kind(Ref(found[1], text(found[3], 200), text(found[2], 300), said), kinds, what)
    if said in entry.aliases:
        kind, known = entry.aliases[said]
        return _of_kind(Ref(kind, known, raw=said), kinds, what)
    if said.startswith("urn:"):
        return Ref(kinds[0], text(said.rsplit(":", 1)[-1], 200), raw=said)
    if found := REFERENCE.search(said):
        return _of_kind(Ref(found[1], found[2], raw=said), kinds, what)
    raise Unmappable(f"The {what} is no reference that can be understood.")


def _by_identifier(value: Any, kinds: Sequence[str]) -> Ref | None:
    known = inner(value, "identifier")
    number = text(inner(known, "value"), 200)
    return Ref(kinds[0], number, text(inner(known, "system"), 300) or "?", "") if number else None


def _of_kind(found: Ref, kinds: Sequence[str], what: str) -> Ref:
    if found.kind not in kinds:
        raise Unmappable(f"The {what} is a {text(found.kind, 40)}, where a {kinds[0]} belongs.")
    return found
