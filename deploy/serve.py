"""
PID 1 of a web container. It runs the server named after it, and ends it so that nobody notices.

On TERM the health check says no first (`DRAIN_FILE`); the proxy sees that and sends nobody here any more.
After `DRAIN_SECONDS` the server is told to end: it finishes what is under way. A second TERM does not wait.
"""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

DRAIN_FILE = Path(os.environ.get("DRAIN_FILE") or "/tmp/draining")  # noqa: S108  a container's own
DRAIN_SECONDS = float(os.environ.get("DRAIN_SECONDS") or 6)


def main() -> int:
    DRAIN_FILE.unlink(missing_ok=True)
    server = subprocess.Popen(sys.argv[1:], env=os.environ | {"DRAIN_FILE": str(DRAIN_FILE)})

    def drain(*_: object) -> None:
        if DRAIN_FILE.exists():
            server.terminate()
            return
        DRAIN_FILE.touch()
        last_call = threading.Timer(DRAIN_SECONDS, server.terminate)
        last_call.daemon = True
        last_call.start()

    for word in (signal.SIGTERM, signal.SIGINT):
        signal.signal(word, drain)
    code = server.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
