"""A checkout of its own for each test: the real launcher and the real servers around a stand-in office."""

import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launch import places
from launch.paths import ROOT

STANDIN = Path(__file__).parent / "standin"
PATIENCE = 60
NOT_HANDED_ON = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "DATA_DIR",
    "DEMO",
    "PORT",
    "CI",
)


@dataclass
class Start:
    """One `python -m launch …` and what it says."""

    child: subprocess.Popen[bytes]
    output: Path

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_for(self, words: str, patience: float = PATIENCE) -> re.Match[str]:
        until(lambda: re.search(words, self.said()) or self.child.poll() is not None, patience)
        found = re.search(words, self.said())
        assert found, f"never said {words!r}:\n{self.said()}"
        return found

    def port(self) -> int:
        return int(self.wait_for(r"http://localhost:(\d+)")[1])

    def end(self, word: int = signal.SIGINT) -> int:
        self.child.send_signal(word)
        return self.child.wait(PATIENCE)


@dataclass
class Checkout:
    """A folder with everything the launcher looks for."""

    root: Path
    starts: list[Start] = field(default_factory=list)

    def start(self, *words: str, env: dict[str, str] | None = None, **how: Any) -> Start:
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_HANDED_ON}
        output = self.root / f"said-{len(self.starts)}"
        with open(output, "wb") as file:
            child = subprocess.Popen(
                [sys.executable, "-m", "launch", *(words or ("run",))],
                cwd=self.root,
                env=inherited | (env or {}),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **how,
            )
        self.starts.append(Start(child, output))
        return self.starts[-1]

    def processes(self) -> dict[int, str]:
        """Every living process of this checkout, by its folders, its environment or its words."""
        marks = (str(self.root), *map(str, self.system_folders()))
        return {pid: words for pid, words in all_processes(marks) if pid != os.getpid()}

    def system_folders(self) -> list[Path]:
        """Where the servers' data is when their user cannot reach the checkout."""
        names = list(self.root.rglob("installation"))
        return [Path(base) / name.read_text() for name in names for base in places.SYSTEM_FOLDERS]

    def close(self) -> None:
        for each in self.starts:
            if each.child.poll() is None:
                each.end(signal.SIGTERM)
        self.start("down").child.wait(PATIENCE)
        left = self.processes()
        for folder in self.system_folders():
            shutil.rmtree(folder, ignore_errors=True)
        assert not left


def make(root: Path) -> Checkout:
    root.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "launch", root / "launch", ignore=shutil.ignore_patterns("__pycache__"))
    # The list of the rooms, which the checks read before there is a Django.
    (root / "kernel").mkdir()
    for name in ("__init__.py", "rooms.py"):
        shutil.copy(ROOT / "kernel" / name, root / "kernel" / name)
    shutil.copytree(ROOT / "requirements", root / "requirements")
    shutil.copytree(STANDIN, root, dirs_exist_ok=True)
    (root / ".venv").symlink_to((ROOT / ".venv").resolve())
    return Checkout(root)


def all_processes(marks: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                continue
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            around = (folder / "environ").read_bytes().decode(errors="replace")
            where = os.readlink(folder / "cwd")
        except OSError:
            continue
        if any(mark in each for mark in marks for each in (words, around, where)):
            yield int(folder.name), words


def modes(root: Path) -> dict[str, int]:
    """The modes of a tree and of the folders above it."""
    own = (path for path in root.rglob("*") if not path.is_symlink() and ".local" not in path.parts)
    return {str(path): stat.S_IMODE(path.stat().st_mode) for path in (*own, root, *root.parents)}


def until(happened: Callable[[], Any], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, f"did not happen within {patience} s"
        time.sleep(0.05)
