"""Metrics: one definition each; tile, list, export and API use the same one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.actors import Actor


@dataclass(frozen=True)
class Reading:
    """A metric over a span. `value` None: not enough data, never 0 %."""

    value: Decimal | None
    numerator: Decimal
    denominator: Decimal | None = None


@dataclass(frozen=True)
class Metric:
    """
    `measure(actor, first, last)` reads the days from `first` to `last`, both included, at the locations
    the actor works at. `formula` and `source` are shown on the tile.
    """

    name: str
    label: str
    unit: str
    formula: str
    source: str
    measure: Callable[[Actor, date, date], Reading]
    permission: str
    target: Decimal | None = None
    higher_is_better: bool = True
    leaves_out: str = ""
    rows_url: str = ""


_metrics: dict[str, Metric] = {}


def register(metric: Metric) -> Metric:
    _metrics[metric.name] = metric
    return metric


def all_for(actor: Actor) -> list[Metric]:
    return [metric for metric in _metrics.values() if actor.may(metric.permission)]


def find(name: str) -> Metric | None:
    return _metrics.get(name)
