"""`/metrics` in the text format of Prometheus; only for who has the token, and never about anybody."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from kernel import counters
from kernel.policy import public
from office.queries import running

KIND = "text/plain; version=0.0.4; charset=utf-8"


@public(reason="a program asks, with METRICS_TOKEN; without one there is no such page")
def metrics(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not constant_time_compare(given, settings.METRICS_TOKEN):
        raise Http404
    return HttpResponse("".join(_lines()), content_type=KIND)


def _lines() -> Iterator[str]:
    try:
        yield from _of_requests(counters.read())
        broker = 1
    except redis.RedisError:
        broker = 0
    try:
        yield from _of_the_house(running.figures())
        database = 1
    except DatabaseError:
        database = 0
    yield _head("office_up", "gauge", "Whether the part answers.")
    yield f'office_up{{part="broker"}} {broker}\noffice_up{{part="database"}} {database}\n'


def _of_requests(counted: dict[str, int]) -> Iterator[str]:
    """All web processes together: ask any one of them, and do not add them up."""
    yield _head("office_requests_total", "counter", "Answers by route, of all web processes.")
    buckets: dict[str, dict[str, int]] = defaultdict(dict)
    spent: dict[str, int] = {}
    for name, number in sorted(counted.items()):
        kind, route, *more = name.split(" ")
        if kind == "n":
            method, status = more
            yield (
                f'office_requests_total{{route="{route}",method="{method}",status="{status}"}} {number}\n'
            )
        elif kind == "b":
            buckets[route][more[0]] = number
        else:
            spent[route] = number
    yield _head(
        "office_request_seconds", "histogram", "How long answers took, of all web processes."
    )
    for route, found in buckets.items():
        total = 0
        for limit in (*map(str, counters.BUCKETS), "+Inf"):
            total += found.get(limit, 0)
            yield f'office_request_seconds_bucket{{route="{route}",le="{limit}"}} {total}\n'
        yield f'office_request_seconds_sum{{route="{route}"}} {spent.get(route, 0) / 1_000_000}\n'
        yield f'office_request_seconds_count{{route="{route}"}} {total}\n'


def _of_the_house(now: running.Figures) -> Iterator[str]:
    gauges: list[tuple[str, str, dict[str, Any]]] = [
        ("deliveries", "Deliveries of the outbox.", {
            'state="due"': now.deliveries_due, 'state="stuck"': now.pulse.stuck}),
        ("deliveries_oldest_due_seconds", "Age of the oldest that is due.", {
            "": now.pulse.oldest_due or 0}),
        ("jobs", "Jobs; failed ones of the last day.", {
            'state="queued"': now.jobs_queued, 'state="running"': now.jobs_running,
            'state="failed"': now.jobs_failed}),
        ("jobs_oldest_queued_seconds", "Age of the oldest that waits.", {"": now.oldest_queued or 0}),
        ("heartbeat_age_seconds", "Since the last sign of life.", {
            'part="worker"': now.pulse.worker, 'part="beat"': now.pulse.beat}),
        ("sessions", "Sessions that are not over.", {"": now.sessions}),
        ("audit_newest_seal_seconds", "Age of the newest seal.", {"": now.newest_seal}),
        ("backup_age_seconds", "Since the last backup, of 60 days.", {"": now.newest_backup}),
        ("database_connections", "Connections to the database.", {"": now.connections}),
        ("database_bytes", "Size of the database.", {"": now.database_bytes}),
    ]  # fmt: skip
    for name, words, values in gauges:
        yield _head(f"office_{name}", "gauge", words)
        for labels, value in values.items():
            if value is not None:
                yield (
                    f"office_{name}{{{labels}}} {value}\n" if labels else f"office_{name} {value}\n"
                )


def _head(name: str, kind: str, words: str) -> str:
    return f"# HELP {name} {words}\n# TYPE {name} {kind}\n"
