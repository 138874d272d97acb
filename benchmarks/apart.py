"""Benches that break or fill a place of their own run in a process of their own, and print JSON lines."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def lines(
    module: str, *arguments: str, env: Mapping[str, str] = os.environ
) -> Iterator[dict[str, Any]]:
    """What `python -m module` prints, line by line."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            yield json.loads(line)
    if child.returncode:
        raise SystemExit(f"{module} ended with code {child.returncode}.")
