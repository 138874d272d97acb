"""`python -m benchmarks`, with ONLY=a,b and SCALE=small|full from the environment."""

import json
import os
import sys
import time

from benchmarks import house


def main() -> int:
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    scale = os.environ.get("SCALE", "small")
    place = house.open_house(scale)  # sets the environment up, so Django is imported after it

    from benchmarks import booking, importing, pages, reading

    benches = {**booking.BENCHES, **reading.BENCHES, **pages.BENCHES, **importing.BENCHES}
    if unknown := [name for name in only if name not in benches]:
        print(f"There is no bench {unknown[0]}. There are: {', '.join(benches)}.", file=sys.stderr)
        return 2
    try:
        for name in only or benches:
            began = time.perf_counter()
            for line in benches[name](place):
                seconds = round(time.perf_counter() - began, 1)
                print(
                    json.dumps({"bench": name, "scale": scale, **line, "seconds": seconds}),
                    flush=True,
                )
    finally:
        place.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
