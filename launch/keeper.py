"""
The keeper: one small process per profile that runs Postgres and Valkey and nothing else.

It starts them, starts them again when they die, and ends them when nobody has used them for a while or
when told to. Who uses the servers holds the shared lock `in-use`; a killed user lets go by itself, so
no crash leaves servers behind. The keeper's own lock says that it lives.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from launch import places, processes
from launch.paths import Trouble, data_dir, make_private, write_private
from launch.postgres import Postgres
from launch.valkey import Valkey

PORTS = {"dev": (15_432, 16_379), "test": (25_432, 26_379)}
START_TIMEOUT = 60
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0)  # before the first, second … start after a crash
CALM = 60  # seconds without a crash after which the pauses begin anew


def state_dir(profile: str) -> Path:
    return make_private(data_dir() / "keeper" / profile)


def lives_lock(profile: str) -> processes.Lock:
    return processes.Lock(state_dir(profile) / "lives")


def in_use_lock(profile: str) -> processes.Lock:
    return processes.Lock(state_dir(profile) / "in-use")


def state_file(profile: str) -> Path:
    return state_dir(profile) / "state.json"


@dataclass
class Kept:
    """One server under the keeper's eye."""

    server: Postgres | Valkey
    port: int = 0
    child: subprocess.Popen[bytes] | None = None
    crashes: list[float] = field(default_factory=list)
    next_start: float = 0

    def open(self, preferred: int) -> None:
        """Start on the preferred port or the next free one, and wait until it is ready."""
        self.server.prepare()
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            self.port = preferred = processes.free_port(preferred)
            self.child = self.server.start(self.port)
            while self.child.poll() is None and not self.server.is_ready(self.port):
                if time.monotonic() > deadline:
                    raise Trouble(f"{self.server.name} did not get ready in {START_TIMEOUT} s.")
                time.sleep(0.02)
            if self.child.poll() is None:
                return
            if processes.is_free(
                preferred
            ):  # it died, and not because somebody took the port from under us
                raise Trouble(
                    f"{self.server.name} ended at once with code {self.child.returncode}."
                )

    def look_after(self) -> None:
        """Start again on the same port when it died: everybody has that address by now."""
        if self.child is not None and self.child.poll() is not None:
            self._note_death(self.child)
        if self.child is None and time.monotonic() >= self.next_start:
            self.server.prepare()
            self.child = self.server.start(self.port)
            say(f"{self.server.name} started again")

    def _note_death(self, child: subprocess.Popen[bytes]) -> None:
        processes.clear_group(child)
        now = time.monotonic()
        self.crashes = [each for each in self.crashes if now - each < CALM] + [now]
        pause = PAUSES[min(len(self.crashes), len(PAUSES)) - 1]
        self.child, self.next_start = None, now + pause
        say(f"{self.server.name} ended unexpectedly ({describe(child.returncode)})")

    def close(self) -> None:
        if self.child is not None:
            processes.stop([self.child], word=self.server.stop_word, patience=20)
            self.child = None


def describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


class Keeper:
    """Runs until told to stop, or until nobody used the servers for `idle` seconds."""

    def __init__(self, profile: str, idle: float):
        self.profile, self.idle = profile, idle
        self.in_use = in_use_lock(profile)
        self.used_at = time.monotonic()
        self.told_to_stop = False

    def run(self) -> None:
        processes.adopt_orphans()
        wake = self._listen()
        kept: list[Kept] = []
        try:
            for server, port in zip(self._servers(), self._ports(), strict=True):
                kept.append(Kept(server))
                kept[-1].open(port)
            self._publish(kept)
            say("ready")
            while not self.told_to_stop and not self._is_idle():
                for each in kept:
                    try:
                        each.look_after()
                    except (Trouble, OSError) as error:
                        say(f"{each.server.name} cannot be started: {error}")
                        each.next_start = time.monotonic() + PAUSES[-1]
                processes.bury([each.child for each in kept if each.child])
                waiting = any(each.child is None for each in kept)
                select.select([wake], [], [], 0.1 if waiting else 1.0)
                drain(wake)
        finally:
            state_file(self.profile).unlink(missing_ok=True)
            for each in reversed(kept):
                each.close()
            processes.bury([])
            say("stopped")

    def _servers(self) -> list[Postgres | Valkey]:
        postgres, valkey = PORTS[self.profile]
        return [Postgres(self.profile, postgres), Valkey(self.profile, valkey)]

    def _ports(self) -> list[int]:
        """Last time's ports where known: addresses in open shells stay right."""
        remembered = state_dir(self.profile) / "ports.json"
        with contextlib.suppress(OSError, ValueError):
            return list(json.loads(remembered.read_text()))
        return list(PORTS[self.profile])

    def _publish(self, kept: list[Kept]) -> None:
        write_private(
            state_dir(self.profile) / "ports.json", json.dumps([each.port for each in kept])
        )
        urls: dict[str, str] = {}
        for each in kept:
            urls |= each.server.urls(each.port)
        pids = {each.server.name.lower(): each.child.pid for each in kept if each.child}
        home = str(places.data_home(self.profile))
        known = {"keeper": os.getpid(), "urls": urls, "pids": pids, "home": home}
        write_private(state_file(self.profile), json.dumps(known))

    def _is_idle(self) -> bool:
        """Nobody holds `in-use`; from then on nobody can take it until we are gone."""
        if not self.in_use.take(wait=False):
            self.used_at = time.monotonic()
            return False
        if time.monotonic() - self.used_at > self.idle:
            say(f"not used for {self.idle:.0f} s")
            return True
        self.in_use.release()
        return False

    def _listen(self) -> int:
        """Signals become bytes in a pipe, so that one `select` waits for everything."""
        reader, writer = os.pipe()
        for end in (reader, writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for word in (signal.SIGTERM, signal.SIGINT):
            signal.signal(word, self._stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        return reader

    def _stop(self, *_: object) -> None:
        self.told_to_stop = True


def drain(pipe: int) -> None:
    with contextlib.suppress(BlockingIOError):
        while os.read(pipe, 1024):
            pass


def main(profile: str, idle: str) -> int:
    lives = lives_lock(profile)
    if not lives.take(wait=False):
        return 0
    state_file(profile).unlink(missing_ok=True)
    try:
        Keeper(profile, float(idle)).run()
    except (Trouble, OSError) as error:
        say(f"error: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
