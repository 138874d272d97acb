"""
`python -m tests.authorization`: the full matrix, and every guard dropped once, in a database of its own.

One JSON object a line; `make bench ONLY=matrix` runs it.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

django.setup()

import time_machine  # noqa: E402  Django first
from django.db import connection  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from office.roles import Role  # noqa: E402
from tests.authorization import declared, guards, matrix, watching  # noqa: E402
from tests.authorization.world import World  # noqa: E402
from tests.clock import at  # noqa: E402


def every_cell(world: World) -> Iterator[matrix.Cell]:
    """Every method, relation and body by every role; and by rights, by reach, by a program with few scopes."""
    for role in Role:
        for route in matrix.asked_routes():
            yield from matrix.cells_of(route, world.role(role), declared.METHODS)
    yield from matrix.everything(world)
    yield from matrix.by_program(world)


def matrix_line(world: World) -> dict[str, Any]:
    began, count, wrong = time.perf_counter(), 0, []
    for asked in matrix.run(world, every_cell(world)):
        count += 1
        wrong += [f"{asked.cell}: {problem}" for problem in asked.problems]
    print(*wrong, sep="\n", file=sys.stderr)
    return {"what": "cells", "n": count, "unexpected": len(wrong), "seconds": _since(began)}


def declared_line(world: World) -> dict[str, Any]:
    began, lost, count = time.perf_counter(), [], 0
    guards.remember(world)
    for guard in itertools.chain(guards.of_acts(), guards.of_pages(), guards.of_verbs()):
        count += 1
        with guard.without():
            if not guard.noticed(world):
                lost.append(guard.name)
    print(*lost, sep="\n", file=sys.stderr)
    return {"what": "declared rights", "n": count, "survivors": len(lost), "seconds": _since(began)}


def places_line(world: World) -> dict[str, Any]:
    began, watch = time.perf_counter(), guards.Watch()
    with watch.on():
        met, wrong = guards.meet(world, watch, matrix.everything(world))
        lost = guards.survivors(watch, met, guards.single())
    print(*wrong, *lost, sep="\n", file=sys.stderr)
    return {
        "what": "places that ask", "n": len(guards.single()), "guarded_twice": len(guards.DOUBLE),
        "unexpected": len(wrong), "survivors": len(lost), "seconds": _since(began),
    }  # fmt: skip


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 1)


def main() -> int:
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    failed = 0
    moment = time_machine.travel(at("10:30"), tick=False)
    with override_settings(MEMO_SECONDS=36_000), moment, watching.undone():
        world = World()
        for line in (matrix_line, declared_line, places_line):
            found = line(world)
            failed += found.get("unexpected", 0) + found.get("survivors", 0)
            print(json.dumps(found), flush=True)
    connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
