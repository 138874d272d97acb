"""
Is the house up? Live touches nothing; ready asks the database.

A missing broker, a silent worker or late deliveries are a degradation: pages still serve.
"""

from pathlib import Path

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from kernel import doorbell, patrol, pulse, zones_agree
from kernel.policy import public
from office import queries as office_queries
from office.models import Location


@public(reason="load balancers ask without signing in; it says nothing about the practice")
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok", "instance": settings.INSTANCE_TOKEN})


@public(reason="load balancers ask without signing in; it says nothing about the practice")
def ready(request: HttpRequest) -> JsonResponse:
    checks = {"database": _database(), "broker": _broker()}
    checks |= _behind_the_pages() if checks["database"] == "ok" else {}
    if _is_draining():
        checks["drain"] = "ending"
    is_ready = checks["database"] == "ok" and "drain" not in checks
    status = (
        "ok"
        if all(word == "ok" for word in checks.values())
        else "degraded"
        if is_ready
        else "down"
    )
    return JsonResponse(
        {"status": status, "instance": settings.INSTANCE_TOKEN, **checks},
        status=200 if is_ready else 503,
    )


def _is_draining() -> bool:
    """Whoever ends this server has said so: the proxy shall send nobody here any more."""
    return bool(settings.DRAIN_FILE) and Path(settings.DRAIN_FILE).exists()


def _database() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "away"
    return "migrations waiting" if waiting else "ok"


def _broker() -> str:
    try:
        doorbell.client().ping()
    except redis.RedisError:
        return "away"
    return "ok"


def _behind_the_pages() -> dict[str, str]:
    seen = pulse.read()
    return {
        "worker": _heard(seen.worker, seen.worker_is_silent),
        "beat": _heard(seen.beat, seen.beat_is_silent),
        "deliveries": f"{seen.oldest_due:.0f} s late" if seen.is_late else "ok",
        "time_zones": _zones(),
        "audit": "does not hold" if patrol.alarms() else "ok",
    }


def _zones() -> str:
    ours = {*Location.objects.ours().values_list("zone", flat=True), office_queries.practice_zone()}
    differ = zones_agree.disagreed(ours)
    return f"Postgres knows other rules for {', '.join(differ)}" if differ else "ok"


def _heard(seconds: float | None, is_silent: bool) -> str:
    if seconds is None:
        return "never seen"
    return f"silent for {seconds:.0f} s" if is_silent else "ok"
