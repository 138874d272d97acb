"""
Metrics: one definition each; tile, page, list and API use the same one.

A metric is measured over spans of days, both ends included, on the calendars of the locations. What it is
made of, which rows are behind it and where the formula comes from stand with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from kernel.actors import Actor


class Span(NamedTuple):
    """Days from `first` to `last`, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Reading:
    """A metric over a span. `value` None: not enough data, never 0 %."""

    value: Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None

    @classmethod
    def ratio(cls, numerator: int | None, denominator: int | None, scale: int = 1) -> "Reading":
        """numerator × scale ÷ denominator; without a denominator there is nothing to say."""
        top, bottom = Decimal(numerator or 0), Decimal(denominator or 0)
        return cls(top * scale / bottom if bottom else None, top, bottom)


class Cell(NamedTuple):
    """What stands in one column of a row behind a figure; with `kind` and `id` it leads to its subject."""

    text: str
    kind: str = ""
    id: UUID | None = None


@dataclass(frozen=True)
class Behind:
    """The rows a figure is made of, the latest first; `total` counts those not listed too."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int


Measure = Callable[[Actor, Sequence[Span], Sequence[UUID]], list[Reading]]
Rows = Callable[[Actor, Span, Sequence[UUID], int], Behind]


@dataclass(frozen=True)
class Metric:
    """
    `measure(actor, spans, locations)` gives one reading per span, for spans that do not overlap, with a
    number of statements that does not grow with them. `rows(actor, span, locations, limit)` lists what was
    counted. `is_of_now`: it says how things stand, whatever the span, and has no past.
    """

    name: str
    label: str
    unit: str
    formula: str
    source: str
    measure: Measure
    rows: Rows
    permission: str
    leaves_out: str = ""
    numbers: tuple[str, str] = ("", "")  # what the numerator and the denominator count
    target: Decimal | None = None
    higher_is_better: bool = True
    digits: int = 0
    order: int = 50
    is_of_now: bool = False

    @property
    def goal(self) -> str:
        """In words: under 7 %."""
        if self.target is None:
            return ""
        return f"{'over' if self.higher_is_better else 'under'} {self.target:f} {self.unit}".strip()


_metrics: dict[str, Metric] = {}


def register(metric: Metric) -> Metric:
    """Called by a room when it is ready; the name is the key figure's name everywhere."""
    _metrics[metric.name] = metric
    return metric


def all_for(actor: Actor) -> list[Metric]:
    """Those the actor may read, in the order they are shown."""
    seen = [metric for metric in _metrics.values() if actor.may(metric.permission)]
    return sorted(seen, key=lambda each: (each.order, each.name))


def find(name: str, actor: Actor) -> Metric | None:
    """None too for one that the actor may not read."""
    found = _metrics.get(name)
    return found if found and actor.may(found.permission) else None
