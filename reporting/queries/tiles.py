"""A metric as a tile, and as the strip that says how it is computed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.urls import reverse

from kernel import metrics
from kernel.actors import Actor
from kernel.metrics import Metric, Reading, Span
from reporting.queries import spans

WIDTH, TOP, BOTTOM = 80, 4, 24  # of the sparkline, in its own units
MINUS = "−"


@dataclass(frozen=True)
class Tile:
    """What components/kpi_tile.html prints."""

    key: str
    name: str
    url: str
    value: str
    unit: str
    spark: str
    spark_end: str
    goal_y: str
    change: str
    change_icon: str
    tone: str
    goal: str
    formula_url: str


def tiles(actor: Actor, locations: Sequence[UUID], today: date) -> list[Tile]:
    """Every figure this actor may read, over the last four weeks. Two statements a figure."""
    span = spans.last_weeks(today)
    return [_tile(metric, actor, locations, span) for metric in metrics.all_for(actor)]


def _tile(metric: Metric, actor: Actor, locations: Sequence[UUID], span: Span) -> Tile:
    earlier, now = metric.measure(actor, [spans.before(span), span], locations)
    line: list[Reading] = []
    if not metric.is_of_now:
        line = metric.measure(actor, spans.weeks(span), locations)
    change = _change(metric, earlier, now)
    path, end, goal_y = _spark([each.value for each in line], metric.target)
    return Tile(
        key=metric.name,
        name=metric.label,
        url=reverse("reporting:figure", args=[metric.name]),
        value=in_words(metric, now.value),
        unit=metric.unit,
        spark=path,
        spark_end=end,
        goal_y=goal_y,
        change=in_words(metric, abs(change)) if change is not None else "",
        change_icon=_arrow(change),
        tone=_tone(metric, change, now.value),
        goal=f"goal {metric.goal}" if metric.goal else "",
        formula_url=reverse("reporting:formula", args=[metric.name]),
    )


def in_words(metric: Metric, value: Decimal | None) -> str:
    """The figure as it is written; an empty string when there is not enough data."""
    if value is None:
        return ""
    text = f"{rounded(metric, value):,f}"
    return text.replace("-", MINUS)


def rounded(metric: Metric, value: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-metric.digits), ROUND_HALF_UP)


def _change(metric: Metric, earlier: Reading, now: Reading) -> Decimal | None:
    """Between what is written, so that nobody can find it wrong."""
    if metric.is_of_now or earlier.value is None or now.value is None:
        return None
    return rounded(metric, now.value) - rounded(metric, earlier.value)


def _arrow(change: Decimal | None) -> str:
    if not change:
        return "minus"
    return "arrow-up-right" if change > 0 else "arrow-down-right"


def _tone(metric: Metric, change: Decimal | None, value: Decimal | None) -> str:
    """Better is good; worse asks for action only where the goal is missed."""
    if not change or value is None:
        return ""
    if (change > 0) == metric.higher_is_better:
        return "good"
    return "act" if misses(metric, value) else ""


def misses(metric: Metric, value: Decimal | None) -> bool:
    """Whether a figure, as it is written, is on the wrong side of its goal."""
    if metric.target is None or value is None:
        return False
    shown = rounded(metric, value)
    return shown != metric.target and (shown < metric.target) == metric.higher_is_better


def _spark(values: Sequence[Decimal | None], target: Decimal | None) -> tuple[str, str, str]:
    """Path, height of its end and of the goal, in a box of 84 × 28; weeks without data leave a gap."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return "", "", ""
    every = [*known, target] if target is not None else known
    low, high = min(every), max(every)

    def height(value: Decimal) -> str:
        share = (value - low) / (high - low) if high > low else Decimal("0.5")
        return f"{BOTTOM - share * (BOTTOM - TOP):.1f}"

    path, pen_is_down = [], False
    for place, value in enumerate(values):
        if value is None:
            pen_is_down = False
            continue
        x = place * WIDTH / (len(values) - 1)
        path.append(f"{'L' if pen_is_down else 'M'}{x:.1f} {height(value)}")
        pen_is_down = True
    end = height(values[-1]) if values[-1] is not None else ""
    return " ".join(path), end, height(target) if target is not None else ""


@dataclass(frozen=True)
class Formula:
    """What components/kpi_formula.html prints."""

    name: str
    formula: str
    facts: tuple[tuple[str, str], ...]
    url: str


def formula(
    metric: Metric, actor: Actor, locations: Sequence[UUID], span: Span
) -> tuple[Formula, Reading]:
    """How a figure is computed, with its two numbers."""
    (reading,) = metric.measure(actor, [span], locations)
    over = "now" if metric.is_of_now else spans.words(span)
    facts = [(over.capitalize() if metric.is_of_now else over, _numbers(metric, reading))]
    if metric.leaves_out:
        facts.append(("Leaves out", metric.leaves_out))
    facts += [("Basis", "day of the visit" if not metric.is_of_now else "as of this minute")]
    facts += [("Source", metric.source)]
    url = reverse("reporting:figure", args=[metric.name])
    return Formula(metric.label, f"{metric.label} = {metric.formula}", tuple(facts), url), reading


def _numbers(metric: Metric, reading: Reading) -> str:
    top, bottom = metric.numbers
    if reading.numerator is None:
        return f"{reading.denominator or 0:,f} {bottom}"
    return f"{reading.numerator:,f} {top} ÷ {reading.denominator or 0:,f} {bottom}"
