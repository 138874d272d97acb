"""`python -m benchmarks`, with ONLY=a,b and SCALE=small|full from the environment."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from benchmarks import house

Bench = Callable[[Any], Iterable[dict[str, Any]]]

# In the house: against a running server over a filled database. They import Django, so they are loaded
# once its environment is settled.
IN_THE_HOUSE = (
    "booking",
    "clerks",
    "reading",
    "pages",
    "mix",
    "importing",
    "restore",
    "migrating",
    "servers",
    "reminders",
)
# Alone: each makes the place it needs, because it breaks or replaces it, and takes the scale.
ALONE = ("faults", "matrix", "trail", "zones", "reminders_faults")


def main() -> int:
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    scale = os.environ.get("SCALE", "small")
    alone = _benches(ALONE)
    wanted = [name for name in only if name not in alone]
    if not only or wanted:
        place = house.open_house(scale)
        try:
            benches = _benches(IN_THE_HOUSE)
            if unknown := [name for name in wanted if name not in benches]:
                known = ", ".join([*benches, *alone])
                print(f"There is no bench {unknown[0]}. There are: {known}.", file=sys.stderr)
                return 2
            for name in wanted or benches:
                _run(name, benches[name], place, scale)
        finally:
            place.close()
    for name in [name for name in only if name in alone] if only else alone:
        _run(name, alone[name], scale, scale)
    return 0


def _benches(modules: Iterable[str]) -> dict[str, Bench]:
    found: dict[str, Bench] = {}
    for name in modules:
        found |= import_module(f"benchmarks.{name}").BENCHES
    return found


def _run(name: str, bench: Bench, argument: Any, scale: str) -> None:
    began = time.perf_counter()
    for line in bench(argument):
        seconds = round(time.perf_counter() - began, 1)
        print(json.dumps({"bench": name, "scale": scale, **line, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
