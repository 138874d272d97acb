"""
Looks after the programs of a running office: shows what they say, starts them again when they die, and
leaves none behind, whatever ends it.
"""

import contextlib
import http.client
import json
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from launch import processes
from launch.keeper import describe
from launch.paths import ROOT, Trouble
from launch.progress import say

PAUSES = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)  # before the first, second … start after a crash
CALM = 120  # seconds without a crash after which the pauses begin anew
PATIENCE = 90  # seconds a program may take to answer for the first time
LAST_LINES = 30


class SomebodyElse(Exception):
    """The port answers, but not with this run's token."""


@dataclass
class Program:
    """One program of the office; `is_ready` asks those that somebody waits for."""

    name: str
    command: Callable[[], list[str]]
    is_ready: Callable[[], bool] | None = None
    child: subprocess.Popen[bytes] | None = None
    crashes: list[float] = field(default_factory=list)
    next_start: float = 0
    said: deque[str] = field(default_factory=lambda: deque(maxlen=LAST_LINES))
    half_line: bytes = b""

    def say(self, chunk: bytes) -> None:
        *lines, self.half_line = (self.half_line + chunk).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace").rstrip()
            self.said.append(text)
            say(f"{self.name:>8} | {text}")


class Supervisor:
    """Owns the programs from their start to their end; `env` may change when an address moves."""

    def __init__(self, programs: list[Program], env: Mapping[str, str]):
        self.programs, self.env = programs, dict(env)
        self._outputs = selectors.DefaultSelector()

    def open(self) -> None:
        """Start those that somebody waits for, and wait."""
        waiting = [each for each in self.programs if each.is_ready]
        for program in waiting:
            self.start(program)
        deadline = time.monotonic() + PATIENCE
        while waiting:
            self.listen(0.05)
            for program in list(waiting):
                if program.child is None or program.child.poll() is not None:
                    raise Trouble(_obituary(program))
                if program.is_ready and program.is_ready():
                    waiting.remove(program)
            if waiting and time.monotonic() > deadline:
                raise Trouble(f"{waiting[0].name} did not get ready in {PATIENCE} s.")

    def start_others(self) -> None:
        """Those nobody waits for, once the doors are open."""
        for program in self.programs:
            if program.is_ready is None:
                self.start(program)

    def look_after(self) -> None:
        """One round: bury, start again whatever is due, show what was said."""
        processes.bury([each.child for each in self.programs if each.child])
        for program in self.programs:
            if program.child is not None and program.child.poll() is not None:
                self._note_death(program)
            if program.child is None and time.monotonic() >= program.next_start:
                self.start(program)
                say(f"{program.name:>8} | started again")
        self.listen(0.5)

    def start(self, program: Program) -> None:
        program.child = processes.start(
            list(program.command()),
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert program.child.stdout is not None
        os.set_blocking(program.child.stdout.fileno(), False)
        self._outputs.register(program.child.stdout, selectors.EVENT_READ, program)

    def restart(self, program: Program) -> None:
        if program.child is not None:
            processes.stop([program.child])
            self._let_go(program)
        self.start(program)

    def listen(self, wait: float) -> None:
        """Pass on what the programs say."""
        for key, _ in self._outputs.select(wait):
            try:
                chunk = os.read(key.fd, 65_536)
            except BlockingIOError:
                continue
            if chunk:
                key.data.say(chunk)
            else:
                self._outputs.unregister(key.fileobj)

    def close(self) -> None:
        """End every program and all it started; never raises half-way."""
        children = [each.child for each in self.programs if each.child]
        for child in children:
            if child.poll() is None:
                processes.send(child, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while any(child.poll() is None for child in children) and time.monotonic() < deadline:
            self.listen(0.05)  # a full pipe would keep it from ending
        with contextlib.suppress(OSError):
            self.listen(0)
        for program in self.programs:
            if program.child is not None:
                processes.clear_group(program.child)
                self._let_go(program)
        processes.bury([])

    def _note_death(self, program: Program) -> None:
        assert program.child is not None
        processes.clear_group(program.child)  # workers of a killed parent
        now = time.monotonic()
        program.crashes = [each for each in program.crashes if now - each < CALM] + [now]
        pause = PAUSES[min(len(program.crashes), len(PAUSES)) - 1]
        ending = describe(program.child.returncode)
        self._let_go(program)
        program.next_start = now + pause
        say(f"{program.name:>8} | ended unexpectedly ({ending}); starting again in {pause:g} s")

    def _let_go(self, program: Program) -> None:
        assert program.child is not None
        assert program.child.stdout is not None
        with contextlib.suppress(KeyError):
            self._outputs.unregister(program.child.stdout)
        program.child.stdout.close()
        program.child = None


def _obituary(program: Program) -> str:
    code = program.child.returncode if program.child else 0
    return f"{program.name} ended while starting ({describe(code)}); its last lines stand above."


# ---- who answers there


def instance_at(port: int) -> str | None:
    """The token in the health answer on this port; None when nobody answers, its words when there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/health/live", headers={"Host": f"localhost:{port}"})
        response = connection.getresponse()
        words = response.read(4096).decode(errors="replace")
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return str(json.loads(words)["instance"])
        return f"{response.status} {words[:300]}"
    except http.client.HTTPException as error:
        return f"not HTTP: {error!r}"
    except OSError:
        return None
    finally:
        connection.close()


def is_instance(port: int, token: str) -> bool:
    """
    Whether our own server answers there, each time: two servers may share a port.

    :raises SomebodyElse: a stranger answered
    """
    answers = [instance_at(port) for _ in range(4)]
    for answer in answers:
        if answer is not None and answer != token:
            raise SomebodyElse(answer)
    return all(answer == token for answer in answers)
