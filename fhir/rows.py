"""What is kept of a resource, and its fingerprint: the same resource twice is one row and no change."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fhir.reading import Entry, Key
from fhir.values import Ref


@dataclass(frozen=True)
class Row:
    """One resource, in the words of our tables."""

    entry: Entry = field(compare=False)
    fields: dict[str, Any]
    refs: dict[str, Ref] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)  # identifiers, contacts, addresses

    @property
    def key(self) -> Key:
        return self.entry.key

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def fingerprint(self) -> str:
        """A hash of everything that is kept: a second import compares nothing else."""
        refs = {name: str(each) for name, each in self.refs.items()}
        kept = json.dumps([self.fields, refs, self.more], default=_plain, sort_keys=True)
        return hashlib.sha256(kept.encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
