"""Answers the health check with this run's token, and says which process served it."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

if Path("web-fails").exists():
    raise RuntimeError("the front door is stuck")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"instance": os.environ["INSTANCE_TOKEN"], "pid": os.getpid()}).encode()]
