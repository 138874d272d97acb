"""
From a fresh checkout to everything installed. Each step leaves a stamp inside what it made, so it is
skipped the next time and done again when that was deleted or its lock file changed.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

from launch import processes
from launch.paths import ROOT, TOOLS, VENV, VENV_PYTHON, Trouble, is_root, make_private
from launch.progress import Tool, run, step

REQUIREMENTS = ROOT / "requirements"
OLDEST_NODE = 20
BUILD = ROOT / "static" / "build.mjs"
NPM_INSTALL: list[str | Path] = [
    "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
]  # fmt: skip
STAMP = ".office-stamp"
BASE_PYTHON = Path(
    getattr(sys, "_base_executable", "") or sys.executable
)  # outside any environment


@contextlib.contextmanager
def set_up(*, dev: bool) -> Iterator[None]:
    """
    The environment, the locked packages and the built assets; one set-up at a time per checkout.

    The body runs while npm is still at work, which is half of the waiting on a fresh machine.
    """
    make_private(TOOLS, 0o711 if is_root() else 0o700)
    with processes.locked(TOOLS / "set-up"), Assets() as assets:
        environment()
        assets.begin(_machine_has_node())
        packages("dev" if dev else "base")
        assets.begin(has_node=True)  # the wheel brings one
        yield
        assets.finish()


# ---- Python


def environment() -> None:
    with step(f"Python {sys.version.split()[0]}") as now:
        if _venv_works():
            now.remark = ".venv is there"
            return
        if VENV.is_symlink():
            raise Trouble(f"{VENV} points to an environment that does not work; remove the link.")
        # Without pip: Debian splits it off, and uv does its work.
        run(BASE_PYTHON, "-m", "venv", "--without-pip", "--clear", VENV)
        now.remark = "made .venv"


def _venv_works() -> bool:
    question = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))"
    try:
        return (
            subprocess.run(
                [VENV_PYTHON, "-c", question], capture_output=True, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


def packages(lock: str) -> None:
    """The packages of requirements/{lock}.txt, by hash; those of `dev` include those of `base`."""
    with step("Python packages") as now:
        wanted = {name: digest([REQUIREMENTS / f"{name}.txt"]) for name in ("base", "dev")}
        stamp = VENV / STAMP
        have = stamp.read_text().split() if stamp.exists() else []
        if wanted[lock] in have:
            now.remark = "installed"
            return
        run(
            uv(), "pip", "install", "--quiet", "--python", VENV_PYTHON,
            "--require-hashes", "-r", REQUIREMENTS / f"{lock}.txt", env=index(),
        )  # fmt: skip
        stamp.write_text("\n".join(wanted.values() if lock == "dev" else [wanted["base"]]))
        now.remark = f"installed from requirements/{lock}.txt"


def uv() -> Path:
    """The installer, pinned by hash like everything else, in a folder of its own."""
    folder, lock = TOOLS / "uv", REQUIREMENTS / "uv.txt"
    program, stamp = folder / "bin" / "uv", folder / STAMP
    if program.exists() and stamp.exists() and stamp.read_text() == digest([lock]):
        return program
    shutil.rmtree(folder, ignore_errors=True)
    python = _python_with_pip()
    if python is None:
        return _uv_on_path()
    run(
        python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
        "--target", folder, "--require-hashes", "-r", lock,
    )  # fmt: skip
    stamp.write_text(digest([lock]))
    return program


def _python_with_pip() -> Path | None:
    """The machine's, or one made for the purpose; Debian may have split off both pip and ensurepip."""
    helper = TOOLS / "pip"
    if _works(BASE_PYTHON, "-m", "pip", "--version"):
        return BASE_PYTHON
    if _works(BASE_PYTHON, "-m", "venv", "--clear", helper):
        return helper / "bin" / "python"
    return None


def _uv_on_path() -> Path:
    found = shutil.which("uv")
    if found:
        return Path(found)
    raise Trouble(
        "This Python has neither pip nor ensurepip, so nothing can be installed with it. "
        "On Debian and Ubuntu: apt-get install -y python3-venv"
    )


def index() -> dict[str, str]:
    """uv does not read pip's settings; somebody behind a mirror has set only those."""
    env = dict(os.environ)
    if env.get("PIP_INDEX_URL") and not any(
        env.get(name) for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")
    ):
        env["UV_DEFAULT_INDEX"] = env["PIP_INDEX_URL"]
    return env


# ---- front end


class Assets:
    """What the browser loads, built from static/ with packages from package-lock.json."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.env: dict[str, str] | None = None
        self.installing: Tool | None = None
        self.remark = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.installing:
            processes.clear_group(self.installing.child)

    def begin(self, has_node: bool) -> None:
        """Start npm where there is a Node to run it, and something to install."""
        if self.env is not None or not has_node or not BUILD.exists():
            return
        self.env, self.begun = _node_first(), time.monotonic()
        folder = ROOT / "node_modules"
        stamp = folder / STAMP
        if stamp.exists() and stamp.read_text() == digest(_lock_files()):
            self.remark = "installed"
        elif folder.is_symlink():
            self.remark = "node_modules is a link to another checkout's; left alone"
        else:
            self.installing = Tool(NPM_INSTALL, self.env)

    def finish(self) -> None:
        """Wait for npm, then build what changed."""
        if self.env is None:
            return
        with step("npm packages", begun=self.begun if self.installing else None) as now:
            now.remark = self.remark or "installed from package-lock.json"
            if self.installing:
                self.installing.finish()
                (ROOT / "node_modules" / STAMP).write_text(digest(_lock_files()))
        with step("assets") as now:
            stamp = ROOT / "static" / "dist" / STAMP
            wanted = digest([*_lock_files(), *_sources()])
            if stamp.exists() and stamp.read_text() == wanted:
                now.remark = "built"
                return
            run("npm", "run", "--silent", "build", env=self.env)
            stamp.write_text(wanted)


def _machine_has_node() -> bool:
    return shutil.which("npm") is not None and _node_major() >= OLDEST_NODE


def _node_first() -> dict[str, str]:
    """An environment whose PATH begins with a Node that is new enough: the machine's, or the wheel's."""
    if _machine_has_node():
        return dict(os.environ)
    return os.environ | {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def _node_major() -> int:
    try:
        said = subprocess.run(
            ["node", "--version"], capture_output=True, text=True, check=True
        ).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def _lock_files() -> list[Path]:
    return [ROOT / "package.json", ROOT / "package-lock.json"]


def _sources() -> list[Path]:
    static = ROOT / "static"
    inside = (path for path in static.rglob("*") if path.is_file())
    return sorted(path for path in inside if not path.is_relative_to(static / "dist"))


# ---- shared


def _works(*command: str | Path) -> bool:
    return subprocess.run(command, capture_output=True, check=False, cwd=ROOT).returncode == 0


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents."""
    running = hashlib.sha256()
    for path in paths:
        running.update(f"{path.relative_to(ROOT)}\0".encode())
        running.update(path.read_bytes() + b"\0")
    return running.hexdigest()
