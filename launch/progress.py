"""One line per step, with its seconds; quiet about what went well."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from launch import processes
from launch.paths import ROOT, Trouble

LINES_SHOWN = 60  # of a failed tool

_to: TextIO | None = None  # where the lines go; None: standard output


def to_stderr() -> None:
    """For commands whose standard output is data."""
    global _to
    _to = sys.stderr


def say(words: str = "") -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone while we clean up
        print(words, file=_to or sys.stdout, flush=True)


class Step:
    """What a step wants to add to its line."""

    def __init__(self) -> None:
        self.remark = ""


@contextlib.contextmanager
def step(name: str, *, begun: float | None = None) -> Iterator[Step]:
    """Time what happens inside; `begun` for what was at work before."""
    out = _to or sys.stdout
    if out.isatty():
        print(f"     …    {name}", end="\r", file=out, flush=True)
    begun = time.monotonic() if begun is None else begun
    current, end = Step(), "  FAILED"
    try:
        yield current
        end = f", {current.remark}" if current.remark else ""
    finally:
        say(f"{time.monotonic() - begun:6.1f} s  {name}{end}")


class Tool:
    """A program of a step: its words are kept, and shown only when it fails."""

    def __init__(self, command: list[str | Path], env: Mapping[str, str] | None = None):
        self.command = [str(part) for part in command]
        self.words = tempfile.TemporaryFile()  # noqa: SIM115 (closed with us)
        self.child = processes.start(
            list(self.command), cwd=ROOT, env=env, stdout=self.words, stderr=subprocess.STDOUT
        )

    def finish(self) -> str:
        """
        Wait and answer what it said; nothing of it outlives us.

        :raises Trouble: it failed
        """
        try:
            code = self.child.wait()
        finally:
            processes.clear_group(self.child)
            said = self._said()
        if code:
            shown = "\n".join(f"    {line}" for line in said.strip().splitlines()[-LINES_SHOWN:])
            raise Trouble(f"`{self.shown_command()}` ended with {code}:\n{shown}")
        return said

    def _said(self) -> str:
        with self.words:
            self.words.seek(0)
            return self.words.read().decode(errors="replace")

    def shown_command(self) -> str:
        return " ".join(part.replace(str(ROOT) + os.sep, "") for part in self.command)


def run(*command: str | Path, env: Mapping[str, str] | None = None) -> str:
    return Tool(list(command), env).finish()
