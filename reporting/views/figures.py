"""Key figures: all of them, and one with its course and the rows behind it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access import place
from kernel import clock, metrics, subjects
from kernel.metrics import Behind, Metric, Span
from kernel.policy import page, saw
from office import queries as office_queries
from reporting.permissions import Permission
from reporting.queries import spans, tiles

LIMIT = 200
PATIENT = "patients.patient"


@page(permission=Permission.VIEW_FIGURES)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    context = {
        "tiles": tiles.tiles(request.actor, _places(request), _today()),
        "places": [each.name for each in place.choices(request.actor)],
        "lines": _by_place(request),
        "span": spans.words(spans.last_weeks(_today())),
    }
    return render(request, "reporting/figures.html", context)


@page(permission=Permission.VIEW_FIGURES)
@require_safe
def formula(request: HttpRequest, name: str) -> HttpResponse:
    """The strip under the tiles: formula, the two numbers, what is left out."""
    metric = _find(request, name)
    how, _ = tiles.formula(metric, request.actor, _places(request), spans.last_weeks(_today()))
    context = {"name": how.name, "formula": how.formula, "facts": how.facts, "url": how.url}
    return render(request, "components/kpi_formula.html", context)


@page(permission=Permission.VIEW_FIGURES, subject=PATIENT)
@require_safe
def figure(request: HttpRequest, name: str) -> HttpResponse:
    """One figure: what it says, week by week, and what was counted."""
    metric = _find(request, name)
    chosen = _chosen(request)
    span = spans.last_weeks(_today())
    how, reading = tiles.formula(metric, request.actor, chosen, span)
    behind = metric.rows(request.actor, span, chosen, LIMIT)
    saw(request, PATIENT, _patients(behind))
    context = {
        "metric": metric,
        "how": how,
        "value": tiles.in_words(metric, reading.value),
        "span": spans.words(span),
        "weeks": _course(metric, request, chosen, span),
        "columns": [{"label": label} for label in behind.columns],
        "rows": [[(cell.text, _url(cell)) for cell in row] for row in behind.rows],
        "total": behind.total,
        "shown": len(behind.rows),
        "places": _choices(request),
        "others": [each for each in metrics.all_for(request.actor)],
    }
    return render(request, "reporting/figure.html", context)


def _by_place(request: HttpRequest) -> list[dict[str, Any]]:
    """Every figure beside itself at each location: where it is different is where to look."""
    span, places = spans.last_weeks(_today()), _places(request)
    lines = []
    for metric in metrics.all_for(request.actor):
        readings = [metric.measure(request.actor, [span], [each])[0] for each in places]
        cells = [
            (tiles.in_words(metric, each.value), tiles.misses(metric, each.value))
            for each in readings
        ]
        lines.append({"metric": metric, "cells": cells})
    return lines


def _find(request: HttpRequest, name: str) -> Metric:
    metric = metrics.find(name, request.actor)
    if metric is None:
        raise Http404
    return metric


def _today() -> Any:
    return clock.today(timezone.now(), office_queries.practice_zone())


def _places(request: HttpRequest) -> list[UUID]:
    return [each.pk for each in place.choices(request.actor)]


def _chosen(request: HttpRequest) -> list[UUID]:
    """The location the address names, if one works there; else all of them."""
    allowed = {str(key): key for key in _places(request)}
    wanted = allowed.get(request.GET.get("at", ""))
    return [wanted] if wanted else list(allowed.values())


def _choices(request: HttpRequest) -> list[tuple[str, str, bool]]:
    wanted = request.GET.get("at", "")
    found = place.choices(request.actor)
    if len(found) < 2:
        return []
    named = [(str(each.pk), each.name) for each in found]
    is_one = wanted in dict(named)
    return [("", "All locations", not is_one), *((key, name, key == wanted) for key, name in named)]


def _course(
    metric: Metric, request: HttpRequest, places: list[UUID], span: Span
) -> list[tuple[str, str, Any]]:
    """Week by week: which, the figure in words, and as a number for the chart."""
    if metric.is_of_now:
        return []
    asked = spans.weeks(span)
    measured = list(zip(asked, metric.measure(request.actor, asked, places), strict=True))
    while measured and measured[0][1].value is None:  # before there was anything to measure
        measured.pop(0)
    return [
        (spans.words(week), tiles.in_words(metric, each.value) or "not enough data",
         tiles.rounded(metric, each.value) if each.value is not None else "")
        for week, each in measured
    ]  # fmt: skip


def _patients(behind: Behind) -> list[UUID]:
    return [cell.id for row in behind.rows for cell in row if cell.kind == PATIENT and cell.id]


def _url(cell: metrics.Cell) -> str:
    kind = subjects.of(cell.kind) if cell.kind else None
    return kind.url(cell.id) if kind and cell.id else ""
