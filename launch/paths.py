"""Where things are: the checkout, its environment, and what the office keeps between starts."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


class Trouble(Exception):
    """Something the person at the keyboard has to know; its text is the sentence they read."""


def data_dir() -> Path:
    """`DATA_DIR`, by default `.local` in the checkout; made on first use."""
    given = os.environ.get("DATA_DIR")
    path = Path(given).expanduser().absolute() if given else ROOT / ".local"
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
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


def installation() -> str:
    """A name that tells this office's data from that of another checkout at the same path."""
    path = data_dir() / "installation"
    if not path.exists():
        write_private(path, secrets.token_hex(6))
    return path.read_text().strip()
