"""Processes, locks and ports: the parts of the operating system the launcher leans on."""

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def start(
    command: list[str | Path], *, last_words: int = signal.SIGTERM, **how: Any
) -> subprocess.Popen[bytes]:
    """
    Start a child in a process group of its own, without our stdin.

    On Linux it receives `last_words` when we die, even by kill -9; elsewhere the group is all we have.
    """
    how.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.Popen(
        [str(part) for part in command],
        process_group=0,
        preexec_fn=tie(last_words),
        **how,
    )


def tie(last_words: int) -> Callable[[], None] | None:
    """What a child does first so that our death reaches it; nothing where the system cannot."""
    parent = os.getpid()
    if _libc is None:
        return None

    def in_the_child() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, last_words, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and here: nobody would ever tell us
            os._exit(1)

    return in_the_child


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become ours (Linux): containers often have nobody else to bury them."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def bury(children: list[subprocess.Popen[bytes]]) -> None:
    """Take the exit codes of all that ended: of our children into their objects, of the adopted into nothing."""
    known = {child.pid: child for child in children}
    with contextlib.suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if ended.si_pid in known:
                known[ended.si_pid].poll()
            else:
                os.waitpid(ended.si_pid, 0)


def stop(
    children: list[subprocess.Popen[bytes]], *, word: int = signal.SIGTERM, patience: float = 10
) -> None:
    """Ask the children to end, wait, then end whatever is left of their groups."""
    for child in children:
        if child.poll() is None:
            send(child, word)
    deadline = time.monotonic() + patience
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0, deadline - time.monotonic()))
    for child in children:
        clear_group(child)


def send(child: subprocess.Popen[bytes], word: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child.pid, word)


def clear_group(child: subprocess.Popen[bytes]) -> None:
    """End the child and every grandchild it left behind."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie nobody reaps (containers without init) does not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (OSError, IndexError):
        return sys.platform != "linux"


def command_of(pid: int) -> str:
    """The command line of a process, empty when it is gone."""
    with contextlib.suppress(OSError):
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode(errors="replace")
            .strip()
        )
    if sys.platform == "linux":
        return ""
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return shown.stdout.strip()


# ---- locks: held by an open file, so that a killed holder lets go by itself


class Lock:
    """A file lock; `exclusive` for one holder, shared for many users of the same thing."""

    def __init__(self, path: Path):
        self.path = path
        self._file: int | None = None

    def take(self, *, exclusive: bool = True, wait: bool = True) -> bool:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        kind = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB)
        try:
            fcntl.flock(file, kind)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def is_held_elsewhere(self) -> bool:
        if not self.take(wait=False):
            return True
        self.release()
        return False


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    lock = Lock(path)
    lock.take()
    try:
        yield
    finally:
        lock.release()


# ---- ports


def is_free(port: int) -> bool:
    """Whether nobody listens there, on either loopback: `localhost` may mean ::1 first."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if family == socket.AF_INET or error.errno == errno.EADDRINUSE:
                return False  # other errors on ::1 mean that there is no IPv6 here
    return not answers(port)  # BSD lets a narrower address be bound beside 0.0.0.0


def free_port(preferred: int) -> int:
    """The first free port from the preferred one on."""
    for port in range(preferred, min(preferred + 200, 65_536)):
        if is_free(port):
            return port
    raise OSError(f"No free port between {preferred} and {preferred + 199}.")


class TakenPort:
    """
    A free TCP port that no other launcher takes either, as long as this object lives.

    Between our look and our server's start another checkout might choose the same number, and some
    servers share a port without a word. The UDP port of the same number serves as the lock.
    """

    def __init__(self, preferred: int):
        self.number = preferred
        self._guard: int | None = None
        while self._guard is None:
            self.number = free_port(self.number)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as guard:
                try:
                    guard.bind(("127.0.0.1", self.number))
                except OSError:
                    self.number += 1
                else:
                    self._guard = guard.detach()  # open until released, or until we end

    def release(self) -> None:
        if self._guard is not None:
            os.close(self._guard)
            self._guard = None


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True
