"""Where things are: the checkout, its environment, and what the office keeps between starts."""

import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".local"  # what belongs to the checkout, whatever DATA_DIR says
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


class Trouble(Exception):
    """Something the person at the keyboard has to know; its text is the sentence they read."""


def wants_demo() -> bool:
    """`DEMO=0` is an office of one's own, with the first-run wizard; everything else is the demo."""
    return os.environ.get("DEMO", "1").strip().lower() not in {"0", "no", "false", "off"}


def data_dir() -> Path:
    """`DATA_DIR`, by default `.local` in the checkout, and apart from the demo when `DEMO=0`."""
    given = os.environ.get("DATA_DIR")
    default = TOOLS if wants_demo() else TOOLS / "practice"
    path = Path(given).expanduser().absolute() if given else default
    if not path.exists():
        # Root runs the servers as another user, who must pass through but needs not look around.
        make_private(path, 0o711 if is_root() else 0o700)
    return path


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def make_private(path: Path, mode: int = 0o700) -> Path:
    """A folder with exactly this mode whatever the umask; an existing one is left as it is."""
    try:
        path.mkdir(parents=True)
    except FileExistsError:
        return path
    path.chmod(mode)
    return path


def log_dir() -> Path:
    return make_private(data_dir() / "log")


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def check_kind() -> None:
    """An invented practice and a real one never share a folder."""
    kind = "demo" if wants_demo() else "practice"
    path = data_dir() / "kind"
    if not path.exists():
        write_private(path, kind)
    found = path.read_text().strip()
    if found != kind:
        wanted = "1 (or leave DEMO out)" if found == "demo" else "0"
        raise Trouble(
            f"{data_dir()} holds a {found}. Start it with DEMO={wanted}, or name another DATA_DIR."
        )


def keep_bytecode() -> None:
    """
    Compile each module once, also where `PYTHONDONTWRITEBYTECODE` keeps source folders clean.

    Otherwise every process compiles all of Django anew: two seconds each, and an office has seven.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", "") or sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = str(TOOLS / "pycache")
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix


def installation() -> str:
    """A name that tells this office's data from that of another checkout at the same path."""
    path = data_dir() / "installation"
    if not path.exists():
        write_private(path, secrets.token_hex(6))
    return path.read_text().strip()
