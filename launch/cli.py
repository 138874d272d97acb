"""The words after `python3 -m launch`."""

import signal
import sys
from collections.abc import Callable

from launch import check, locking, run, services, supply, testing
from launch.paths import Trouble, keep_bytecode
from launch.progress import say

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Ctrl-C, a polite kill, or a closed terminal: everything is cleaned up, then we end."""

    def __init__(self, number: int):
        self.number = number


def main(words: list[str]) -> int:
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": lambda _: run.main(),
        "test": testing.test,
        "check": lambda _: check.main(),
        "bench": lambda _: testing.bench(),
        "lock": lambda _: locking.main(),
        "audit": lambda _: supply.main(),
        "down": lambda _: down(),
    }
    command = commands.get(words[0]) if words else None
    if command is None:
        print(f"usage: python3 -m launch {'|'.join(commands)}", file=sys.stderr)
        return 2
    for word in ENDINGS:
        signal.signal(word, _stop)
    keep_bytecode()
    try:
        return command(words[1:])
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"\n{not_ours(error)}", file=sys.stderr)
        return 1
    except Stopped as ending:
        say("Stopped.")
        return 0 if words[0] == "run" else 128 + ending.number


def not_ours(error: PermissionError) -> str:
    """Most often a first start as root, then one as oneself."""
    return (
        f"{error.filename} belongs to another user, so this cannot go on: {error.strerror}. "
        "If root made it: sudo chown -R $(id -u) .local .venv node_modules static/dist"
    )


def down() -> int:
    """End the servers that tests and commands left running for the next ones."""
    for profile in ("dev", "test"):
        say(f"{profile}: {'stopped' if services.stop(profile) else 'was not running'}")
    return 0


def _stop(number: int, _: object) -> None:
    for word in ENDINGS:
        signal.signal(word, signal.SIG_IGN)  # once is enough; cleaning up is not to be disturbed
    raise Stopped(number)
