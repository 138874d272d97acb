"""
Deliveries while everything behind the pages is killed: none lost, none twice.

The office's own programs and servers run here in a folder of their own, under the launcher's own keeper
and supervisor, which start again whatever dies. Meanwhile facts are published, and each fault strikes
every few seconds. A fact is lost when its transaction was acknowledged and no receipt is there.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import apart

SIZES = {"ci": 400, "small": 2_000, "full": 10_000}  # deliveries of each fault
OF_THE_CALLER = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_APP_ROLE", "REDIS_URL", "OFFICE_TEST_RUN")  # fmt: skip


def faults(scale: str, only: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """In a process and a folder of their own: the servers of others must not feel any of this."""
    folder = Path(tempfile.mkdtemp(prefix="office-faults-"))
    folder.chmod(0o711)
    env = {name: value for name, value in os.environ.items() if name not in OF_THE_CALLER}
    env |= {"DATA_DIR": str(folder), "DEMO": "0", "BENCH_DELIVERIES": str(SIZES[scale])}
    env["DJANGO_SETTINGS_MODULE"] = "office.settings.dev"
    try:
        yield from apart.lines("benchmarks.striking", *only, env=env)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


BENCHES = {"faults": faults}
