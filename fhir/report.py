"""What an import did: counted by kind, and every refusal with its place and its reason."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

JOB = "fhir.import"  # the kind of job that brings such a report
MOST_LINES = 500  # kept to be shown; all are counted, and a listener hears of each
OUTCOMES = ("created", "updated", "unchanged", "refused")


@dataclass(frozen=True)
class Refused:
    """One resource that was not imported. The reason never carries what was in it."""

    origin: str
    what: str  # "Patient/123"
    reason: str

    def __str__(self) -> str:
        return (
            f"{self.origin} {self.what}: {self.reason}"
            if self.what
            else f"{self.origin}: {self.reason}"
        )


@dataclass
class Report:
    """The sum of many batches."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    not_imported: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    refused_count: int = 0
    on_refused: Callable[[Refused], Any] | None = None

    def count(self, kind: str, outcome: str, number: int = 1) -> None:
        self.counts.setdefault(kind, Counter())[outcome] += number

    def refuse(self, line: Refused) -> None:
        kind = line.what.split("/")[0] or "Unreadable"
        self.count(kind, "refused")
        self.refused_count += 1
        if len(self.refused) < MOST_LINES:
            self.refused.append(line)
        if self.on_refused:
            self.on_refused(line)

    def take(self, done: "Report") -> None:
        """Add what one batch did."""
        for kind, counted in done.counts.items():
            self.counts.setdefault(kind, Counter()).update(
                {name: number for name, number in counted.items() if name != "refused"}
            )
        for line in done.refused:
            self.refuse(line)

    def total(self, outcome: str) -> int:
        return sum(counted[outcome] for counted in self.counts.values())

    @property
    def read(self) -> int:
        return sum(sum(counted.values()) for counted in self.counts.values()) + sum(
            self.not_imported.values()
        )

    def as_result(self) -> dict[str, Any]:
        """For the job's result: numbers and reasons."""
        return {
            "read": self.read,
            "kinds": [
                {"kind": kind, **{name: counted[name] for name in OUTCOMES}}
                for kind, counted in sorted(self.counts.items())
            ],
            "not_imported": dict(sorted(self.not_imported.items())),
            "refused": [[line.origin, line.what, line.reason] for line in self.refused],
            "refused_count": self.refused_count,
        }
