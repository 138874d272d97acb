"""Who may do what, asked whole: every cell of the authorisation matrix, and every guard dropped once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from benchmarks.house import ROOT


def matrix(_scale: str) -> Iterator[dict[str, Any]]:
    """In a database of its own; what was unexpected goes to the error stream, by name."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "office.settings.test",
        "DATABASE_URL": os.environ["DATABASE_OWNER_URL"],  # it makes and drops its database
    }
    command = [sys.executable, "-m", "tests.authorization"]
    asking = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert asking.stdout is not None
    for line in asking.stdout:
        yield json.loads(line)
    if asking.wait() not in (0, 1):
        raise RuntimeError("The matrix did not run to its end.")


BENCHES = {"matrix": matrix}
