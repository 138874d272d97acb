"""Reminders while what sends them is killed: none lost, none twice, and every doubt settled."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import apart
from benchmarks.faults import OF_THE_CALLER
from benchmarks.gateway import running

SIZES = {"ci": 300, "small": 2_000, "full": 10_000}


def reminders_faults(scale: str, only: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """A-12 and A-13: to a gateway that knows its keys, and to one that does not and loses 1 % of its answers."""
    for kind, hangs in (("keys", 0), ("blind", 10)):
        folder = Path(tempfile.mkdtemp(prefix="office-reminders-"))
        folder.chmod(0o711)
        env = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
        env |= {"DATA_DIR": str(folder), "DEMO": "0", "BENCH_MESSAGES": str(SIZES[scale])}
        env["DJANGO_SETTINGS_MODULE"] = "office.settings.dev"
        try:
            with running(kind, hangs) as address:
                env["SMS_URL"] = address
                yield from apart.lines("benchmarks.posting", *only, env=env)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


BENCHES = {"reminders_faults": reminders_faults}
